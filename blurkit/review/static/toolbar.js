// @ts-check
// The buttons above one photo.
import { t } from "./language.js";
import { button, el } from "./dom.js";
import { play } from "./play.js";
import { editAndSay, store } from "./store.js";

/** @typedef {import("./editor.js").Editor} Editor */

/** @param {Editor} editor */
export function toolbar(editor) {
  const { stage } = editor;
  const { number } = editor.photo;
  const panning = switched(t("Move view"), "panning", (on) => {
    stage.panning = on;
  });
  const several = switched(t("Select several"), "several", (on) => {
    stage.adding = on;
  });
  const gap = () => el("span", { class: "gap" });
  return el(
    "div",
    { class: "bar", role: "group", "aria-label": t("Photo") },
    button(t("This photo is fine"), () => editor.fine(), { class: "main", id: "fine" }),
    button(t("Next uncertain face"), () => editor.nextDoubtful()),
    button("‹", () => editor.step(-1), { "aria-label": t("Previous photo"), title: t("Previous photo") }),
    button("›", () => editor.step(1), { "aria-label": t("Next photo"), title: t("Next photo") }),
    gap(),
    several,
    button(t("Add a cover"), () => editor.add()),
    button(t("Cover all"), () => editAndSay(t("Everybody is covered"), { do: "cover_all", photo: number })),
    gap(),
    button("−", () => stage.zoom(1 / 1.5), { "aria-label": t("Zoom out"), title: t("Zoom out") }),
    button(t("Fit"), () => stage.fit(), { "aria-label": t("Whole photo"), title: t("Whole photo") }),
    button("+", () => stage.zoom(1.5), { "aria-label": t("Zoom in"), title: t("Zoom in") }),
    panning,
    editor.photo.clip && button(t("Play"), () => play(number), { id: "play-open" }),
  );
}

/** @param {Editor} editor */
export function afterOf(editor) {
  return button(t("Before / after"), () => editor.after(), { id: "after", "aria-pressed": "false" });
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
    "aria-label": t("Whether this photo is published"),
    onchange: () => onChange(choice.value),
  });
  const reasons = Object.entries(store.about.left_out_words);
  choice.append(
    el("option", { value: "" }, t("Publish")),
    ...reasons.map(([value, words]) =>
      el("option", { value }, t("Do not publish: {reason}", { reason: words })),
    ),
  );
  return choice;
}
