// Covers a face, or asks why a covered one may be seen, and lets it be seen.
import { button, el, say } from "./dom.js";
import { edit, face as faceOf, store } from "./store.js";

export async function toggle(photo, number) {
  const face = faceOf(photo, number);
  if (!face) return false;
  if (face.action === "keep") {
    return (await edit({ do: "set", photo, face: number, action: "cover" })) && !say("Covered");
  }
  if (face.drawn) return (await edit({ do: "delete", photo, face: number })) && !say("Cover deleted");
  if (face.free) return (await edit({ do: "set", photo, face: number, action: "keep" })) && !say("Visible");
  const reason = await ask(photo, number);
  return reason && (await edit({ do: "set", photo, face: number, action: "keep", ...reason })) && !say("Visible");
}

function ask(photo, number) {
  const dialog = document.getElementById("reveal");
  return new Promise((resolve) => {
    let reason = null;
    const choose = (why, note = "") => {
      reason = { why, note };
      dialog.close();
    };
    const note = el("input", { id: "note", maxlength: store.about.max_note, autocomplete: "off", placeholder: "such as C-112" });
    const consent = el("form", { onsubmit: (event) => {
      event.preventDefault();
      if (note.value.trim()) choose("consent", note.value.trim());
      else note.focus();
    } },
    el("label", { for: "note" }, "There is consent. Number of the form (no name):"),
    el("div", { class: "row" }, note, el("button", { type: "submit" }, "Consent on file")));
    dialog.replaceChildren(
      el("h2", { id: "reveal-title" }, "Why may this face be seen?"),
      el("img", { src: `/photo/${photo}/face/${number}`, alt: "The face", class: "asked" }),
      el("div", { class: "row" }, button("An adult", () => choose("adult")), button("Not a face", () => choose("not_a_face"))),
      consent,
      button("Keep it covered", () => dialog.close(), { class: "quiet" }),
    );
    dialog.addEventListener("close", () => resolve(reason), { once: true });
    dialog.showModal();
  });
}
