// @ts-check
// Two fingers on a picture: apart zooms in, together zooms out, and both move it.

/** @typedef {import("./stage.js").Stage} Stage */

/** @param {Stage} stage */
export function pinch(stage) {
  /** @type {Map<number, import("./geometry.js").Point>} */
  const fingers = new Map();
  stage.root.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, stage.at(event));
    stage.pinching = fingers.size > 1;
  });
  stage.root.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = measured([...fingers.values()]);
    fingers.set(event.pointerId, stage.at(event));
    if (fingers.size !== 2) return;
    const after = measured([...fingers.values()]);
    stage.pan(after.middle[0] - before.middle[0], after.middle[1] - before.middle[1]);
    if (before.apart > 0) stage.zoom(after.apart / before.apart, after.middle);
  });
  for (const end of ["pointerup", "pointercancel"])
    stage.root.addEventListener(end, (event) => {
      fingers.delete(/** @type {PointerEvent} */ (event).pointerId);
      if (!fingers.size) stage.pinching = false;
    });
}

/** @param {import("./geometry.js").Point[]} points @returns {{middle: import("./geometry.js").Point, apart: number}} */
function measured([one, other = one]) {
  return {
    middle: [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2],
    apart: Math.hypot(one[0] - other[0], one[1] - other[1]),
  };
}
