// @ts-check
// The buttons above one photo.
import { button, el } from "./dom.js";
import { editAndSay, store } from "./store.js";

/** @typedef {import("./editor.js").Editor} Editor */

/** @param {Editor} editor */
export function toolbar(editor) {
  const { stage } = editor;
  const { number } = editor.photo;
  const panning = switched("Move view", "panning", (on) => {
    stage.panning = on;
  });
  const several = switched("Select several", "several", (on) => {
    stage.adding = on;
  });
  const gap = () => el("span", { class: "gap" });
  return el(
    "div",
    { class: "bar", role: "group", "aria-label": "Photo" },
    button("This photo is fine", () => editor.fine(), { class: "main", id: "fine" }),
    button("Next uncertain face", () => editor.nextDoubtful()),
    button("‹", () => editor.step(-1), { "aria-label": "Previous photo", title: "Previous photo" }),
    button("›", () => editor.step(1), { "aria-label": "Next photo", title: "Next photo" }),
    gap(),
    several,
    button("Add a cover", () => editor.add()),
    button("Cover all", () => editAndSay("Everybody is covered", { do: "cover_all", photo: number })),
    gap(),
    button("−", () => stage.zoom(1 / 1.5), { "aria-label": "Zoom out", title: "Zoom out" }),
    button("Fit", () => stage.fit(), { "aria-label": "Whole photo", title: "Whole photo" }),
    button("+", () => stage.zoom(1.5), { "aria-label": "Zoom in", title: "Zoom in" }),
    panning,
    editor.publishing,
    button("Before / after", () => editor.after(), { id: "after", "aria-pressed": "false" }),
  );
}

/** @param {string} words @param {string} id @param {(on: boolean) => unknown} onChange */
function switched(words, id, onChange) {
  const made = button(
    words,
    () => {
      const on = made.getAttribute("aria-pressed") !== "true";
      made.setAttribute("aria-pressed", String(on));
      onChange(on);
    },
    { "aria-pressed": "false", id },
  );
  return made;
}

/** @param {(reason: string) => unknown} onChange Is told why the photo is not published; it is if that is empty. */
export function publishingOf(onChange) {
  const choice = el("select", {
    id: "publishing",
    "aria-label": "Whether this photo is published",
    onchange: () => onChange(choice.value),
  });
  const reasons = Object.entries(store.about.left_out_words);
  choice.append(
    el("option", { value: "" }, "Publish"),
    ...reasons.map(([value, words]) => el("option", { value }, `Do not publish: ${words}`)),
  );
  return choice;
}
