// @ts-check
// Screens of faces over the whole batch: who stays visible, who is uncertain, who is covered.
import { button, count, el, focusIn, say } from "./dom.js";
import { change, editAndSay, face as faceOf, faces, store } from "./store.js";
import { toggle } from "./reveal.js";

/** @typedef {import("./contract.js").Face} Face */
/** @typedef {import("./contract.js").Place} Place */
/** @typedef {"visible" | "uncertain" | "covered"} Name */
/**
 * @typedef {object} Screen
 * @property {string} title
 * @property {string} lead
 * @property {string} none
 * @property {(face: Face) => boolean} wanted
 * @property {(face: Face) => boolean} left Whether it has still to be looked at.
 * @property {string} next
 */

export const PAGE = 48;

/** @type {Record<Name, Screen>} */
export const SCREENS = {
  visible: {
    title: "Who stays visible",
    lead: "These faces will be seen by everyone. Click a face to cover it. If one could be a child, cover it.",
    none: "Nobody stays visible.",
    wanted: (face) => face.action === "keep",
    left: (face) => face.action === "keep" && !face.seen,
    next: "#uncertain",
  },
  uncertain: {
    title: "Uncertain",
    lead: "blurkit is not sure about these: the age is near the line or cannot be judged, or it may be no face.",
    none: "There is no doubtful face.",
    wanted: (face) => face.uncertain,
    left: (face) => face.open,
    next: "#covered",
  },
  covered: {
    title: "Covered",
    lead: "These faces will be covered for good. Click one to let it be seen; blurkit asks why.",
    none: "Nobody is covered.",
    wanted: (face) => face.action === "cover",
    left: () => false,
    next: "#finish",
  },
};

/** @type {Place[]} */
let list = [];
let page = 0;
/** @type {Map<string, {item: HTMLElement, one: Place, key: string}>} */
let tiles = new Map();

/** @param {Place} one */
const keyOf = (one) => `${one.photo}/${one.face}`;

/** @param {Name} name @param {Place} one */
function isLeft(name, one) {
  const face = faceOf(one.photo, one.face);
  return face !== undefined && SCREENS[name].left(face);
}

/** @param {Name} name */
export function left(name) {
  return faces((face, photo) => !photo.left_out && SCREENS[name].left(face)).length;
}

/** @param {Name} name @param {Place[]} known @returns {Place[]} Faces that are not known yet, those that need a look first. */
function sorted(name, known) {
  const have = new Set(known.map(keyOf));
  const doubt = (/** @type {Place} */ one) => faceOf(one.photo, one.face)?.doubt ?? 0;
  return faces((face, photo) => !photo.left_out && SCREENS[name].wanted(face))
    .filter((one) => !have.has(keyOf(one)))
    .sort((one, other) => doubt(other) - doubt(one));
}

/** @param {HTMLElement} main @param {Name} name */
export function show(main, name) {
  list = sorted(name, []);
  const first = list.findIndex((one) => isLeft(name, one));
  page = Math.floor(Math.max(0, first) / PAGE);
  draw(main, name);
}

function pages() {
  return Math.max(1, Math.ceil(list.length / PAGE));
}

/** @param {HTMLElement} main @param {Name} name */
function draw(main, name) {
  const screen = SCREENS[name];
  tiles = new Map();
  const shown = list.slice(page * PAGE, (page + 1) * PAGE);
  const grid = el("ul", {
    class: "faces",
    "aria-label": screen.title,
    onkeydown: move,
  });
  for (const one of shown) {
    const item = el("li");
    tiles.set(keyOf(one), { item, one, key: "" });
    grid.append(item);
  }
  const none = store.state.busy ? "Nothing yet; photos are still looked at." : screen.none;
  main.replaceChildren(
    el("h1", { tabindex: "-1" }, screen.title),
    el("p", { class: "lead" }, shown.length ? screen.lead : none),
    grid,
    el("div", { class: "pager" }),
  );
  update(main, name);
}

