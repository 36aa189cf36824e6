// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { between, clipped, LEAST, overlap, resized, shifted } from "../../blurkit/review/static/geometry.js";

/** @type {import("../../blurkit/review/static/geometry.js").Box} */
const BOX = [10, 20, 50, 80];

test("a moved box keeps its size", () => assert.deepEqual(shifted(BOX, 5, -5), [15, 15, 55, 75]));

test("a box lies between two points whichever comes first", () => {
  assert.deepEqual(between([5, 90], [40, 10]), [5, 10, 40, 90]);
  assert.deepEqual(between([40, 10], [5, 90]), [5, 10, 40, 90]);
});

test("only the corner that is dragged moves", () => {
  assert.deepEqual(resized(BOX, "nw", 5, 5), [15, 25, 50, 80]);
  assert.deepEqual(resized(BOX, "se", 5, 5), [10, 20, 55, 85]);
  assert.deepEqual(resized(BOX, "ne", 5, 5), [10, 25, 55, 80]);
  assert.deepEqual(resized(BOX, "sw", 5, 5), [15, 20, 50, 85]);
});

test("a box is never turned inside out", () => {
  for (const corner of ["nw", "ne", "sw", "se"])
    for (const far of [-1000, 1000]) {
      const [left, top, right, bottom] = resized(BOX, corner, far, far);
      assert.ok(right - left >= LEAST && bottom - top >= LEAST, corner);
    }
});

test("what lies outside the photo is cut off", () => {
  assert.deepEqual(clipped([-5, -5, 500, 30], 100, 80), [0, 0, 100, 30]);
});

test("boxes that only touch do not overlap", () => {
  assert.equal(overlap(BOX, [50, 20, 60, 80]), false);
  assert.equal(overlap(BOX, [49, 20, 60, 80]), true);
});
