// The page: steps at the top, one screen below, the address says which.
import { count, el, say } from "./dom.js";
import { begin, change, onChange, store } from "./store.js";
import * as sheet from "./photos.js";
import * as people from "./faces.js";
import * as editor from "./editor.js";
import * as finish from "./finish.js";

const main = document.getElementById("main");
const STEPS = [["photos", "Photos"], ["visible", "Stays visible"], ["uncertain", "Uncertain"], ["covered", "Covered"], ["finish", "Finish"]];

function screen() {
  const [name, ...numbers] = location.hash.slice(1).split("/");
  return [STEPS.some(([known]) => known === name) || name === "photo" ? name : "photos", ...numbers.map(Number)];
}

function go() {
  const [name, number, face] = screen();
  editor.close();
  main.replaceChildren();
  if (name === "photo") editor.show(main, number, face);
  else if (name === "photos") sheet.show(main);
  else if (name === "finish") finish.show(main);
  else people.show(main, name);
  frame();
  window.scrollTo(0, 0);
  document.title = `${main.querySelector("h1")?.textContent ?? "Photo"} – blurkit review`;
  if (!face) {
    const title = main.querySelector("h1");
    title?.setAttribute("tabindex", "-1");
    title?.focus({ preventScroll: true });
  }
}

function update() {
  const [name] = screen();
  frame();
  if (name === "photo") editor.update();
  else if (name === "photos") sheet.update(main);
  else if (name === "finish") finish.update(main);
  else people.update(main, name);
}

function frame() {
  const [now] = screen();
  const { state } = store;
  const counts = { visible: people.left("visible"), uncertain: people.left("uncertain") };
  const steps = document.getElementById("steps");
  if (!steps.children.length) {
    steps.append(el("ol", {}, ...STEPS.map(([name, words]) => el("li", {}, el("a", { href: `#${name}`, id: `step-${name}` }, words, el("span", { class: "badge" }))))));
  }
  for (const [name] of STEPS) {
    const link = document.getElementById(`step-${name}`);
    const here = name === now || (name === "photos" && now === "photo");
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    const badge = link.querySelector(".badge");
    badge.textContent = counts[name] ? ` ${counts[name]}` : "";
    badge.setAttribute("title", counts[name] ? "not looked at yet" : "");
  }
  document.getElementById("undo").disabled = !state.undo;
  document.getElementById("redo").disabled = !state.redo;
  const looking = state.busy && !state.exporting;
  document.getElementById("progress").hidden = !looking;
  document.getElementById("progress-words").textContent = `Looking for faces: ${state.done} of ${count(state.total, "photo")}`;
  const bar = document.getElementById("bar");
  bar.max = state.total || 1;
  bar.value = state.done;
}

async function step(name, words) {
  if (await change(name)) say(words);
}

document.getElementById("undo").addEventListener("click", () => step("undo", "Undone"));
document.getElementById("redo").addEventListener("click", () => step("redo", "Done again"));
document.getElementById("end").addEventListener("click", async () => {
  store.ended = true;
  if (!(await change("end"))) return;
  document.body.replaceChildren(el("main", { class: "over" }, el("h1", {}, "The review has ended"),
    el("p", {}, `Your decisions are kept in ${store.about.decisions}. You can close this window.`)));
});

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, dialog") || event.altKey) return;
  const letter = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && (letter === "z" || letter === "y")) {
    event.preventDefault();
    const back = letter === "z" && !event.shiftKey;
    step(back ? "undo" : "redo", back ? "Undone" : "Done again");
  } else if (!event.ctrlKey && !event.metaKey && editor.onKey(event)) event.preventDefault();
});

window.addEventListener("hashchange", go);
begin().then(() => {
  go();
  onChange(update);
}).catch((fault) => main.append(el("h1", {}, "blurkit does not answer"), el("p", {}, fault.message)));
