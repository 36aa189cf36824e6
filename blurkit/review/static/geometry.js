// @ts-check
// Boxes in pixels of a photo: left, top, right, bottom. Pure functions, tested under Node.

/** @typedef {import("./contract.js").Box} Box */
/** @typedef {[number, number]} Point */

/** Pixels below which a cover is not made smaller. */
export const LEAST = 8;

/** @param {Box} box @param {number} dx @param {number} dy @returns {Box} */
export function shifted(box, dx, dy) {
  return [box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy];
}

/**
 * Moves one corner.
 * @param {Box} box
 * @param {string} corner `nw`, `ne`, `sw` or `se`.
 * @param {number} dx
 * @param {number} dy
 * @returns {Box}
 */
export function resized([left, top, right, bottom], corner, dx, dy) {
  return [
    corner.includes("w") ? Math.min(left + dx, right - LEAST) : left,
    corner.includes("n") ? Math.min(top + dy, bottom - LEAST) : top,
    corner.includes("e") ? Math.max(right + dx, left + LEAST) : right,
    corner.includes("s") ? Math.max(bottom + dy, top + LEAST) : bottom,
  ];
}

/** @param {Point} one @param {Point} other @returns {Box} The box between two points, whichever comes first. */
export function between(one, other) {
  return [
    Math.min(one[0], other[0]),
    Math.min(one[1], other[1]),
    Math.max(one[0], other[0]),
    Math.max(one[1], other[1]),
  ];
}

/** @param {Box} box @param {number} width @param {number} height @returns {Box} What lies in the photo. */
export function clipped(box, width, height) {
  return [Math.max(0, box[0]), Math.max(0, box[1]), Math.min(width, box[2]), Math.min(height, box[3])];
}

/** @param {Box} one @param {Box} other */
export function overlap(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

/** @param {Box} box @returns {Point} */
export function centerOf(box) {
  return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}
