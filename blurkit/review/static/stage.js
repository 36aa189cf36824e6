// The picture of one photo: zoom, pan, and boxes that are drawn, moved and resized. Boxes are in photo pixels.
import { el } from "./dom.js";

const MAX_SCALE = 4;
const SLIP = 6;
const SETTLED = 180;

export class Stage {
  constructor(photo, { onDraw, onMove, onPick, onToggle }) {
    this.photo = photo;
    this.told = { onDraw, onMove, onPick, onToggle };
    this.picked = null;
    this.scale = 1;
    this.left = 0;
    this.top = 0;
    this.image = el("img", { src: `/photo/${photo.number}/preview`, alt: "", class: "base", draggable: "false" });
    this.after = el("img", { alt: "With covers", class: "base", draggable: "false", hidden: true });
    this.detail = el("img", { alt: "", class: "detail", draggable: "false", hidden: true });
    this.boxes = el("div", { class: "boxes" });
    this.band = el("div", { class: "band", hidden: true });
    this.sheet = el("div", { class: "canvas" }, this.image, this.detail, this.boxes, this.after, this.band);
    this.root = el("div", { class: "stage", role: "group", "aria-label": `${photo.name}: drag to cover a face that was missed` }, this.sheet);
    for (const each of [this.sheet, this.image, this.after]) place(each, [0, 0, photo.width, photo.height]);
    this.root.addEventListener("pointerdown", (event) => this.down(event));
    this.root.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.root.addEventListener("contextmenu", (event) => event.preventDefault());
    this.watch = new ResizeObserver(() => this.fitted !== false && this.fit());
    this.watch.observe(this.root);
  }

  close() {
    this.watch.disconnect();
    clearTimeout(this.timer);
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.root;
    this.smallest = Math.min(width / this.photo.width, height / this.photo.height);
    this.scale = this.smallest;
    this.left = (width - this.photo.width * this.scale) / 2;
    this.top = (height - this.photo.height * this.scale) / 2;
    this.fitted = true;
    this.apply();
  }

  zoom(factor, at = [this.root.clientWidth / 2, this.root.clientHeight / 2]) {
    const scale = Math.min(Math.max(this.scale * factor, this.smallest), MAX_SCALE);
    this.left = at[0] - ((at[0] - this.left) * scale) / this.scale;
    this.top = at[1] - ((at[1] - this.top) * scale) / this.scale;
    this.scale = scale;
    this.fitted = scale === this.smallest;
    if (this.fitted) this.fit();
    else this.apply();
  }

  center(box) {
    const { clientWidth: width, clientHeight: height } = this.root;
    const side = Math.max(box[2] - box[0], box[3] - box[1]);
    this.scale = Math.min(Math.max(Math.min(width, height) / (side * 4), this.smallest), MAX_SCALE);
    this.left = width / 2 - ((box[0] + box[2]) / 2) * this.scale;
    this.top = height / 2 - ((box[1] + box[3]) / 2) * this.scale;
    this.fitted = false;
    this.apply();
  }

  pan(dx, dy) {
    this.left += dx;
    this.top += dy;
    this.fitted = false;
    this.apply();
  }

