// @ts-check
// One face as a tile, and all tiny covered faces of a photo as a line. A tile is selected by a click; its strip acts at once.
import { t, tn } from "./language.js";
import { button, el } from "./dom.js";
import { store } from "./store.js";
import { toggle } from "./act.js";
import { nameOfAction } from "./reveal.js";

/** @typedef {import("./contract.js").Face} Face */

/**
 * Draws a face; a picture that is there already stays, so that nothing flickers.
 * @param {HTMLElement} li
 * @param {number} photo
 * @param {Face} face
 * @param {boolean} selected
 */
export function fillTile(li, photo, face, selected) {
  const before = li.querySelector("img");
  li.replaceChildren(...tileOf(photo, face, selected));
  const after = li.querySelector("img");
  if (before && after && before.src === after.src) after.replaceWith(before);
}

/**
 * @param {number} photo
 * @param {Face} face
 * @param {boolean} selected
 */
function tileOf(photo, face, selected) {
  const state = face.action === "keep" ? t("Visible") : t("Covered");
  const name = store.photos.get(photo)?.name;
  const source = `/photo/${photo}/face/${face.number}?b=${face.box}`;
  return [
    el(
      "button",
      {
        type: "button",
        class: `face ${face.action}`,
        title: name,
        "aria-label": t("{state}: {words}, in {name}", { state, words: face.words, name }),
        "aria-pressed": String(selected),
      },
      el("img", { src: source, alt: "", width: 140, height: 140, draggable: "false", loading: "lazy" }),
      el("span", { class: "tick", "aria-hidden": "true" }),
    ),
    el(
      "div",
      { class: `strip ${face.action}` },
      el("span", { class: "state" }, state),
      button(nameOfAction(face), () => toggle(photo, face.number), {
        class: "act",
        "aria-label": t("{state}: {words}, in {name}", {
          state: nameOfAction(face),
          words: face.words,
          name,
        }),
      }),
    ),
    el("p", { class: "words" }, face.words),
    el(
      "a",
      { href: `#photo/${photo}/${face.number}`, class: "small", "aria-label": t("Open {name}", { name }) },
      t("Open photo"),
    ),
  ];
}

/**
 * @param {number} photo
 * @param {Face[]} faces
 * @param {() => unknown} onShow
 */
export function lineOf(photo, faces, onShow) {
  const name = store.photos.get(photo)?.name;
  return [
    el("img", { src: `/photo/${photo}/thumb`, alt: "", width: 64, height: 48, loading: "lazy" }),
    el(
      "p",
      {},
      tn("{n} tiny face in {name}: covered", "{n} tiny faces in {name}: all covered", faces.length, { name }),
    ),
    button(t("List them"), onShow, {
      class: "quiet",
      "aria-label": t("List the tiny faces in {name}", { name }),
    }),
    el(
      "a",
      { href: `#photo/${photo}`, class: "quiet", "aria-label": t("Open {name}", { name }) },
      t("Open photo"),
    ),
  ];
}

/** @param {number} photo @param {() => unknown} onAll */
export function headOf(photo, onAll) {
  const name = store.photos.get(photo)?.name ?? "";
  const all = button(t("Select all"), onAll, {
    class: "quiet",
    "aria-label": t("Select all in {name}", { name }),
  });
  return el("li", { class: "group" }, el("h2", {}, name), all);
}

/** @param {boolean} byPhoto @param {(byPhoto: boolean) => unknown} onChange */
export function orderOf(byPhoto, onChange) {
  const choice = el(
    "select",
    { id: "order", onchange: () => onChange(choice.value === "photo") },
    el("option", { value: "rank" }, t("Most important first")),
    el("option", { value: "photo" }, t("By photo")),
  );
  choice.value = byPhoto ? "photo" : "rank";
  return el("label", { class: "order" }, t("Order"), choice);
}

/** @param {KeyboardEvent} event Arrow keys go from picture to picture. */
export function move(event) {
  const grid = /** @type {HTMLElement} */ (event.currentTarget);
  const all = [.../** @type {NodeListOf<HTMLElement>} */ (grid.querySelectorAll("button.face"))];
  const at = all.findIndex((each) => each === document.activeElement);
  if (at < 0) return;
  const across = Math.max(1, all.filter((each) => each.offsetTop === all[0].offsetTop).length);
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across };
  const step = steps[/** @type {keyof typeof steps} */ (event.key)];
  if (!step) return;
  event.preventDefault();
  all[Math.min(Math.max(0, at + step), all.length - 1)].focus();
}
