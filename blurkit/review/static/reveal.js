// @ts-check
// Covers a face, or asks why a covered one may be seen, and lets it be seen.
import { button, el, part } from "./dom.js";
import { editAndSay, face as faceOf, store } from "./store.js";

/** @typedef {import("./contract.js").Face} Face */

/** @param {Face} face What a button that toggles it says. */
export function nameOfAction(face) {
  if (face.action === "keep") return "Cover";
  return face.drawn ? "Delete cover" : face.free ? "Let be seen" : "Let be seen…";
}

/** @param {number} photo @param {number} number @returns {Promise<boolean>} Whether it changed. */
export async function toggle(photo, number) {
  const face = faceOf(photo, number);
  if (!face) return false;
  if (face.action === "keep")
    return editAndSay("Covered", {
      do: "set",
      photo,
      face: number,
      action: "cover",
    });
  if (face.drawn) return editAndSay("Cover deleted", { do: "delete", photo, face: number });
  if (face.free)
    return editAndSay("Visible", {
      do: "set",
      photo,
      face: number,
      action: "keep",
    });
  const reason = await ask(photo, number);
  return (
    reason !== null &&
    editAndSay("Visible", {
      do: "set",
      photo,
      face: number,
      action: "keep",
      ...reason,
    })
  );
}

/** @typedef {{why: string, note: string}} Reason */

/** @param {string} note @returns {string} What is wrong with a consent's reference; nothing if empty. */
export function faultOf(note) {
  if (new RegExp(store.about.reference).test(note)) return "";
  return /[0-9]/.test(note)
    ? "This looks like a name. Write the number of the form alone, such as C-112."
    : "Write the number of the form, such as C-112. A name must not stand here.";
}

/** @param {number} photo @param {number} number @returns {Promise<Reason | null>} */
function ask(photo, number) {
  const dialog = part("reveal", HTMLDialogElement);
  return new Promise((resolve) => {
    /** @type {Reason | null} */
    let reason = null;
    const choose = (/** @type {string} */ why, note = "") => {
      reason = { why, note };
      dialog.close();
    };
    const note = el("input", {
      id: "note",
      maxlength: store.about.max_note,
      autocomplete: "off",
      placeholder: "such as C-112",
      "aria-describedby": "note-fault",
    });
    const fault = el("p", { id: "note-fault", class: "fault", role: "alert" });
    const consent = el(
      "form",
      {
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          const given = note.value.trim();
          fault.textContent = faultOf(given);
          if (!fault.textContent) choose("consent", given);
          else note.focus();
        },
      },
      el("label", { for: "note" }, "There is consent. Number of the form (no name):"),
      el("div", { class: "row" }, note, el("button", { type: "submit" }, "Consent on file")),
      fault,
    );
    dialog.replaceChildren(
      el("h2", { id: "reveal-title" }, "Why may this face be seen?"),
      el("img", {
        src: `/photo/${photo}/face/${number}`,
        alt: "The face",
        class: "asked",
      }),
      button("Keep it covered", () => dialog.close(), {
        id: "keep-covered",
        class: "main",
        autofocus: true,
      }),
      consent,
      el(
        "div",
        { class: "row" },
        button("An adult", () => choose("adult")),
        button("Not a face", () => choose("not_a_face")),
      ),
    );
    dialog.addEventListener("close", () => resolve(reason), { once: true });
    dialog.showModal();
  });
}
