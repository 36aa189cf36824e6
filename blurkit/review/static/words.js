// @ts-check
// Words, codes and plates over the whole batch: pictures of them, to be covered or left, many at once.
import { t, tn } from "./language.js";
import { button, el, focusIn, renew, say } from "./dom.js";
import { Selection, drawBox } from "./select.js";
import { change, photos, store, undo } from "./store.js";
import { move } from "./tiles.js";

/** @typedef {import("./contract.js").Mark} Mark */
/** @typedef {{key: string, photo: number, mark: Mark}} Item */

const PAGE = 48;

let page = 0;
let confirming = false;
/** @type {HTMLElement | null} */
let here = null;
/** @type {string} What is drawn. */
let drawn = "";

const selection = new Selection(() => {
  for (const face of here?.querySelectorAll("button.face") ?? []) {
    const key = /** @type {HTMLElement} */ (face.parentElement).dataset.key ?? "";
    face.setAttribute("aria-pressed", String(selection.keys.has(key)));
  }
  if (here) bar(here);
});

/** @returns {Item[]} Those of all photos that are published; first those that nobody has looked at. */
function items() {
  const all = photos()
    .filter((photo) => !photo.left_out)
    .flatMap((photo) =>
      photo.marks.map((mark) => ({ key: `${photo.number}/${mark.number}`, photo: photo.number, mark })),
    );
  return sorted(all);
}

/** Whether any were found; their screen is a step only then. */
export function found() {
  return photos().some((photo) => photo.marks.length > 0);
}

/** @type {string[]} The order on this screen, which stays while a person works. */
let order = [];

/** @param {Item[]} all */
function sorted(all) {
  const known = all.filter((item) => order.includes(item.key));
  const fresh = all.filter((item) => !order.includes(item.key));
  fresh.sort((one, other) => Number(other.mark.open) - Number(one.mark.open));
  known.sort((one, other) => order.indexOf(one.key) - order.indexOf(other.key));
  order = [...known, ...fresh].map((item) => item.key);
  return [...known, ...fresh];
}

/** @returns {Item[]} */
function shown() {
  return items().slice(page * PAGE, (page + 1) * PAGE);
}

function pages() {
  return Math.max(1, Math.ceil(items().length / PAGE));
}

/** @param {HTMLElement} main */
export function show(main) {
  here = main;
  order = [];
  const first = items().findIndex((item) => item.mark.open);
  page = Math.floor(Math.max(0, first) / PAGE);
  draw(main);
}

export function close() {
  here = null;
  drawn = "";
  selection.clear();
}

/** @param {HTMLElement} main */
export function update(main) {
  const grid = main.querySelector("ul.faces");
  const these = shown();
  if (!grid || (drawn === "[]") !== (these.length === 0)) draw(main);
  else if (JSON.stringify(these) !== drawn) fill(grid, these);
  bar(main);
}

/** @param {Element} grid @param {Item[]} these What is there already stays: it may be pressed, or have the focus. */
function fill(grid, these) {
  drawn = JSON.stringify(these);
  const focused = focusIn(grid);
  const tiled = focused?.closest("[data-key]");
  renew(
    grid,
    these.map((item) => [JSON.stringify(item), () => tile(item)]),
  );
  if (focused && tiled instanceof HTMLElement && !focusIn(grid))
    /** @type {HTMLElement | null} */ (
      grid.querySelector(`[data-key="${tiled.dataset.key}"] .${focused.className.split(" ")[0]}`)
    )?.focus();
}

/** @param {HTMLElement} main */
function draw(main) {
  const these = shown();
  const title = t("Words and numbers");
  const lead = these.length
    ? t("Could one of these tell who a child is? Cover it. What you leave, everyone can read.")
    : store.state.busy
      ? t("Nothing yet; blurkit is still looking at the photos.")
      : t("No words, codes or number plates were found. Look at the photos all the same.");
  const grid = el("ul", { class: "faces words-found", "aria-label": title, onkeydown: move, onclick: pick });
  fill(grid, these);
  drawBox(grid, selection);
  const focused = focusIn(main);
  main.replaceChildren(
    el(
      "div",
      { class: "head" },
      el("div", {}, el("h1", { tabindex: "-1" }, title), el("p", { class: "lead" }, lead)),
    ),
    grid,
    el("div", { class: "pager" }),
  );
  if (focused) main.querySelector("h1")?.focus({ preventScroll: true });
  bar(main);
}

