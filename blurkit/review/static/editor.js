// One photo: its picture, its faces as a list, and everything that can be done by mouse or key.
import { button, count, el, say } from "./dom.js";
import { change, edit, face as faceOf, faces, photos, store } from "./store.js";
import { toggle } from "./reveal.js";
import { shifted, Stage } from "./stage.js";

let stage = null;
let photo = null;
let key = "";

export function show(main, number, face) {
  close();
  photo = store.photos.get(number);
  if (!photo?.width) {
    main.append(el("p", { class: "lead" }, "This photo is not looked at yet."), el("a", { href: "#photos" }, "All photos"));
    return;
  }
  stage = new Stage(photo, {
    onDraw: (box) => edit({ do: "draw", photo: number, box }).then((done) => done && say("Cover drawn")),
    onMove: (each, box) => edit({ do: "move", photo: number, face: each, box }).then((done) => done && say("Cover moved")),
    onPick: () => mark(),
    onToggle: (each) => toggle(number, each),
  });
  main.append(
    el("div", { class: "editor" },
      el("h1", {}, photo.name),
      tools(number),
      el("div", { class: "work" }, stage.root, el("section", { class: "side", "aria-label": "Faces of this photo" },
        el("h2", {}, "Faces"), el("ol", { id: "list" }),
        el("details", {}, el("summary", {}, "Keys"), el("p", { class: "words" },
          "Tab: next face. Space: cover or show. Arrow keys: move a cover; with Shift: its size. Delete: remove a cover you drew. A: add a cover. D: next doubtful face. N and P: next and previous photo. B: before and after. + and -: zoom. 0: whole photo. Ctrl+Z: undo."))))),
  );
  stage.fit();
  key = "";
  update();
  if (face) focusFace(face);
}

function tools(number) {
  const panning = button("Move view", () => {
    stage.panning = !stage.panning;
    panning.setAttribute("aria-pressed", String(stage.panning));
  }, { "aria-pressed": "false" });
  return el("div", { class: "bar", role: "toolbar", "aria-label": "Photo" },
    button("Next doubtful face", nextDoubtful, { class: "main" }),
    button("Previous", () => step(-1)), button("Next", () => step(1)),
    el("span", { class: "gap" }),
    button("Add a cover", add), button("Cover all", () => edit({ do: "cover_all", photo: number })),
    button("Apply to similar", similar, { id: "similar" }),
    el("span", { class: "gap" }),
    button("−", () => stage.zoom(1 / 1.5), { "aria-label": "Zoom out" }), button("Fit", () => stage.fit(), { "aria-label": "Whole photo" }),
    button("+", () => stage.zoom(1.5), { "aria-label": "Zoom in" }), panning,
    button("Before / after", after, { id: "after", "aria-pressed": "false" }));
}

export function close() {
  stage?.close();
  stage = null;
}

export function update() {
  if (!stage) return;
  photo = store.photos.get(photo.number);
  const fresh = JSON.stringify(photo);
  if (fresh === key) return;
  key = fresh;
  stage.draw(photo.faces);
  const list = document.getElementById("list");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.row : null;
  list.replaceChildren(...photo.faces.map((face) => {
    const kept = face.action === "keep";
    return el("li", { class: face.action },
      el("button", { type: "button", "data-row": face.number, "aria-pressed": String(kept), onclick: () => toggle(photo.number, face.number), onfocus: () => stage.pick(face.number) },
        el("span", { class: `dot ${face.action}`, "aria-hidden": "true" }),
        el("span", {}, `${kept ? "Visible" : "Covered"}${face.open ? " · please look" : ""}`, el("br"), el("span", { class: "words" }, face.words))));
  }));
  if (!photo.faces.length) list.append(el("li", { class: "words" }, "No face was found. Drag over the photo to cover one."));
  if (focused) list.querySelector(`[data-row="${focused}"]`)?.focus();
  if (!stage.after.hidden) stage.showAfter(true);
  mark();
}

