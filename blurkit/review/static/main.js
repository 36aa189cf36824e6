// @ts-check
// The page: steps at the top, one screen below, the address says which.
import { offerLanguages, t, tn, translatePage } from "./language.js";
import { el, hush, part, say, wordsOf } from "./dom.js";
import { begin, change, onChange, store, undo } from "./store.js";
import * as sheet from "./photos.js";
import * as people from "./faces.js";
import { left } from "./screens.js";
import * as editor from "./editor.js";
import * as words from "./words.js";
import * as finish from "./finish.js";
import * as settings from "./settings.js";
import { showKeys } from "./keys.js";

/** @typedef {"photos" | "photo" | "words" | "finish" | "settings" | import("./screens.js").Name} Name */

translatePage();
offerLanguages();
const main = part("main");
/** @type {[Name, string][]} */
const STEPS = [
  ["photos", t("Photos")],
  ["visible", t("Stays visible")],
  ["uncertain", t("Uncertain")],
  ["covered", t("Covered")],
  ["words", t("Words")],
  ["finish", t("Finish")],
];

/** @returns {{name: Name, number: number, face?: number}} */
function screen() {
  const [given, number, face] = location.hash.slice(1).split("/");
  const known = STEPS.find(([name]) => name === given)?.[0];
  const name = given === "photo" || given === "settings" ? given : (known ?? "photos");
  return {
    name,
    number: Number(number),
    face: face ? Number(face) : undefined,
  };
}

function go() {
  const { name, number, face } = screen();
  editor.close();
  people.close();
  words.close();
  main.replaceChildren();
  if (name === "photo") editor.show(main, number, face);
  else if (name === "photos") sheet.show(main);
  else if (name === "finish") finish.show(main);
  else if (name === "settings") settings.show(main);
  else if (name === "words") words.show(main);
  else people.show(main, name);
  frame();
  window.scrollTo(0, 0);
  const title = main.querySelector("h1");
  document.title = `${title?.textContent ?? t("Photo")} – blurkit review`;
  if (face) return;
  title?.setAttribute("tabindex", "-1");
  title?.focus({ preventScroll: true });
}

/** @param {import("./contract.js").Photo[]} changed */
function update(changed) {
  const { name } = screen();
  frame();
  if (name === "photo") editor.update();
  else if (name === "photos") sheet.update(main);
  else if (name === "finish") finish.update(main);
  else if (name === "words") words.update(main);
  else if (name !== "settings") people.update(main, name, changed);
}

function frame() {
  const now = screen().name;
  const { state } = store;
  /** @type {Partial<Record<Name, number>>} */
  const counts = {
    visible: left("visible"),
    uncertain: left("uncertain"),
    words: state.open_words,
  };
  const steps = part("steps");
  if (!steps.children.length) {
    const links = STEPS.map(([name, words]) =>
      el("a", { href: `#${name}`, id: `step-${name}` }, words, el("span", { class: "badge" })),
    );
    steps.append(el("ol", {}, ...links.map((link) => el("li", {}, link))));
  }
  for (const [name] of STEPS) {
    const link = part(`step-${name}`);
    if (name === "words" && link.parentElement) link.parentElement.hidden = !words.found();
    const here = name === now || (name === "photos" && now === "photo");
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    const badge = /** @type {HTMLElement} */ (link.querySelector(".badge"));
    badge.textContent = counts[name] ? ` ${counts[name]}` : "";
    badge.title = counts[name] ? t("not looked at yet") : "";
  }
  part("undo", HTMLButtonElement).disabled = !state.undo;
  part("redo", HTMLButtonElement).disabled = !state.redo;
  part("progress").hidden = !state.busy || state.exporting > 0;
  part("progress-words").textContent = tn(
    "Looking for faces: {done} of {n} photo",
    "Looking for faces: {done} of {n} photos",
    state.total,
    { done: state.done },
  );
  const bar = part("bar", HTMLProgressElement);
  bar.max = state.total || 1;
  bar.value = state.done;
}

async function redo() {
  if (await change("redo")) say(t("Done again"));
}

part("undo").addEventListener("click", undo);
part("redo").addEventListener("click", redo);
part("keys-open").addEventListener("click", showKeys);
part("end").addEventListener("click", async () => {
  store.ended = true;
  if (!(await change("end"))) {
    store.ended = false;
    return;
  }
  const { decisions, out, report } = store.about;
  const lines = [t("Your decisions are kept in {file}. You can close this window.", { file: decisions })];
  if (store.state.written.some((one) => one.output))
    lines.unshift(
      t("The safe photos are in {out}.", { out }),
      t("The report is in {file}.", { file: report }),
    );
  const told = lines.map((words) => el("p", {}, words));
  document.body.replaceChildren(
    el("main", { class: "over" }, el("h1", {}, t("The review has ended")), ...told),
  );
});

document.addEventListener("keydown", (event) => {
  if (
    !(event.target instanceof Element) ||
    event.target.closest("input, textarea, select, dialog") ||
    event.altKey
  )
    return;
  const letter = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && (letter === "z" || letter === "y")) {
    event.preventDefault();
    if (letter === "z" && !event.shiftKey) undo();
    else redo();
  } else if (event.ctrlKey || event.metaKey) return;
  else if (event.key === "?" && store.about.letter_keys) showKeys();
  else if (editor.onKey(event) || people.onKey(event) || words.onKey(event)) event.preventDefault();
});

window.addEventListener("hashchange", () => {
  hush();
  go();
});
begin()
  .then(() => {
    part("foreign").hidden = !store.about.foreign;
    go();
    onChange(update);
  })
  .catch((fault) => main.append(el("h1", {}, t("blurkit does not answer")), el("p", {}, wordsOf(fault))));
