// @ts-check
// Screens of faces over the whole batch: tiles on pages, and a bar of actions below.
import { t, tn } from "./language.js";
import { ACTIONS, act, scope } from "./act.js";
import { button, el, focusIn, say } from "./dom.js";
import { List, keyOf, placesOf } from "./list.js";
import { SCREENS, isTiny, left } from "./screens.js";
import { Selection, drawBox } from "./select.js";
import { change, editAndSay, face as faceOf, faces, photos, store } from "./store.js";
import { found } from "./words.js";
import { fillTile, headOf, lineOf, move, orderOf } from "./tiles.js";

/** @typedef {import("./contract.js").Photo} Photo */
/** @typedef {import("./contract.js").Place} Place */
/** @typedef {import("./list.js").Item} Item */
/** @typedef {import("./screens.js").Name} Name */
/** @typedef {{li: HTMLElement, item: Item, drawn: string}} Tile What is drawn tells whether it has to be drawn again. */
/** @typedef {{main: HTMLElement, name: Name, list: List}} Here */

export const PAGE = 48;

let page = 0;
let byPhoto = false;
let confirming = false;
/** @type {Map<string, Tile>} */
let tiles = new Map();
/** @type {Here | null} */
let here = null;

const selection = new Selection(() => {
  for (const [key, tile] of tiles)
    tile.li.querySelector(".face")?.setAttribute("aria-pressed", String(selection.keys.has(key)));
  if (here) bar(here);
});

/** @param {HTMLElement} main @param {Name} name */
export function show(main, name) {
  here = { main, name, list: new List(name, byPhoto) };
  here.list.take(photos());
  const first = here.list.items.findIndex((item) => here?.list.isLeft(item));
  page = Math.floor(Math.max(0, first) / PAGE);
  draw(here);
}

export function close() {
  here = null;
  selection.clear();
}

/** @param {Here} there */
function pages({ list }) {
  return Math.max(1, Math.ceil(list.items.length / PAGE));
}

/** @param {Here} there */
function paged(there) {
  return t("Page {page} of {pages}", { page: page + 1, pages: pages(there) });
}

/** @param {Here} there */
function draw(there) {
  const { main, name } = there;
  const screen = SCREENS[name];
  tiles = new Map();
  const grid = el("ul", { class: "faces", "aria-label": screen.title, onkeydown: move, onclick: pick });
  place(there, grid);
  drawBox(grid, selection);
  const none = store.state.busy ? t("Nothing yet; blurkit is still looking at the photos.") : screen.none;
  const order = orderOf(byPhoto, (wanted) => {
    byPhoto = wanted;
    show(main, name);
    document.getElementById("order")?.focus();
  });
  const title = el("h1", { tabindex: "-1" }, screen.title);
  const lead = el("p", { class: "lead" }, tiles.size ? screen.lead : none);
  main.replaceChildren(
    el("div", { class: "head" }, el("div", {}, title, lead), tiles.size > 0 && order),
    grid,
    el("div", { class: "pager" }),
  );
  fill(there);
}

/** @param {Here} there @param {Element} grid Adds what this page has room for; it is filled later. */
function place({ list }, grid) {
  let group = [...tiles.values()].at(-1)?.item.photo;
  for (const item of list.items.slice(page * PAGE + tiles.size, (page + 1) * PAGE)) {
    if (byPhoto && item.photo !== group) {
      group = item.photo;
      grid.append(
        headOf(item.photo, () => selection.add(keys().filter((key) => key.startsWith(`${item.photo}/`)))),
      );
    }
    const li = el("li", item.face === null ? { class: "line" } : { class: "tile", "data-key": keyOf(item) });
    tiles.set(keyOf(item), { li, item, drawn: "" });
    grid.append(li);
  }
}

/** @param {HTMLElement} main @param {Name} name @param {Photo[]} changed */
export function update(main, name, changed) {
  if (!here || !main.querySelector(".pager")) return;
  const before = here.list.items.length;
  here.list.take(changed);
  const after = here.list.items.length;
  const grid = main.querySelector("ul.faces");
  if (!before && after) {
    const title = focusIn(main.querySelector("h1"));
    show(main, name);
    if (title) main.querySelector("h1")?.focus({ preventScroll: true });
  } else {
    if (grid) place(here, grid); // what is there already stays: it may be pressed, selected, or have the focus
    fill(here);
  }
}

/** @param {Here} there */
function fill(there) {
  for (const [key, tile] of tiles) {
    const { item, li } = tile;
    const face = item.face === null ? undefined : faceOf(item.photo, item.face);
    const tiny = item.face === null ? (store.photos.get(item.photo)?.faces.filter(isTiny) ?? []) : [];
    const drawn = JSON.stringify([face, tiny.length]);
    if (tile.drawn === drawn) continue;
    tile.drawn = drawn;
    const focused = focusIn(li)?.className.split(" ")[0];
    if (item.face === null) li.replaceChildren(...lineOf(item.photo, tiny, () => open(there, item.photo)));
    else if (face) fillTile(li, item.photo, face, selection.keys.has(key));
    else li.replaceChildren(el("p", { class: "words" }, t("Cover deleted")));
    if (focused) /** @type {HTMLElement | null} */ (li.querySelector(`.${focused}`))?.focus();
  }
  bar(there);
}

/** @param {Here} there @param {number} photo Shows its tiny faces one by one. */
function open(there, photo) {
  const first = there.list.open(photo);
  draw(there);
  if (first) focusOn(keyOf(first));
}

/** @param {string} key */
function focusOn(key) {
  /** @type {HTMLElement | null | undefined} */ (tiles.get(key)?.li.querySelector(".face"))?.focus();
}