  apply() {
    this.sheet.style.transform = `translate(${this.left}px, ${this.top}px) scale(${this.scale})`;
    this.sheet.style.setProperty("--z", 1 / this.scale);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sharpen(), SETTLED);
  }

  // The preview has at most 1600 pixels; where more are seen, the part in view is asked for at its own size.
  sharpen() {
    const { width, height, number } = this.photo;
    const pixels = this.scale * window.devicePixelRatio;
    if (pixels <= Math.min(1, 1600 / Math.max(width, height)) * 1.1) {
      this.asked = null;
      this.detail.hidden = true;
      return;
    }
    const seen = this.toPhoto(0, 0).concat(this.toPhoto(this.root.clientWidth, this.root.clientHeight)).map(Math.round);
    const box = [Math.max(0, seen[0]), Math.max(0, seen[1]), Math.min(width, seen[2]), Math.min(height, seen[3])];
    if (box[2] - box[0] < 2 || box[3] - box[1] < 2) return;
    const fresh = el("img", { alt: "", class: "detail", draggable: "false" });
    this.asked = fresh;
    fresh.addEventListener("load", () => {
      if (this.asked !== fresh) return;
      place(fresh, box);
      this.detail.replaceWith(fresh);
      this.detail = fresh;
    });
    fresh.src = `/photo/${number}/region?box=${box}`;
  }

  toPhoto(x, y) {
    return [(x - this.left) / this.scale, (y - this.top) / this.scale];
  }

  showAfter(shown) {
    if (shown) this.after.src = `/photo/${this.photo.number}/after?t=${Date.now()}`;
    this.after.hidden = !shown;
    this.boxes.hidden = shown;
  }

  draw(faces) {
    const focused = document.activeElement?.dataset?.face;
    this.faces = faces;
    this.boxes.replaceChildren(...faces.map((face, place) => this.boxOf(face, place + 1)));
    if (focused) this.boxes.querySelector(`[data-face="${focused}"]`)?.focus({ preventScroll: true });
  }

  boxOf(face, order) {
    const picked = face.number === this.picked;
    const kept = face.action === "keep";
    const box = el("button", {
      type: "button", class: `box ${face.action}${face.open ? " open" : ""}${picked ? " picked" : ""}`, "data-face": face.number,
      "aria-label": `Face ${order}, ${kept ? "visible" : "covered"}: ${face.words}`, "aria-pressed": String(kept), title: face.words,
    }, el("span", { class: "tag" }, String(order)));
    box.addEventListener("focus", () => this.pick(face.number));
    box.addEventListener("click", (event) => event.detail === 0 && this.told.onToggle(face.number));
    place(box, face.box);
    if (picked && !kept) for (const corner of ["nw", "ne", "sw", "se"]) box.append(el("span", { class: `handle ${corner}`, "data-corner": corner }));
    return box;
  }

  pick(number) {
    if (this.picked === number) return;
    this.picked = number;
    this.draw(this.faces);
    this.told.onPick(number);
  }

  wheel(event) {
    event.preventDefault();
    const edge = this.root.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 300), [event.clientX - edge.left, event.clientY - edge.top]);
  }

  down(event) {
    if (!this.after.hidden) return;
    const edge = this.root.getBoundingClientRect();
    const at = (each) => this.toPhoto(each.clientX - edge.left, each.clientY - edge.top);
    const start = at(event);
    const target = event.target.closest(".box");
    const face = target && this.faces.find((each) => each.number === Number(target.dataset.face));
    const corner = event.target.dataset.corner;
    const panning = event.button !== 0 || event.shiftKey || this.panning;
    const moves = face && face.action === "cover" && (corner || face.number === this.picked);
    let last = [event.clientX, event.clientY];
    let box = null;
    if (!face || panning) event.preventDefault();
    this.root.setPointerCapture(event.pointerId);
    const follow = (next) => {
      const now = at(next);
      const far = Math.hypot(now[0] - start[0], now[1] - start[1]) * this.scale > SLIP;
      if (panning) {
        this.pan(next.clientX - last[0], next.clientY - last[1]);
        last = [next.clientX, next.clientY];
      } else if (moves && (far || box)) {
        box = corner ? resized(face.box, corner, now[0] - start[0], now[1] - start[1]) : shifted(face.box, now[0] - start[0], now[1] - start[1]);
        place(target.isConnected ? target : this.boxes.querySelector(`[data-face="${face.number}"]`), box);
      } else if (!face && (far || box)) {
        box = [Math.min(start[0], now[0]), Math.min(start[1], now[1]), Math.max(start[0], now[0]), Math.max(start[1], now[1])];
        this.band.hidden = false;
        place(this.band, box);
      }
    };
    const end = (next) => {
      this.root.removeEventListener("pointermove", follow);
      this.root.removeEventListener("pointerup", end);
      this.root.removeEventListener("pointercancel", end);
      this.band.hidden = true;
      if (next.type === "pointercancel" || panning) return;
      if (box && face) this.told.onMove(face.number, box);
      else if (box) this.told.onDraw(box);
      else if (face) {
        this.pick(face.number);
        if (!corner) this.told.onToggle(face.number);
      }
    };
    this.root.addEventListener("pointermove", follow);
    this.root.addEventListener("pointerup", end);
    this.root.addEventListener("pointercancel", end);
  }
}

export function shifted(box, dx, dy) {
  return [box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy];
}

function resized([left, top, right, bottom], corner, dx, dy) {
  const least = 8;
  return [
    corner.includes("w") ? Math.min(left + dx, right - least) : left,
    corner.includes("n") ? Math.min(top + dy, bottom - least) : top,
    corner.includes("e") ? Math.max(right + dx, left + least) : right,
    corner.includes("s") ? Math.max(bottom + dy, top + least) : bottom,
  ];
}

function place(element, [left, top, right, bottom]) {
  Object.assign(element.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
}