function mark() {
  for (const row of document.querySelectorAll("[data-row]")) row.parentElement.classList.toggle("picked", Number(row.dataset.row) === stage.picked);
  document.getElementById("similar").disabled = stage.picked === null;
}

function focusFace(number) {
  const face = faceOf(photo.number, number);
  if (!face) return;
  stage.pick(number);
  stage.center(face.box);
  stage.boxes.querySelector(`[data-face="${number}"]`)?.focus({ preventScroll: true });
}

function step(by) {
  const all = photos().filter((each) => each.width).sort((one, other) => one.number - other.number);
  const next = all[all.findIndex((each) => each.number === photo.number) + by];
  if (next) location.hash = `#photo/${next.number}`;
  else say("There is no further photo");
}

async function nextDoubtful() {
  const here = stage.picked === null ? null : faceOf(photo.number, stage.picked);
  if (here?.uncertain && !here.seen) await change("seen", { faces: [[photo.number, here.number, here.action]] });
  const open = faces((face) => face.open);
  const next = open.find((one) => one.photo > photo.number || (one.photo === photo.number && one.face > (here?.number ?? -1))) ?? open[0];
  if (!next) return say("No doubtful face is left");
  say(`Doubtful face, ${open.length} left: ${faceOf(next.photo, next.face).words}`);
  if (next.photo === photo.number) focusFace(next.face);
  else location.hash = `#photo/${next.photo}/${next.face}`;
}

async function add() {
  const [x, y] = stage.toPhoto(stage.root.clientWidth / 2, stage.root.clientHeight / 2);
  const half = Math.min(stage.root.clientWidth, stage.root.clientHeight) / 12 / stage.scale;
  if (!(await edit({ do: "draw", photo: photo.number, box: [x - half, y - half * 1.2, x + half, y + half * 1.2] }))) return;
  const drawn = photo.faces.at(-1);
  stage.pick(drawn.number);
  stage.boxes.querySelector(`[data-face="${drawn.number}"]`)?.focus({ preventScroll: true });
  say("Cover added in the middle; arrow keys move it, with Shift they change its size");
}

async function similar() {
  const before = store.state.undo;
  if (await edit({ do: "similar", photo: photo.number, face: stage.picked })) {
    say(store.state.undo > before ? "Done in the photos that look alike" : "No photo looks alike");
  }
}

function after() {
  const shown = stage.after.hidden;
  stage.showAfter(shown);
  document.getElementById("after").setAttribute("aria-pressed", String(shown));
  say(shown ? `After: ${count(photo.faces.filter((face) => face.action === "cover").length, "cover")}` : "Before");
}

function nudge(event) {
  const face = stage.picked === null ? null : faceOf(photo.number, stage.picked);
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const way = ways[event.key];
  if (!way || !face || face.action !== "cover" || !document.activeElement.closest(".box")) return false;
  const reach = Math.max(2, Math.round(8 / stage.scale));
  const [dx, dy] = way.map((each) => each * reach);
  const box = event.shiftKey ? [face.box[0], face.box[1], Math.max(face.box[0] + 8, face.box[2] + dx), Math.max(face.box[1] + 8, face.box[3] + dy)] : shifted(face.box, dx, dy);
  edit({ do: "move", photo: photo.number, face: face.number, box });
  return true;
}

export function onKey(event) {
  if (!stage) return false;
  const picked = stage.picked === null ? null : faceOf(photo.number, stage.picked);
  const acts = {
    d: nextDoubtful, n: () => step(1), p: () => step(-1), b: after, a: add,
    "+": () => stage.zoom(1.5), "=": () => stage.zoom(1.5), "-": () => stage.zoom(1 / 1.5), 0: () => stage.fit(),
    Delete: () => picked?.drawn && edit({ do: "delete", photo: photo.number, face: picked.number }),
  };
  if (nudge(event)) return true;
  const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return false;
  act();
  return true;
}