/** Those of the faces on this page. */
function keys() {
  return [...tiles].filter(([, tile]) => tile.item.face !== null).map(([key]) => key);
}

/** @param {Here} there */
function bar(there) {
  const place = /** @type {HTMLElement | null} */ (there.main.querySelector(".pager"));
  if (!place) return;
  const { list, name } = there;
  const shown = [...tiles.values()].map((tile) => tile.item);
  const these = shown.filter((item) => selection.keys.has(keyOf(item))).flatMap(placesOf);
  const last = page + 1 >= pages(there);
  const open = shown.some((item) => list.isLeft(item));
  const words = open ? t("I have looked at these faces") : last ? t("Go on") : t("Next page");
  const key = JSON.stringify([page, pages(there), list.items.length, words, left(name), these]);
  if (place.dataset.drawn === key) return;
  place.dataset.drawn = key;
  const focused = focusIn(place)?.id;
  place.classList.toggle("selecting", these.length > 0);
  place.replaceChildren(...(these.length ? choices(these) : steps(there, words, shown, last)));
  if (!focused) return;
  const again = document.getElementById(focused) ?? place.querySelector(".main");
  /** @type {HTMLElement | null} */ (again)?.focus();
}

/** @param {Place[]} these */
function choices(these) {
  const done = (/** @type {import("./act.js").What} */ what) => async () => {
    const there = here;
    if (!(await act(these, what)) || here !== there) return;
    selection.clear();
    focusOn(keyOf(these[0]));
  };
  return [
    button(t("Clear selection"), () => selection.clear(), { class: "quiet", id: "clear" }),
    el("span", { role: "status" }, tn("{n} face selected", "{n} faces selected", these.length)),
    ...ACTIONS.map(([what, words]) => {
      const whole = what.endsWith("others") ? `${words} ${scope(these)}` : null;
      const values = { id: `do-${what}`, class: what === "cover" ? "main" : "", title: whole };
      return button(words, done(what), { ...values, "aria-label": whole });
    }),
  ];
}

/** @param {Here} there @param {string} words @param {Item[]} shown @param {boolean} last */
function steps(there, words, shown, last) {
  const { name, list } = there;
  const still = left(name) ? " · " + t("{n} not looked at yet", { n: left(name) }) : "";
  const previous = { class: "quiet", disabled: page === 0, id: "previous" };
  return [
    button(t("Previous page"), () => turn(there, -1), previous),
    el("span", {}, paged(there) + still),
    ...(keys().length
      ? [button(t("Select this page"), () => selection.add(keys()), { class: "quiet", id: "all" })]
      : []),
    ...(name === "visible" && list.items.length
      ? [button(t("Cover everybody"), coverAll, { class: "quiet", id: "nobody" })]
      : []),
    button(words, () => confirm(there, shown, last), { id: "confirm", class: "main" }),
  ];
}

/** @param {Here} there @param {Item[]} shown @param {boolean} last */
async function confirm(there, shown, last) {
  if (confirming) return; // a second press is none on the page that comes next
  const isOpen = shown.some((item) => there.list.isLeft(item));
  if (isOpen && scrollOn()) return; // nobody has looked at what was never on the screen
  const told = shown
    .flatMap(placesOf)
    .map((one) => [one.photo, one.face, faceOf(one.photo, one.face)?.action]);
  confirming = true;
  const done = !told.length || (await change("seen", { faces: told }));
  confirming = false;
  if (!done || here !== there) return; // meanwhile a person went to another screen
  if (!last || page + 1 < pages(there)) turn(there, 1);
  else if (isOpen) say(t("You have looked at all of them."));
  else if (!store.state.busy) location.hash = after(there.name);
}

/** @param {Name} name The screen that comes next: words come last, if any were found. */
function after(name) {
  const { next } = SCREENS[name];
  return next === "#finish" && found() ? "#words" : next;
}

/** @returns {boolean} Whether there were faces below the window, so that it went down to them. */
function scrollOn() {
  const last = [...tiles.values()].at(-1)?.li.getBoundingClientRect();
  const bar = document.querySelector(".pager")?.getBoundingClientRect();
  const below = last && bar ? last.bottom - bar.top : 0;
  if (!last || below <= last.height / 3) return false;
  window.scrollBy({ top: Math.min(below, window.innerHeight * 0.7) });
  say(t("There are more faces further down."));
  return true;
}

/** @param {Here} there @param {number} step */
function turn(there, step) {
  page = Math.min(Math.max(0, page + step), pages(there) - 1);
  draw(there);
  selection.clear();
  there.main.querySelector("h1")?.focus();
  window.scrollTo(0, 0);
  say(paged(there));
}

function coverAll() {
  const numbers = new Set(faces((face) => face.action === "keep").map((one) => one.photo));
  return editAndSay(
    t("Everybody is covered"),
    ...[...numbers].map((photo) => ({ do: /** @type {const} */ ("cover_all"), photo })),
  );
}

/** @param {MouseEvent} event A click on a picture selects it; with Shift, all from the last one on. */
function pick(event) {
  const face = /** @type {Element} */ (event.target).closest("button.face");
  const tile = /** @type {HTMLElement | null | undefined} */ (face?.closest("[data-key]"));
  if (tile?.dataset.key) selection.click(tile.dataset.key, keys(), event.shiftKey);
}

/** @param {KeyboardEvent} event @returns {boolean} Whether the key did something. */
export function onKey(event) {
  if (event.key !== "Escape" || !selection.keys.size) return false;
  selection.clear();
  return true;
}
