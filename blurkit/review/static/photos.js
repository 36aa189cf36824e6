// @ts-check
// The contact sheet: every photo, those that need a look first.
import { count, el, focusIn } from "./dom.js";
import { photos } from "./store.js";
import { warnings } from "./warnings.js";

/** @typedef {import("./contract.js").Photo} Photo */

const STATUS = {
  waiting: "Waiting",
  ready: "Finished",
  look: "Please look",
  left_out: "Not published",
  blocked: "Could not be made safe",
  failed: "Cannot be read",
};
/** @type {Map<number, {item: HTMLElement, key: string}>} */
const cards = new Map();

/** @param {HTMLElement} main */
export function show(main) {
  cards.clear();
  main.append(
    el("h1", {}, "Photos"),
    el("p", { class: "lead", id: "totals" }),
    warnings(),
    el("ul", {
      class: "sheet",
      "aria-label": "Photos, those that need a look first",
    }),
  );
  update(main);
}

/** @param {HTMLElement} main */
export function update(main) {
  const all = photos();
  const of = (/** @type {Photo["status"]} */ status) => all.filter((photo) => photo.status === status).length;
  const lost = of("blocked") + of("failed");
  const parts = [
    count(all.length, "photo"),
    of("waiting") ? `${of("waiting")} waiting` : "",
    `${of("look")} to look at`,
    of("left_out") ? `${of("left_out")} not published` : "",
    lost ? `${lost} not possible` : "",
    `${of("ready")} finished`,
  ];
  const totals = main.querySelector("#totals");
  const list = main.querySelector(".sheet");
  if (!totals || !list) return;
  totals.textContent = parts.filter(Boolean).join(" · ");
  all.sort((one, other) => other.doubt - one.doubt || one.number - other.number);
  all.forEach((photo, place) => {
    const key = JSON.stringify(photo);
    let card = cards.get(photo.number);
    if (card?.key !== key) {
      const focused = focusIn(card?.item);
      const made = { item: cardOf(photo), key };
      card?.item.replaceWith(made.item);
      cards.set(photo.number, made);
      card = made;
      if (focused) card.item.querySelector("a")?.focus();
    }
    if (list.children[place] !== card.item) list.insertBefore(card.item, list.children[place] ?? null);
  });
}

/** @param {Photo} photo */
function cardOf(photo) {
  const kept = photo.faces.filter((face) => face.action === "keep").length;
  const open = photo.faces.filter((face) => face.open).length;
  const words = photo.error ?? `${photo.faces.length - kept} covered · ${kept} visible`;
  const done = photo.width !== undefined;
  const text = el(
    "span",
    { class: "text" },
    el(
      "span",
      { class: `chip ${photo.status}` },
      open ? `${count(open, "uncertain face")}` : STATUS[photo.status],
    ),
    el("span", { class: "name" }, photo.name),
    el("span", { class: "words" }, photo.status === "waiting" ? "is looked at soon" : words),
    photo.hint && el("span", { class: "words" }, photo.hint),
  );
  if (!done) return el("li", {}, el("div", { class: "card" }, el("span", { class: "empty" }), text));
  const picture = el("img", {
    src: `/photo/${photo.number}/thumb`,
    alt: "",
    loading: "lazy",
  });
  return el("li", {}, el("a", { href: `#photo/${photo.number}`, class: "card" }, picture, text));
}
