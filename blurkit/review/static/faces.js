// Screens of faces over the whole batch: who stays visible, who is uncertain, who is covered.
import { button, count, el, say } from "./dom.js";
import { change, edit, face as faceOf, faces, store } from "./store.js";
import { toggle } from "./reveal.js";

export const PAGE = 48;

export const SCREENS = {
  visible: {
    title: "Who stays visible",
    lead: "These faces will be seen by everyone. Click a face to cover it. If one could be a child, cover it.",
    none: "Nobody stays visible.",
    wanted: (face) => face.action === "keep",
    left: (face) => face.action === "keep" && !face.seen,
  },
  uncertain: {
    title: "Uncertain",
    lead: "blurkit is not sure about these: the age is near the line or cannot be judged, or it may be no face.",
    none: "There is no doubtful face.",
    wanted: (face) => face.uncertain,
    left: (face) => face.open,
  },
  covered: {
    title: "Covered",
    lead: "These faces will be covered for good. Click one to let it be seen; blurkit asks why.",
    none: "Nobody is covered.",
    wanted: (face) => face.action === "cover",
    left: () => false,
  },
};

let list = [];
let page = 0;
let tiles = new Map();

export function left(name) {
  return faces(SCREENS[name].left).length;
}

function sorted(name, known) {
  const have = new Set(known.map((one) => `${one.photo}/${one.face}`));
  const fresh = faces(SCREENS[name].wanted).filter((one) => !have.has(`${one.photo}/${one.face}`));
  return fresh.sort((one, other) => faceOf(other.photo, other.face).doubt - faceOf(one.photo, one.face).doubt);
}

export function show(main, name) {
  list = sorted(name, []);
  const first = list.findIndex((one) => SCREENS[name].left(faceOf(one.photo, one.face)));
  page = Math.floor(Math.max(0, first) / PAGE);
  draw(main, name);
}

function pages() {
  return Math.max(1, Math.ceil(list.length / PAGE));
}

function draw(main, name) {
  const screen = SCREENS[name];
  tiles = new Map();
  const shown = list.slice(page * PAGE, (page + 1) * PAGE);
  const grid = el("ul", { class: "faces", "aria-label": screen.title, onkeydown: move });
  for (const one of shown) {
    const item = el("li");
    tiles.set(`${one.photo}/${one.face}`, { item, one, key: "" });
    grid.append(item);
  }
  const bar = el("div", { class: "pager" });
  main.replaceChildren(
    el("h1", { tabindex: "-1" }, screen.title),
    el("p", { class: "lead" }, shown.length ? screen.lead : store.state.busy ? "Nothing yet; photos are still looked at." : screen.none),
    grid,
    bar,
  );
  update(main, name);
}

export function update(main, name) {
  if (!main.querySelector(".pager")) return;
  if (!list.length && sorted(name, []).length) return show(main, name);
  list.push(...sorted(name, list));
  if (tiles.size < PAGE && tiles.size < list.length - page * PAGE) return draw(main, name);
  for (const tile of tiles.values()) {
    const { photo, face } = tile.one;
    const known = faceOf(photo, face);
    const key = JSON.stringify(known ?? null);
    if (tile.key === key) continue;
    tile.key = key;
    const focused = tile.item.contains(document.activeElement) && document.activeElement.className;
    tile.item.replaceChildren(...(known ? tileOf(photo, known) : [el("p", { class: "words" }, "Cover deleted")]));
    if (focused) tile.item.querySelector(`.${focused.split(" ")[0]}`)?.focus();
  }
  bar(main, name);
}

function tileOf(photo, face) {
  const kept = face.action === "keep";
  const name = store.photos.get(photo).name;
  const label = `${kept ? "Visible" : "Covered"}: ${face.words}, in ${name}`;
  const picture = el("img", { src: `/photo/${photo}/face/${face.number}?b=${face.box}`, alt: "", width: 140, height: 140 });
  return [
    el("button", { type: "button", class: `face ${face.action}`, "aria-label": label, "aria-pressed": String(kept), onclick: () => toggle(photo, face.number) },
      picture, el("span", { class: "state" }, kept ? "Visible" : "Covered")),
    el("p", { class: "words" }, face.words),
    el("a", { href: `#photo/${photo}/${face.number}`, class: "small", "aria-label": `Open ${name}` }, "Open photo"),
  ];
}

function bar(main, name) {
  const place = main.querySelector(".pager");
  const last = page + 1 >= pages();
  const here = [...tiles.values()].map((tile) => tile.one).filter((one) => faceOf(one.photo, one.face));
  const open = here.some((one) => SCREENS[name].left(faceOf(one.photo, one.face)));
  const words = open ? "I have looked at these faces" : last ? "Go on" : "Next page";
  const key = `${page}/${pages()}/${list.length}/${words}/${left(name)}`;
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  const focused = place.contains(document.activeElement);
  place.replaceChildren(...[
    button("Previous page", () => turn(main, name, -1), { class: "quiet", disabled: page === 0 }),
    el("span", {}, `Page ${page + 1} of ${pages()} · ${count(list.length, "face")}${left(name) ? ` · ${left(name)} not looked at yet` : ""}`),
    name === "visible" && list.length ? button("Keep nobody", () => coverAll(), { class: "quiet" }) : null,
    button(words, () => confirm(main, name, here, last), { id: "confirm", class: "main" }),
  ].filter(Boolean));
  if (focused) place.querySelector("#confirm").focus();
}

async function confirm(main, name, here, last) {
  const told = here.map((one) => [one.photo, one.face, faceOf(one.photo, one.face).action]);
  if (told.length && !(await change("seen", { faces: told }))) return;
  if (!last || page + 1 < pages()) turn(main, name, 1);
  else if (!store.state.busy) location.hash = { visible: "#uncertain", uncertain: "#covered", covered: "#finish" }[name];
}

function turn(main, name, step) {
  page = Math.min(Math.max(0, page + step), pages() - 1);
  draw(main, name);
  main.querySelector("h1").focus();
  window.scrollTo(0, 0);
  say(`Page ${page + 1} of ${pages()}`);
}

function coverAll() {
  const numbers = [...new Set(faces((face) => face.action === "keep").map((one) => one.photo))];
  return edit(...numbers.map((photo) => ({ do: "cover_all", photo }))).then((done) => done && say("Everybody is covered"));
}

function move(event) {
  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  const all = [...event.currentTarget.querySelectorAll("button.face")];
  const at = all.indexOf(document.activeElement);
  if (at < 0) return;
  const across = Math.max(1, all.filter((each) => each.offsetTop === all[0].offsetTop).length);
  const step = { ...steps, ArrowDown: across, ArrowUp: -across }[event.key];
  if (!step) return;
  event.preventDefault();
  all[Math.min(Math.max(0, at + step), all.length - 1)].focus();
}
