// @ts-check
// Asks why covered faces may be seen: one reason for all that are asked about.
import { button, el, part } from "./dom.js";
import { store } from "./store.js";

/** @typedef {import("./contract.js").Face} Face */

/** @param {Face} face What a button that toggles it says. */
export function nameOfAction(face) {
  if (face.action === "keep") return "Cover";
  return face.drawn ? "Delete" : face.free ? "Show" : "Show…";
}

/** @typedef {{photo: number, face: number}} Place */
/** @typedef {{why: string, note: string}} Reason */

/** @param {string} note @returns {string} What is wrong with a consent's reference; nothing if empty. */
export function faultOf(note) {
  if (new RegExp(store.about.reference).test(note)) return "";
  return /[0-9]/.test(note)
    ? "This looks like a name. Write the number of the form alone, such as C-112."
    : "Write the number of the form, such as C-112. A name must not stand here.";
}

/** The number of the last consent, which is offered for the next one. */
let latest = "";

/** Pictures that are shown with the question at most. */
const SHOWN = 8;

/** @param {Place[]} places @returns {Promise<Reason | null>} One reason for all of them; none if they stay covered. */
export function ask(places) {
  const dialog = part("reveal", HTMLDialogElement);
  return new Promise((resolve) => {
    /** @type {Reason | null} */
    let reason = null;
    const choose = (/** @type {string} */ why, note = "") => {
      reason = { why, note };
      latest = note || latest;
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
    const used = latest;
    const again =
      used && button(`Consent ${used}, as before`, () => choose("consent", used), { id: "again" });
    dialog.replaceChildren(
      el("h2", { id: "reveal-title" }, title(places.length)),
      pictures(places),
      button("Keep covered", () => dialog.close(), { id: "keep-covered", class: "main", autofocus: true }),
      consent,
      el(
        "div",
        { class: "row" },
        again,
        button(places.length > 1 ? "All adults" : "An adult", () => choose("adult")),
        button(places.length > 1 ? "Not faces" : "Not a face", () => choose("not_a_face")),
      ),
    );
    dialog.addEventListener("close", () => resolve(reason), { once: true });
    dialog.showModal();
  });
}

/** @param {number} number */
function title(number) {
  return number > 1 ? `Why may these ${number} faces be seen?` : "Why may this face be seen?";
}

/** @param {Place[]} places */
function pictures(places) {
  const shown = places
    .slice(0, SHOWN)
    .map(({ photo, face }) => el("img", { src: `/photo/${photo}/face/${face}`, alt: "", class: "asked" }));
  const more = places.length - shown.length;
  const words = more > 0 && el("p", { class: "words" }, `and ${more} more`);
  return el("div", { class: places.length > 1 ? "asked-all" : "" }, ...shown, words);
}
