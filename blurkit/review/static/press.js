// @ts-check
// Whether a person presses something at this moment. What is drawn again between press and release loses the press.

/** Milliseconds after a release without a click, by touch for example, until it counts as none. */
const LATE = 80;

let pressed = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Set<() => void>} */
const waiting = new Set();

/** @param {() => void} draw Is done at once, or after the press that is under way. */
export function betweenPresses(draw) {
  if (pressed) waiting.add(draw);
  else draw();
}

function begin() {
  clearTimeout(timer);
  pressed = true;
}

/** @param {number} after */
function end(after) {
  if (!pressed) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    pressed = false;
    const all = [...waiting];
    waiting.clear();
    for (const draw of all) draw();
  }, after);
}

const early = { capture: true };
window.addEventListener("pointerdown", (event) => event.button === 0 && begin(), early);
window.addEventListener("pointerup", () => end(LATE), early);
window.addEventListener("pointercancel", () => end(0), early);
window.addEventListener("click", () => end(0), early); // after all that listen to it
window.addEventListener(
  "pointermove",
  (event) => event.pointerType === "mouse" && !event.buttons && end(LATE),
  early,
);
window.addEventListener("keydown", (event) => event.key === " " && begin(), early);
window.addEventListener("keyup", (event) => event.key === " " && end(LATE), early);
window.addEventListener("blur", (event) => event.target === window && end(0), early);
