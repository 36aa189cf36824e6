// @ts-check
// Selects tiles: by click, with Shift from the last one on, and with a box drawn over them by mouse.
import { el } from "./dom.js";

const SLIP = 6;

export class Selection {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Set<string>} */
    this.keys = new Set();
    /** @type {string | null} */
    this.last = null;
  }

  clear() {
    if (!this.keys.size) return;
    this.keys.clear();
    this.last = null;
    this.onChange();
  }

  /** @param {Iterable<string>} keys */
  add(keys) {
    for (const key of keys) this.keys.add(key);
    this.onChange();
  }

  /** @param {string} key @param {string[]} all In order. @param {boolean} range Whether all from the last one on are meant. */
  click(key, all, range) {
    const [from, to] = [all.indexOf(this.last ?? ""), all.indexOf(key)];
    if (range && from >= 0) {
      for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) this.keys.add(each);
    } else if (!this.keys.delete(key)) this.keys.add(key);
    this.last = key;
    this.onChange();
  }

  /** @param {Set<string>} there Forgets what is not there any more. */
  keep(there) {
    const gone = [...this.keys].filter((key) => !there.has(key));
    for (const key of gone) this.keys.delete(key);
    if (gone.length) this.onChange();
  }
}

/**
 * Lets a mouse draw a box over tiles; those it touches are selected when the button is let go.
 * @param {HTMLElement} grid Its tiles bear `data-key`.
 * @param {Selection} selection
 */
export function drawBox(grid, selection) {
  grid.addEventListener("pointerdown", (start) => {
    const on = /** @type {Element} */ (start.target);
    if (start.pointerType !== "mouse" || start.button !== 0 || on.closest("a, .act, .quiet")) return;
    const [x, y] = [start.pageX, start.pageY];
    const band = el("div", { class: "rubber", hidden: true });
    const tiles = /** @type {HTMLElement[]} */ ([...grid.querySelectorAll("[data-key]")]);
    /** @type {(event: PointerEvent) => DOMRect} */
    const drawn = (event) =>
      new DOMRect(
        Math.min(x, event.pageX),
        Math.min(y, event.pageY),
        Math.abs(event.pageX - x),
        Math.abs(event.pageY - y),
      );
    const touched = (/** @type {DOMRect} */ box) =>
      tiles.filter((tile) => {
        const edge = tile.getBoundingClientRect();
        const [left, top] = [edge.left + window.scrollX, edge.top + window.scrollY];
        return (
          left < box.right && left + edge.width > box.left && top < box.bottom && top + edge.height > box.top
        );
      });
    const follow = (/** @type {PointerEvent} */ event) => {
      const box = drawn(event);
      if (band.hidden && Math.hypot(box.width, box.height) <= SLIP) return;
      if (band.hidden) {
        document.body.append(band);
        document.body.classList.add("drawing");
      }
      band.hidden = false;
      for (const side of /** @type {const} */ (["left", "top", "width", "height"]))
        band.style.setProperty(side, `${box[side]}px`);
      const inside = new Set(touched(box));
      for (const tile of tiles) tile.classList.toggle("touched", inside.has(tile));
    };
    const end = (/** @type {PointerEvent} */ event) => {
      window.removeEventListener("pointermove", follow);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      document.body.classList.remove("drawing");
      for (const tile of tiles) tile.classList.remove("touched");
      if (band.hidden) return;
      band.remove();
      if (event.type === "pointercancel") return;
      window.addEventListener("click", swallow, { capture: true, once: true }); // it ends the box and is no click on a tile
      setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
      selection.add(touched(drawn(event)).map((tile) => String(tile.dataset.key)));
    };
    window.addEventListener("pointermove", follow);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  });
}

/** @param {Event} event */
function swallow(event) {
  event.stopPropagation();
  event.preventDefault();
}
