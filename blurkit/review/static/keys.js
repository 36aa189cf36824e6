// @ts-check
// Help: what the steps are for, and the list of keys; and whether single letters are keys at all: people who speak to the computer, or slip, may switch them off.
import { t } from "./language.js";
import { button, el, part, say } from "./dom.js";
import { change, store } from "./store.js";

const STEPS = [
  [t("Photos"), t("All photos with their covers. Open one to correct it.")],
  [t("Stays visible"), t("Everyone who will be seen. Cover those who must not.")],
  [t("Uncertain"), t("Faces that blurkit is not sure about. Please look.")],
  [t("Covered"), t("Everyone under a cover. Show those who may be seen.")],
  [t("Words"), t("Words and numbers that can be read. Cover those that tell who a child is.")],
  [t("Finish"), t("Answer the questions and write the safe photos.")],
];
const ALWAYS = [
  [t("Tab"), t("next face")],
  [t("Space"), t("cover the face, or let it be seen")],
  [t("Arrow keys"), t("move a cover; with Shift, change its size")],
  ["← →", t("previous and next photo, with no cover selected")],
  [t("Shift and click"), t("select several faces")],
  [t("Escape"), t("select none")],
  [t("Delete"), t("delete a cover that you drew")],
  [t("Ctrl+Z"), t("undo")],
];
const LETTERS = [
  ["A", t("add a cover")],
  ["D", t("next uncertain face")],
  ["F", t("this photo is fine; on to the next")],
  ["N, P", t("next and previous photo")],
  ["B", t("before and after")],
  ["+, −, 0", t("zoom in, out, whole photo")],
  ["?", t("this list")],
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
    el("h2", { id: "keys-title", tabindex: -1, autofocus: true }, t("Help")),
    listOf(STEPS),
    el("h2", {}, t("Keys")),
    listOf(ALWAYS),
    el("label", {}, letters, t("Single letters are keys, too")),
    listOf(LETTERS),
    button(t("Close"), () => dialog.close(), { class: "main" }),
  );
  dialog.showModal();
}

/** @param {boolean} on */
async function setLetters(on) {
  if (!(await change("prefer", { letter_keys: on }))) return;
  store.about.letter_keys = on;
  say(on ? t("Single letters are keys") : t("Single letters are no keys any more"));
}
