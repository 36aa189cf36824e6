// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { View } from "../../blurkit/review/static/view.js";

const PHOTO = { width: 4000, height: 2000 };
const WINDOW = { width: 1000, height: 800 };

function fitted() {
  const view = new View(PHOTO, WINDOW);
  view.fit();
  return view;
}

test("a photo that fits is whole and in the middle", () => {
  const view = fitted();
  assert.equal(view.scale, 0.25);
  assert.deepEqual([view.left, view.top], [0, 150]);
});

test("zooming leaves the point under the pointer where it is", () => {
  const view = fitted();
  const before = view.toPhoto(300, 400);
  view.zoom(3, [300, 400]);
  assert.deepEqual(view.toPhoto(300, 400).map(Math.round), before.map(Math.round));
});

test("no zoom shows less than the whole photo, or more than four pixels for one", () => {
  const view = fitted();
  view.zoom(0.01);
  assert.deepEqual([view.scale, view.fitted], [0.25, true]);
  view.zoom(1e6);
  assert.equal(view.scale, 4);
});

test("a face that is brought to the middle is there", () => {
  const view = fitted();
  view.center([3000, 500, 3100, 620]);
  assert.deepEqual(view.toPhoto(500, 400).map(Math.round), [3050, 560]);
});