/** @param {HTMLElement} main @param {Name} name @returns {void} */
export function update(main, name) {
  if (!main.querySelector(".pager")) return;
  const fresh = sorted(name, list);
  if (!list.length && fresh.length) return show(main, name);
  list.push(...fresh);
  if (tiles.size < PAGE && tiles.size < list.length - page * PAGE) return draw(main, name);
  for (const tile of tiles.values()) {
    const { photo, face } = tile.one;
    const known = faceOf(photo, face);
    const key = JSON.stringify(known ?? null);
    if (tile.key === key) continue;
    tile.key = key;
    const focused = focusIn(tile.item)?.className.split(" ")[0];
    tile.item.replaceChildren(
      ...(known ? tileOf(photo, known) : [el("p", { class: "words" }, "Cover deleted")]),
    );
    if (focused) /** @type {HTMLElement | null} */ (tile.item.querySelector(`.${focused}`))?.focus();
  }
  bar(main, name);
}

/** @param {number} photo @param {Face} face */
function tileOf(photo, face) {
  const kept = face.action === "keep";
  const state = kept ? "Visible" : "Covered";
  const name = store.photos.get(photo)?.name;
  const source = `/photo/${photo}/face/${face.number}?b=${face.box}`;
  return [
    el(
      "button",
      {
        type: "button",
        class: `face ${face.action}`,
        "aria-label": `${state}: ${face.words}, in ${name}`,
        "aria-pressed": String(kept),
        onclick: () => toggle(photo, face.number),
      },
      el("img", { src: source, alt: "", width: 140, height: 140 }),
      el("span", { class: "state" }, state),
    ),
    el("p", { class: "words" }, face.words),
    el(
      "a",
      {
        href: `#photo/${photo}/${face.number}`,
        class: "small",
        "aria-label": `Open ${name}`,
      },
      "Open photo",
    ),
  ];
}

/** @param {HTMLElement} main @param {Name} name */
function bar(main, name) {
  const place = /** @type {HTMLElement} */ (main.querySelector(".pager"));
  const last = page + 1 >= pages();
  const here = [...tiles.values()].map((tile) => tile.one).filter((one) => faceOf(one.photo, one.face));
  const words = here.some((one) => isLeft(name, one))
    ? "I have looked at these faces"
    : last
      ? "Go on"
      : "Next page";
  const key = `${page}/${pages()}/${list.length}/${words}/${left(name)}`;
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  const focused = focusIn(place);
  const open = left(name) ? ` · ${left(name)} not looked at yet` : "";
  const confirmed = button(words, () => confirm(main, name, here, last), {
    id: "confirm",
    class: "main",
  });
  place.replaceChildren(
    button("Previous page", () => turn(main, name, -1), {
      class: "quiet",
      disabled: page === 0,
    }),
    el("span", {}, `Page ${page + 1} of ${pages()} · ${count(list.length, "face")}${open}`),
    ...(name === "visible" && list.length ? [button("Keep nobody", coverAll, { class: "quiet" })] : []),
    confirmed,
  );
  if (focused) confirmed.focus();
}

/** @param {HTMLElement} main @param {Name} name @param {Place[]} here @param {boolean} last */
async function confirm(main, name, here, last) {
  const told = here.map((one) => [one.photo, one.face, faceOf(one.photo, one.face)?.action]);
  if (told.length && !(await change("seen", { faces: told }))) return;
  if (!last || page + 1 < pages()) turn(main, name, 1);
  else if (!store.state.busy) location.hash = SCREENS[name].next;
}

/** @param {HTMLElement} main @param {Name} name @param {number} step */
function turn(main, name, step) {
  page = Math.min(Math.max(0, page + step), pages() - 1);
  draw(main, name);
  main.querySelector("h1")?.focus();
  window.scrollTo(0, 0);
  say(`Page ${page + 1} of ${pages()}`);
}

function coverAll() {
  const numbers = new Set(faces((face) => face.action === "keep").map((one) => one.photo));
  return editAndSay(
    "Everybody is covered",
    ...[...numbers].map((photo) => ({
      do: /** @type {const} */ ("cover_all"),
      photo,
    })),
  );
}

/** @param {KeyboardEvent} event */
function move(event) {
  const grid = /** @type {HTMLElement} */ (event.currentTarget);
  const all = [.../** @type {NodeListOf<HTMLElement>} */ (grid.querySelectorAll("button.face"))];
  const at = all.findIndex((each) => each === document.activeElement);
  if (at < 0) return;
  const across = Math.max(1, all.filter((each) => each.offsetTop === all[0].offsetTop).length);
  const steps = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: across,
    ArrowUp: -across,
  };
  const step = steps[/** @type {keyof typeof steps} */ (event.key)];
  if (!step) return;
  event.preventDefault();
  all[Math.min(Math.max(0, at + step), all.length - 1)].focus();
}
