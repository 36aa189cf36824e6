// @ts-check
// Asks why covered faces may be seen: one reason for all that are asked about.
import { t, tn } from "./language.js";
import { button, el, part } from "./dom.js";
import { store } from "./store.js";

/** @typedef {import("./contract.js").Face} Face */

/** @param {Face} face What a button that toggles it says. */
export function nameOfAction(face) {
  if (face.action === "keep") return t("Cover");
  return face.drawn ? t("Delete") : face.free ? t("Show") : t("Show…");
}

/** @typedef {{photo: number, face: number}} Place */
/** @typedef {{why: string, note: string}} Reason */

/** @param {string} note @returns {string} What is wrong with a consent's reference; nothing if empty. */
export function faultOf(note) {
  if (new RegExp(store.about.reference).test(note)) return "";
  return /[0-9]/.test(note)
    ? t("This looks like a name. Write the number of the form alone, such as C-112.")
    : t("Write the number of the form, such as C-112. Do not write a name here.");
}

/** The number of the last consent, which is offered for the next one. */
let latest = "";

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
      placeholder: t("such as C-112"),
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
      el("label", { for: "note" }, t("There is consent. Number of the form (no name):")),
      el("div", { class: "row" }, note, el("button", { type: "submit" }, t("Consent on file"))),
      fault,
    );
    const used = latest;
    const again =
      used &&
      button(t("Consent {number}, as before", { number: used }), () => choose("consent", used), {
        id: "again",
      });
    dialog.replaceChildren(
      el("h2", { id: "reveal-title" }, title(places.length)),
      pictures(places),
      button(t("Keep covered"), () => dialog.close(), { id: "keep-covered", class: "main", autofocus: true }),
      consent,
      el(
        "div",
        { class: "row" },
        again,
        button(
          places.length > 1 ? t("All {n} are adults", { n: places.length }) : t("An adult"),
          () => choose("adult"),
          { id: "adult" },
        ),
        button(places.length > 1 ? t("Not faces") : t("Not a face"), () => choose("not_a_face")),
      ),
    );
    dialog.addEventListener("close", () => resolve(reason), { once: true });
    dialog.showModal();
  });
}

/** @param {number} number */
function title(number) {
  return tn("Why may this face be seen?", "Why may these {n} faces be seen?", number);
}

/** @param {Place[]} places */
function pictures(places) {
  const shown = places.map(({ photo, face }) =>
    el("img", { src: `/photo/${photo}/face/${face}`, alt: "", class: "asked", loading: "lazy" }),
  );
  if (places.length < 2) return el("div", {}, ...shown);
  return el("div", { class: "asked-all", tabindex: 0, role: "group", "aria-label": t("Faces") }, ...shown);
}