/** @param {Item} item */
function tile({ key, photo, mark }) {
  const covered = mark.action === "cover";
  const state = covered ? t("Covered") : t("Visible");
  const name = store.photos.get(photo)?.name;
  const other = covered ? t("Leave visible") : t("Cover");
  const source = `/photo/${photo}/mark/${mark.number}`;
  return el(
    "li",
    { class: "tile", "data-key": key },
    el(
      "button",
      {
        type: "button",
        class: `face ${mark.action}`,
        title: name,
        "aria-label": t("{state}: {words}, in {name}", { state, words: mark.words, name }),
        "aria-pressed": String(selection.keys.has(key)),
      },
      el("img", { src: source, alt: "", draggable: "false", loading: "lazy" }),
      el("span", { class: "tick", "aria-hidden": "true" }),
    ),
    el(
      "div",
      { class: `strip ${mark.action}` },
      el("span", { class: "state" }, state),
      button(other, () => set([{ key, photo, mark }], covered ? "keep" : "cover"), {
        class: "act",
        "aria-label": t("{state}: {words}, in {name}", { state: other, words: mark.words, name }),
      }),
    ),
    el("p", { class: "words" }, mark.words),
    el(
      "a",
      { href: `#photo/${photo}`, class: "small", "aria-label": t("Open {name}", { name }) },
      t("Open photo"),
    ),
  );
}

/** @param {Item[]} these @param {"cover" | "keep"} action */
async function set(these, action) {
  const marks = these.map(({ photo, mark }) => [photo, mark.number, action]);
  if (!(await change("marks", { do: "set", marks }))) return;
  const words =
    action === "cover"
      ? tn("{n} covered", "{n} covered", these.length)
      : tn("{n} left visible", "{n} left visible", these.length);
  say(words, undo);
  selection.clear();
}

/** @param {HTMLElement} main */
function bar(main) {
  const place = /** @type {HTMLElement | null} */ (main.querySelector(".pager"));
  if (!place) return;
  const these = shown().filter((item) => selection.keys.has(item.key));
  const focused = focusIn(place)?.id;
  place.classList.toggle("selecting", these.length > 0);
  place.replaceChildren(...(these.length ? choices(these) : steps(main)));
  if (focused)
    (
      document.getElementById(focused) ?? /** @type {HTMLElement | null} */ (place.querySelector(".main"))
    )?.focus();
}

/** @param {Item[]} these */
function choices(these) {
  return [
    button(t("Clear"), () => selection.clear(), { class: "quiet", id: "clear" }),
    el("span", { role: "status" }, tn("{n} selected", "{n} selected", these.length)),
    button(t("Cover"), () => set(these, "cover"), { class: "main", id: "do-cover" }),
    button(t("Leave visible"), () => set(these, "keep"), { id: "do-keep" }),
  ];
}

/** @param {HTMLElement} main */
function steps(main) {
  const these = shown();
  const last = page + 1 >= pages();
  const open = these.some((item) => item.mark.open);
  const words = open ? t("I have looked at these words") : last ? t("Go on") : t("Next page");
  const still = store.state.open_words
    ? " · " + t("{n} not looked at yet", { n: store.state.open_words })
    : "";
  return [
    button(t("Previous page"), () => turn(main, -1), {
      class: "quiet",
      disabled: page === 0,
      id: "previous",
    }),
    el("span", {}, t("Page {page} of {pages}", { page: page + 1, pages: pages() }) + still),
    ...(these.length
      ? [
          button(t("Select all"), () => selection.add(these.map((item) => item.key)), {
            class: "quiet",
            id: "all",
          }),
        ]
      : []),
    button(words, () => confirm(main, last), { id: "confirm", class: "main" }),
  ];
}

/** @param {HTMLElement} main @param {boolean} last */
async function confirm(main, last) {
  if (confirming) return; // a second press is none on the page that comes next
  const before = page;
  const marks = shown().map(({ photo, mark }) => [photo, mark.number, mark.action]);
  confirming = true;
  const done = !marks.length || (await change("marks", { do: "see", marks }));
  confirming = false;
  if (!done || here !== main || page !== before) return; // meanwhile a person went to another screen
  if (!last) turn(main, 1);
  else if (!store.state.busy) location.hash = "#finish";
}

/** @param {HTMLElement} main @param {number} step */
function turn(main, step) {
  page = Math.min(Math.max(0, page + step), pages() - 1);
  selection.clear();
  draw(main);
  main.querySelector("h1")?.focus();
  window.scrollTo(0, 0);
}

/** @param {MouseEvent} event A click on a picture selects it; with Shift, all from the last one on. */
function pick(event) {
  const face = /** @type {Element} */ (event.target).closest("button.face");
  const found = /** @type {HTMLElement | null | undefined} */ (face?.closest("[data-key]"));
  const keys = shown().map((item) => item.key);
  if (found?.dataset.key) selection.click(found.dataset.key, keys, event.shiftKey);
}

/** @param {KeyboardEvent} event @returns {boolean} Whether the key did something. */
export function onKey(event) {
  if (!here || event.key !== "Escape" || !selection.keys.size) return false;
  selection.clear();
  return true;
}
