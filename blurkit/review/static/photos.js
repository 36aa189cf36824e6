// The contact sheet: every photo, those that need a look first.
import { count, el } from "./dom.js";
import { photos, store } from "./store.js";

const STATUS = { waiting: "Waiting", ready: "Ready", look: "Please look", blocked: "Blocked", failed: "Cannot be read" };
const cards = new Map();

export function show(main) {
  cards.clear();
  main.append(
    el("h1", {}, "Photos"),
    el("p", { class: "lead", id: "totals" }),
    el("ul", { class: "sheet", "aria-label": "Photos, those that need a look first" }),
  );
  update(main);
}

export function update(main) {
  const all = photos();
  const of = (status) => all.filter((photo) => photo.status === status).length;
  const parts = [count(all.length, "photo"), `${of("look")} to look at`, `${of("blocked") + of("failed")} that cannot be done`, `${of("ready")} ready`];
  main.querySelector("#totals").textContent = parts.join(" · ");
  const list = main.querySelector(".sheet");
  const sorted = all.sort((one, other) => other.doubt - one.doubt || one.number - other.number);
  sorted.forEach((photo, place) => {
    const key = JSON.stringify(photo);
    let card = cards.get(photo.number);
    if (card?.dataset.key !== key) {
      const focused = card?.contains(document.activeElement);
      const made = cardOf(photo);
      made.dataset.key = key;
      card?.replaceWith(made);
      cards.set(photo.number, made);
      card = made;
      if (focused) card.querySelector("a")?.focus();
    }
    if (list.children[place] !== card) list.insertBefore(card, list.children[place] ?? null);
  });
}

function cardOf(photo) {
  const kept = photo.faces.filter((face) => face.action === "keep").length;
  const open = photo.faces.filter((face) => face.open).length;
  const words = photo.error ?? `${count(photo.faces.length - kept, "covered", "covered")} · ${kept} visible`;
  const done = photo.status === "ready" || photo.status === "look";
  const text = el("span", { class: "text" },
    el("span", { class: `chip ${photo.status}` }, open ? `${count(open, "doubtful face")}` : STATUS[photo.status]),
    el("span", { class: "name" }, photo.name),
    el("span", { class: "words" }, photo.status === "waiting" ? "is looked at soon" : words),
    photo.hint ? el("span", { class: "words" }, photo.hint) : null);
  const picture = done ? el("img", { src: `/photo/${photo.number}/thumb`, alt: "", loading: "lazy" }) : el("span", { class: "empty" });
  return el("li", {}, done ? el("a", { href: `#photo/${photo.number}`, class: "card" }, picture, text) : el("div", { class: "card" }, picture, text));
}
