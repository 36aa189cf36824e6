// @ts-check
// Which part of a photo is seen, and how large. Pure, tested under Node.
import { centerOf } from "./geometry.js";

/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {{width: number, height: number}} Size */

/** Pixels of the screen that one of the photo takes at most. */
const MAX_SCALE = 4;

/** How much of the view a face takes when it is brought to the middle. */
const FACE_SHARE = 4;

export class View {
  /** @param {Size} photo In its own pixels. @param {Size} window In pixels of the screen. */
  constructor(photo, window) {
    this.photo = photo;
    this.window = window;
    this.scale = 1;
    this.left = 0;
    this.top = 0;
    this.fitted = true;
  }

  /** The scale at which the whole photo is seen. */
  get smallest() {
    return Math.min(this.window.width / this.photo.width, this.window.height / this.photo.height);
  }

  fit() {
    this.scale = this.smallest;
    this.left = (this.window.width - this.photo.width * this.scale) / 2;
    this.top = (this.window.height - this.photo.height * this.scale) / 2;
    this.fitted = true;
  }

  /** @param {number} factor @param {Point} [at] The point of the window that stays where it is. */
  zoom(factor, at = [this.window.width / 2, this.window.height / 2]) {
    const scale = Math.min(Math.max(this.scale * factor, this.smallest), MAX_SCALE);
    if (scale === this.smallest) return this.fit();
    this.left = at[0] - ((at[0] - this.left) * scale) / this.scale;
    this.top = at[1] - ((at[1] - this.top) * scale) / this.scale;
    this.scale = scale;
    this.fitted = false;
  }

  /** @param {Box} box Is brought to the middle. */
  center(box) {
    const { width, height } = this.window;
    const side = Math.max(box[2] - box[0], box[3] - box[1]);
    const [x, y] = centerOf(box);
    this.scale = Math.min(Math.max(Math.min(width, height) / (side * FACE_SHARE), this.smallest), MAX_SCALE);
    this.left = width / 2 - x * this.scale;
    this.top = height / 2 - y * this.scale;
    this.fitted = false;
  }

  /** @param {number} dx @param {number} dy In pixels of the screen. */
  pan(dx, dy) {
    this.left += dx;
    this.top += dy;
    this.fitted = false;
  }

  /** @param {number} x @param {number} y @returns {Point} The point of the photo that is seen there. */
  toPhoto(x, y) {
    return [(x - this.left) / this.scale, (y - this.top) / this.scale];
  }
}
