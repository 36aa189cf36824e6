// @ts-check
// The contact sheet: photos with their covers drawn, filtered and sorted, those that need a look first.
import { t, tn } from "./language.js";
import { el, focusIn } from "./dom.js";
import { needsLook } from "./screens.js";
import { photos } from "./store.js";
import { warnings } from "./warnings.js";

/** @typedef {import("./contract.js").Photo} Photo */

const STATUS = {
  waiting: t("Waiting"),
  ready: t("Finished"),
  look: t("Please look"),
  left_out: t("Not published"),
  blocked: t("Could not be made safe"),
  failed: t("Cannot be read"),
};

/** @type {Record<string, [string, (photo: Photo) => boolean]>} */
const FILTERS = {
  all: [t("All photos"), () => true],
  look: [t("Needs a look"), needsLook],
  visible: [t("Has visible faces"), (photo) => photo.faces.some((face) => face.action === "keep")],
  children: [t("Has children"), (photo) => photo.faces.some((face) => face.child)],
  left_out: [t("Not published"), (photo) => photo.status === "left_out"],
  lost: [t("Cannot be used"), (photo) => photo.status === "blocked" || photo.status === "failed"],
};

/** @type {Record<string, [string, (one: Photo, other: Photo) => number]>} */
const ORDERS = {
  look: [t("Needs a look first"), (one, other) => other.doubt - one.doubt],
  name: [t("By name"), (one, other) => one.name.localeCompare(other.name)],
  faces: [t("Most faces first"), (one, other) => other.faces.length - one.faces.length],
};

/** What is shown, also when one comes back to this screen. */
const shown = { filter: "all", order: "look", search: "" };

/** @type {Map<number, {item: HTMLElement, photo: Photo}>} */
const cards = new Map();

/** @param {HTMLElement} main */
export function show(main) {
  cards.clear();
  const again = () => update(main);
  const search = el("input", {
    type: "search",
    id: "search",
    "aria-label": t("Search by name"),
    placeholder: t("Search by name"),
    value: shown.search,
    oninput: () => {
      shown.search = search.value;
      again();
    },
  });
  const tools = el(
    "div",
    { class: "filters", role: "search" },
    search,
    choice("filter", t("Show"), FILTERS, again),
    choice("order", t("Order"), ORDERS, again),
  );
  main.append(
    el(
      "div",
      { class: "head" },
      el("div", {}, el("h1", {}, t("Photos")), el("p", { class: "lead", id: "totals" })),
      tools,
    ),
    warnings(),
    el("ul", { class: "sheet", "aria-label": t("Photos"), onpointerleave: again }),
    el("p", { class: "lead", id: "no-photo", hidden: true }, t("No photo matches.")),
  );
  update(main);
}

/**
 * @param {"filter" | "order"} name
 * @param {string} words
 * @param {Record<string, [string, unknown]>} all
 * @param {() => unknown} onChange
 */
function choice(name, words, all, onChange) {
  const field = el("select", {
    id: name,
    onchange: () => {
      shown[name] = field.value;
      onChange();
    },
  });
  field.append(...Object.entries(all).map(([value, [title]]) => el("option", { value }, title)));
  field.value = shown[name];
  return el("label", { class: "order" }, words, field);
}

/** @param {HTMLElement} main */
export function update(main) {
  const all = photos();
  const of = (/** @type {Photo["status"]} */ status) => all.filter((photo) => photo.status === status).length;
  const lost = of("blocked") + of("failed");
  const parts = [
    tn("{n} photo", "{n} photos", all.length),
    of("waiting") ? t("{n} waiting", { n: of("waiting") }) : "",
    t("{n} to look at", { n: of("look") }),
    of("left_out") ? t("{n} not published", { n: of("left_out") }) : "",
    lost ? t("{n} cannot be used", { n: lost }) : "",
    t("{n} finished", { n: of("ready") }),
  ];
  const totals = main.querySelector("#totals");
  const list = main.querySelector(".sheet");
  const none = /** @type {HTMLElement | null} */ (main.querySelector("#no-photo"));
  if (!totals || !list || !none) return;
  totals.textContent = parts.filter(Boolean).join(" · ");
  const [, compare] = ORDERS[shown.order];
  const [, wanted] = FILTERS[shown.filter];
  const name = shown.search.trim().toLocaleLowerCase();
  const found = all.filter((photo) => wanted(photo) && photo.name.toLocaleLowerCase().includes(name));
  /** @type {Map<Element | undefined, number>} */
  const places = new Map([...list.children].map((item, place) => [item, place]));
  const placeOf = (/** @type {Photo} */ photo) => places.get(cards.get(photo.number)?.item) ?? places.size;
  const isHeld = list.matches(":hover, :focus-within"); // what a person is about to press does not move away
  found.sort(
    (one, other) =>
      (isHeld && placeOf(one) - placeOf(other)) || compare(one, other) || one.number - other.number,
  );
  const here = new Set(found.map((photo) => photo.number));
  for (const [number, card] of cards) if (!here.has(number)) card.item.remove();
  found.forEach((photo, place) => {
    const item = cardFor(photo);
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
  none.hidden = found.length > 0 || !all.length;
}

/** @param {Photo} photo The card of a photo, made only if the photo changed: photos are replaced, never altered. */
function cardFor(photo) {
  const known = cards.get(photo.number);
  if (known?.photo === photo) return known.item;
  const focused = focusIn(known?.item);
  const item = cardOf(photo);
  known?.item.replaceWith(item);
  cards.set(photo.number, { item, photo });
  if (focused) item.querySelector("a")?.focus();
  return item;
}

/** @param {Photo} photo */
function cardOf(photo) {
  const kept = photo.faces.filter((face) => face.action === "keep").length;
  const open = photo.faces.filter((face) => face.open).length;
  const words =
    photo.error ??
    [tn("{n} covered", "{n} covered", photo.faces.length - kept), t("{n} visible", { n: kept })].join(" · ");
  const status = open ? tn("{n} uncertain face", "{n} uncertain faces", open) : STATUS[photo.status];
  const text = el(
    "span",
    { class: "text" },
    el("span", { class: `chip ${photo.status}` }, status),
    el("span", { class: "name" }, photo.name),
    el(
      "span",
      { class: "words", title: photo.detail },
      photo.status === "waiting" ? t("blurkit looks at it soon") : words,
    ),
  );
  if (photo.width === undefined)
    return el("li", {}, el("div", { class: "card" }, el("span", { class: "empty" }), text));
  const picture = el("img", {
    src: `/photo/${photo.number}/thumb?t=${Date.now()}`, // with the covers as they are now
    alt: "",
    loading: "lazy",
  });
  return el("li", {}, el("a", { href: `#photo/${photo.number}`, class: "card" }, picture, text));
}
