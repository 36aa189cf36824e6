// @ts-check
// The covers of one photo as its file gets them: the code that draws the file sends their curves and tones.
import { t } from "./language.js";
import { get } from "./api.js";
import { el } from "./dom.js";

/** @typedef {import("./contract.js").Analysed} Analysed */
/** @typedef {import("./contract.js").Face} Face */
/** @typedef {import("./contract.js").Sketch} Sketch */

/**
 * @param {string} tag
 * @param {Record<string, string>} values
 * @returns {SVGElement}
 */
function drawn(tag, values) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(values)) made.setAttribute(name, value);
  return made;
}

export class Covers {
  /** @param {Analysed} photo */
  constructor(photo) {
    this.photo = photo;
    this.key = "";
    this.root = drawn("svg", {
      class: "covers",
      viewBox: `0 0 ${photo.width} ${photo.height}`,
      "aria-hidden": "true",
    });
  }

  /** @param {Face[]} faces Draws their covers, from back to front, unless they are drawn already. */
  async update(faces) {
    const key = JSON.stringify(faces.map((face) => [face.number, face.box, face.action]));
    if (key === this.key) return;
    this.key = key;
    /** @type {Sketch} */
    const sketch = await get(`/photo/${this.photo.number}/covers`).catch(() => ({ edges: [] }));
    if (key !== this.key) return;
    this.root.setAttribute("fill", sketch.tone ?? "");
    this.root.setAttribute("stroke", sketch.rim ?? "");
    this.root.replaceChildren(
      ...sketch.edges.map(([face, d]) => drawn("path", { d, "data-cover": String(face) })),
    );
  }

  /** @param {number} face Takes the cover of a face away while it is moved. */
  lift(face) {
    this.root.querySelector(`[data-cover="${face}"]`)?.remove();
    this.key = "";
  }
}

/** @param {HTMLImageElement} image Says that a picture is on its way, until it is there. */
export function waiting(image) {
  const words = el("p", { class: "waiting" }, t("The photo is being opened."));
  for (const end of ["load", "error"]) image.addEventListener(end, () => words.remove(), { once: true });
  return words;
}
