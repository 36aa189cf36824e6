// @ts-check
// Next to the picture of a photo: its faces as a list, and what you can do with the selected one.
import { button, el, focusIn } from "./dom.js";
import { nameOfAction } from "./reveal.js";

/** @typedef {import("./contract.js").Analysed} Analysed */
/** @typedef {import("./contract.js").Face} Face */
/**
 * @typedef {object} Told
 * @property {(face: number) => unknown} onPick
 * @property {(face: number) => unknown} onToggle
 * @property {() => unknown} onSimilar
 */

export class Side {
  /** @param {Told} told */
  constructor(told) {
    this.told = told;
    /** @type {Face[]} */
    this.faces = [];
    this.list = el("ol", { id: "list" });
    this.selected = el("div", { class: "selected" });
    this.root = el(
      "section",
      { class: "side", "aria-label": "Faces of this photo" },
      this.selected,
      el("h2", {}, "Faces"),
      this.list,
    );
  }

  /** @param {Analysed} photo @param {number | null} picked */
  update(photo, picked) {
    this.faces = photo.faces;
    const focused = focusIn(this.list)?.dataset.row;
    this.list.replaceChildren(...photo.faces.map((face) => this.row(face)));
    if (!photo.faces.length)
      this.list.append(el("li", { class: "words" }, "No face was found. Drag over the photo to cover one."));
    if (focused)
      /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-row="${focused}"]`))?.focus();
    this.mark(picked);
  }

  /** @param {Face} face */
  row(face) {
    const words = `${face.action === "keep" ? "Visible" : "Covered"}${face.open ? " · please look" : ""}`;
    const pick = () => this.told.onPick(face.number);
    return el(
      "li",
      { class: face.action },
      el(
        "button",
        {
          type: "button",
          "data-row": face.number,
          onclick: pick,
          onfocus: pick,
        },
        el("span", { class: `dot ${face.action}`, "aria-hidden": "true" }),
        el("span", {}, words, el("br"), el("span", { class: "words" }, face.words)),
      ),
    );
  }

  /** @param {number | null} picked Shows which face is selected, and what you can do with it. */
  mark(picked) {
    for (const item of this.list.children) {
      const row = /** @type {HTMLElement | null} */ (item.firstElementChild);
      const here = picked !== null && row?.dataset.row === String(picked);
      item.classList.toggle("picked", here);
      if (here) row?.setAttribute("aria-current", "true");
      else row?.removeAttribute("aria-current");
    }
    const focused = focusIn(this.selected)?.id;
    const face = this.faces.find((each) => each.number === picked);
    this.selected.replaceChildren(...(face ? this.actions(face) : [advice()]));
    if (focused) document.getElementById(focused)?.focus();
  }

  /** @param {Face} face */
  actions(face) {
    const order = this.faces.indexOf(face) + 1;
    return [
      el("h2", {}, `Face ${order}: ${face.action === "keep" ? "visible" : "covered"}`),
      el("p", { class: "words" }, face.words),
      el(
        "div",
        { class: "row" },
        button(nameOfAction(face), () => this.told.onToggle(face.number), {
          id: "act",
          class: "main",
        }),
        button("Same in similar photos", this.told.onSimilar, {
          id: "similar",
        }),
      ),
    ];
  }
}

function advice() {
  const words = "Click a face to select it. Drag over a face that was missed to cover it.";
  return el("p", { class: "words" }, words);
}
