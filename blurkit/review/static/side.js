// @ts-check
// Next to the picture of a photo: its faces as a list, and what you can do with the selected one.
import { t, tn } from "./language.js";
import { ACTIONS } from "./act.js";
import { button, el, focusIn, renew } from "./dom.js";
import { nameOfAction } from "./reveal.js";

/** @typedef {import("./contract.js").Analysed} Analysed */
/** @typedef {import("./contract.js").Face} Face */
/**
 * @typedef {object} Told
 * @property {(face: number, adding?: boolean) => unknown} onPick
 * @property {(what: import("./act.js").What) => unknown} onAct
 * @property {(face: number) => unknown} onToggle
 * @property {() => unknown} onSimilar
 */

export class Side {
  /** @param {Told} told */
  constructor(told) {
    this.told = told;
    this.pressed = false;
    /** @type {Face[]} */
    this.faces = [];
    this.list = el("ol", { id: "list" });
    this.selected = el("div", { class: "selected" });
    this.root = el(
      "section",
      { class: "side", "aria-label": t("Faces of this photo") },
      this.selected,
      el("h2", {}, t("Faces")),
      this.list,
    );
  }

  /** @param {Analysed} photo @param {number | null} picked @param {Set<number>} chosen */
  update(photo, picked, chosen) {
    this.faces = photo.faces;
    const focused = focusIn(this.list)?.dataset.row;
    const none = t("No face was found. Drag over the photo to cover one.");
    renew(
      this.list,
      photo.faces.length
        ? photo.faces.map((face) => [JSON.stringify(face), () => this.row(face)])
        : [["none", () => el("li", { class: "words" }, none)]],
    );
    if (focused && !focusIn(this.list))
      /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-row="${focused}"]`))?.focus();
    this.mark(picked, chosen);
  }

  /** @param {Face} face */
  row(face) {
    const words = [face.action === "keep" ? t("Visible") : t("Covered"), face.open ? t("please look") : ""]
      .filter(Boolean)
      .join(" · ");
    const pick = (/** @type {MouseEvent} */ event) =>
      this.told.onPick(face.number, event.shiftKey || event.ctrlKey || event.metaKey);
    const focus = () => this.pressed || this.told.onPick(face.number);
    return el(
      "li",
      { class: face.action },
      el(
        "button",
        {
          type: "button",
          "data-row": face.number,
          onpointerdown: () => {
            this.pressed = true;
          },
          onclick: (/** @type {MouseEvent} */ event) => {
            this.pressed = false;
            pick(event);
          },
          onfocus: focus,
        },
        el("span", { class: `dot ${face.action}`, "aria-hidden": "true" }),
        el("span", {}, words, el("br"), el("span", { class: "words" }, face.words)),
      ),
    );
  }

  /** @param {number | null} picked @param {Set<number>} chosen Shows which faces are selected, and what you can do with them. */
  mark(picked, chosen) {
    for (const item of this.list.children) {
      const row = /** @type {HTMLElement | null} */ (item.firstElementChild);
      const here = row !== null && chosen.has(Number(row.dataset.row));
      item.classList.toggle("picked", here);
      if (here) row?.setAttribute("aria-current", "true");
      else row?.removeAttribute("aria-current");
      if (here && Number(row?.dataset.row) === picked) row?.scrollIntoView({ block: "nearest" });
    }
    const focused = focusIn(this.selected)?.id;
    const face = this.faces.find((each) => each.number === picked);
    const key = JSON.stringify(
      chosen.size > 1 ? chosen.size : face ? [face, this.faces.indexOf(face)] : null,
    );
    if (this.selected.dataset.key === key) return;
    this.selected.dataset.key = key;
    const shown = chosen.size > 1 ? this.many(chosen.size) : face ? this.actions(face) : [advice()];
    this.selected.replaceChildren(...shown);
    if (focused) document.getElementById(focused)?.focus();
  }

  /** @param {number} number */
  many(number) {
    const choices = ACTIONS.map(([what, words]) =>
      button(words, () => this.told.onAct(what), { id: `do-${what}`, class: what === "cover" ? "main" : "" }),
    );
    return [
      el("h2", {}, tn("{n} face selected", "{n} faces selected", number)),
      el("div", { class: "row" }, ...choices),
    ];
  }

  /** @param {Face} face */
  actions(face) {
    const order = this.faces.indexOf(face) + 1;
    return [
      el(
        "h2",
        {},
        face.action === "keep" ? t("Face {n}: visible", { n: order }) : t("Face {n}: covered", { n: order }),
      ),
      el("p", { class: "words" }, face.words),
      el(
        "div",
        { class: "row" },
        button(nameOfAction(face), () => this.told.onToggle(face.number), {
          id: "act",
          class: "main",
        }),
        button(t("Same in similar photos"), this.told.onSimilar, {
          id: "similar",
        }),
      ),
    ];
  }
}

function advice() {
  const words = t(
    "Click a face to select it; with Shift, several. Drag over a face that was missed to cover it.",
  );
  return el("p", { class: "words" }, words);
}
