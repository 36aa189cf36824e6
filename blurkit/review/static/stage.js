// @ts-check
// The picture of one photo: zoom, pan, and boxes that are drawn, selected, moved and resized. Boxes are in photo pixels.
import { Covers, waiting } from "./covers.js";
import { t } from "./language.js";
import { el, focusIn, place, renew } from "./dom.js";
import { between, clipped, resized, shifted } from "./geometry.js";
import { pinch } from "./pinch.js";
import { View } from "./view.js";

/** @typedef {import("./contract.js").Analysed} Analysed */
/** @typedef {import("./contract.js").Box} Box */
/** @typedef {import("./contract.js").Face} Face */
/** @typedef {import("./geometry.js").Point} Point */
/**
 * What a stage tells its owner.
 * @typedef {object} Told
 * @property {(box: Box) => void} onDraw
 * @property {(face: number, box: Box) => void} onMove
 * @property {(face: number | null) => void} onPick
 * @property {(face: number) => void} onToggle
 */

const SLIP = 6;
const SETTLED = 180;
const PREVIEW = 1600;

const picture = (values = {}) => el("img", { alt: "", draggable: "false", ...values });

export class Stage {
  /** @param {Analysed} photo @param {Told} told */
  constructor(photo, told) {
    this.photo = photo;
    this.told = told;
    /** @type {number | null} */
    this.picked = null;
    /** @type {Set<number>} All that are selected; the picked one is among them. */
    this.chosen = new Set();
    this.adding = false;
    this.pressed = false;
    this.pinching = false;
    /** @type {Face[]} */
    this.faces = [];
    this.panning = false;
    this.view = new View(photo, { width: 1, height: 1 });
    /** @type {HTMLImageElement | null} */
    this.asked = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.image = picture({ src: `/photo/${photo.number}/preview`, class: "base" });
    this.after = picture({ alt: t("With covers"), class: "base", hidden: true });
    this.detail = picture({ class: "detail", hidden: true });
    this.covers = new Covers(photo);
    this.boxes = el("div", { class: "boxes" });
    this.band = el("div", { class: "band", hidden: true });
    this.sheet = el(
      "div",
      { class: "canvas" },
      this.image,
      this.detail,
      this.covers.root,
      this.boxes,
      this.after,
      this.band,
    );
    this.root = el(
      "div",
      {
        class: "stage",
        role: "group",
        "aria-label": t("{name}: drag to cover a face that was missed", { name: photo.name }),
      },
      this.sheet,
      waiting(this.image),
    );
    for (const each of [this.sheet, this.image, this.after]) place(each, [0, 0, photo.width, photo.height]);
    pinch(this);
    this.root.addEventListener("pointerdown", (event) => this.down(event));
    this.root.addEventListener("wheel", (event) => this.wheel(event), {
      passive: false,
    });
    this.root.addEventListener("contextmenu", (event) => event.preventDefault());
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.root);
  }

  close() {
    this.watch.disconnect();
    clearTimeout(this.timer);
  }

  resize() {
    this.view.window = {
      width: this.root.clientWidth,
      height: this.root.clientHeight,
    };
    if (this.view.fitted) this.fit();
  }

  fit() {
    this.view.fit();
    this.apply();
  }

  /** @param {number} factor @param {Point} [at] */
  zoom(factor, at) {
    this.view.zoom(factor, at);
    this.apply();
  }

  /** @param {Box} box */
  center(box) {
    this.view.center(box);
    this.apply();
  }

  /** @param {number} dx @param {number} dy */
  pan(dx, dy) {
    this.view.pan(dx, dy);
    this.apply();
  }

  apply() {
    const { left, top, scale } = this.view;
    this.sheet.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
    this.sheet.style.setProperty("--z", String(1 / scale));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sharpen(), SETTLED);
  }

  // The preview is small; where more is seen, the part in view is asked for at its own size.
  sharpen() {
    const { width, height, number } = this.photo;
    const pixels = this.view.scale * window.devicePixelRatio;
    if (pixels <= Math.min(1, PREVIEW / Math.max(width, height)) * 1.1) {
      this.asked = null;
      this.detail.hidden = true;
      return;
    }
    const seen = between(
      this.view.toPhoto(0, 0),
      this.view.toPhoto(this.root.clientWidth, this.root.clientHeight),
    );
    const box = clipped(/** @type {Box} */ (seen.map(Math.round)), width, height);
    if (box[2] - box[0] < 2 || box[3] - box[1] < 2) return;
    const fresh = picture({ class: "detail" });
    this.asked = fresh;
    fresh.addEventListener("load", () => {
      if (this.asked !== fresh) return;
      place(fresh, box);
      this.detail.replaceWith(fresh);
      this.detail = fresh;
    });
    fresh.src = `/photo/${number}/region?box=${box}`;
  }

  /** @param {MouseEvent} event @returns {Point} Where it is in the view. */
  at(event) {
    const edge = this.root.getBoundingClientRect();
    return [event.clientX - edge.left, event.clientY - edge.top];
  }

  /** @param {boolean} shown */
  showAfter(shown) {
    if (shown) this.after.src = `/photo/${this.photo.number}/after?t=${Date.now()}`;
    this.after.hidden = !shown;
    this.boxes.hidden = shown;
  }

  /** @param {Face[]} faces */
  draw(faces) {
    const focused = focusIn(this.boxes)?.dataset.face;
    this.faces = faces;
    void this.covers.update(faces);
    if (!faces.some((face) => face.number === this.picked)) this.picked = null;
    this.chosen = new Set([...this.chosen].filter((each) => faces.some((face) => face.number === each)));
    const wanted = faces.map((face, order) => {
      const looks = [face, order, face.number === this.picked, this.chosen.has(face.number)];
      return /** @type {const} */ ([JSON.stringify(looks), () => this.boxOf(face, order + 1)]);
    });
    renew(this.boxes, wanted);
    for (const face of faces) {
      const box = this.box(face.number); // one that was dragged may be elsewhere
      if (box) place(box, face.box);
    }
    if (focused && !focusIn(this.boxes)) this.focusBox(Number(focused));
  }

  /** @param {number} number */
  box(number) {
    return /** @type {HTMLElement | null} */ (this.boxes.querySelector(`[data-face="${number}"]`));
  }

  /** @param {number} number */
  focusBox(number) {
    this.box(number)?.focus({ preventScroll: true });
  }

  /** @param {Face} face @param {number} order */
  boxOf(face, order) {
    const picked = face.number === this.picked;
    const kept = face.action === "keep";
    const box = el(
      "button",
      {
        type: "button",
        class: `box ${face.action}${face.open ? " open" : ""}${picked ? " picked" : this.chosen.has(face.number) ? " chosen" : ""}`,
        "data-face": face.number,
        "aria-label": `${kept ? t("Face {n}: visible", { n: order }) : t("Face {n}: covered", { n: order })}. ${face.words}`,
        title: face.words,
      },
      el("span", { class: "tag" }, String(order)),
    );
    box.addEventListener("focus", () => {
      if (!this.pressed && this.picked !== face.number) this.pick(face.number);
    });
    box.addEventListener("click", (event) => event.detail === 0 && this.told.onToggle(face.number));
    if (picked && !kept)
      for (const corner of ["nw", "ne", "sw", "se"])
        box.append(el("span", { class: `handle ${corner}`, "data-corner": corner }));
    return box;
  }

  /** @param {number | null} number @param {boolean} [adding] Whether those selected before stay selected. */
  pick(number, adding = false) {
    if (this.picked === number && !adding && this.chosen.size < 2) return;
    if (number === null) focusIn(this.boxes)?.blur(); // a box that has the focus is the selected one
    if (!adding) this.chosen = new Set(number === null ? [] : [number]);
    else if (number !== null && !this.chosen.delete(number)) this.chosen.add(number);
    this.picked = number !== null && this.chosen.has(number) ? number : ([...this.chosen].at(-1) ?? null);
    this.draw(this.faces);
    this.told.onPick(this.picked);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 300), this.at(event));
  }

  /** @param {PointerEvent} event A click selects, a drag moves or resizes a cover, or draws one where none is. */
  down(event) {
    if (this.pinching || !this.after.hidden || !(event.target instanceof HTMLElement)) return;
    const start = this.view.toPhoto(...this.at(event));
    const target = /** @type {HTMLElement | null} */ (event.target.closest(".box"));
    const face = target && this.faces.find((each) => each.number === Number(target.dataset.face));
    const corner = event.target.dataset.corner;
    const panning = event.button !== 0 || event.shiftKey || this.panning;
    const adding = event.button === 0 && (event.shiftKey || event.ctrlKey || event.metaKey || this.adding);
    this.pressed = true;
    let last = [event.clientX, event.clientY];
    const first = last;
    /** @type {Box | null} */
    let box = null;
    if (!face || panning) event.preventDefault();
    this.root.setPointerCapture(event.pointerId);
    const follow = (/** @type {PointerEvent} */ next) => {
      if (this.pinching) {
        this.band.hidden = true;
        return;
      }
      if (panning) {
        this.pan(next.clientX - last[0], next.clientY - last[1]);
        last = [next.clientX, next.clientY];
        return;
      }
      const now = this.view.toPhoto(...this.at(next));
      const [dx, dy] = [now[0] - start[0], now[1] - start[1]];
      if (!box && Math.hypot(dx, dy) * this.view.scale <= SLIP) return;
      if (face?.action === "cover") {
        box = corner ? resized(face.box, corner, dx, dy) : shifted(face.box, dx, dy);
        const moved = this.box(face.number);
        if (moved) place(moved, box);
        this.covers.lift(face.number);
      } else {
        box = between(start, now);
        this.band.hidden = false;
        place(this.band, box);
      }
    };
    const end = (/** @type {PointerEvent} */ next) => {
      this.root.removeEventListener("pointermove", follow);
      this.root.removeEventListener("pointerup", end);
      this.root.removeEventListener("pointercancel", end);
      this.band.hidden = true;
      this.pressed = false;
      const still = Math.hypot(next.clientX - first[0], next.clientY - first[1]) <= SLIP;
      if (this.pinching) this.draw(this.faces);
      if (this.pinching || next.type === "pointercancel" || (panning && !(still && adding))) return;
      if (box && face?.action === "cover") this.told.onMove(face.number, box);
      else if (box) this.told.onDraw(box);
      else if (face) this.pick(face.number, adding);
      else if (!adding) this.pick(null);
    };
    this.root.addEventListener("pointermove", follow);
    this.root.addEventListener("pointerup", end);
    this.root.addEventListener("pointercancel", end);
  }
}
