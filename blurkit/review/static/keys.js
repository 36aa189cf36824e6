// @ts-check
// The list of keys, and whether single letters are keys at all: people who speak to the computer, or slip, may switch them off.
import { button, el, part, say } from "./dom.js";
import { change, store } from "./store.js";

const ALWAYS = [
  ["Tab", "next face"],
  ["Space", "cover the face, or let it be seen"],
  ["Arrow keys", "move a cover; with Shift, change its size"],
  ["← →", "previous and next photo, with no cover selected"],
  ["Shift and click", "select several faces"],
  ["Escape", "select none"],
  ["Delete", "delete a cover that you drew"],
  ["Ctrl+Z", "undo"],
];
const LETTERS = [
  ["A", "add a cover"],
  ["D", "next uncertain face"],
  ["F", "this photo is fine; on to the next"],
  ["N, P", "next and previous photo"],
  ["B", "before and after"],
  ["+, −, 0", "zoom in, out, whole photo"],
  ["?", "this list"],
];

/** @param {string[][]} keys */
const listOf = (keys) =>
  el("dl", {}, ...keys.flatMap(([key, words]) => [el("dt", {}, key), el("dd", {}, words)]));

export function showKeys() {
  const dialog = part("keys", HTMLDialogElement);
  const letters = el("input", {
    type: "checkbox",
    id: "letter-keys",
    checked: store.about.letter_keys,
    onchange: () => setLetters(letters.checked),
  });
  dialog.replaceChildren(
    el("h2", { id: "keys-title" }, "Keys"),
    listOf(ALWAYS),
    el("label", {}, letters, "Single letters are keys, too"),
    listOf(LETTERS),
    button("Close", () => dialog.close(), { class: "main", autofocus: true }),
  );
  dialog.showModal();
}

/** @param {boolean} on */
async function setLetters(on) {
  if (!(await change("prefer", { letter_keys: on }))) return;
  store.about.letter_keys = on;
  say(on ? "Single letters are keys" : "Single letters are no keys any more");
}
