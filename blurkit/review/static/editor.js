// @ts-check
// One photo: its picture, its faces as a list, and everything that mouse and keys can do.
import { t, tn } from "./language.js";
import { get } from "./api.js";
import { el, focusIn, goAndSay, part, say, warn, wordsOf } from "./dom.js";
import { Side } from "./side.js";
import { LEAST, shifted } from "./geometry.js";
import { needsLook } from "./screens.js";
import { change, edit, editAndSay, face as faceOf, faces, photos, store, undo } from "./store.js";
import { act, toggle } from "./act.js";
import { Stage } from "./stage.js";
import { afterOf, publishingOf, toolbar } from "./toolbar.js";

/** @typedef {import("./contract.js").Analysed} Analysed */
/** @typedef {import("./contract.js").Box} Box */
/** @typedef {import("./contract.js").Photo} Photo */

/** @type {Editor | null} */
let editor = null;

/** @param {Photo | undefined} photo @returns {photo is Analysed} */
const isAnalysed = (photo) => photo?.width !== undefined;

export class Editor {
  /** @param {HTMLElement} main @param {Analysed} photo */
  constructor(main, photo) {
    this.photo = photo;
    this.key = "";
    /** @type {{face: number, box: Box} | null} Where a key moves a cover, until it is there. */
    this.asked = null;
    this.publishing = publishingOf((reason) => this.publish(reason));
    this.stage = new Stage(photo, {
      onDraw: (box) => this.draw(box, t("Cover added")),
      onMove: (face, box) =>
        editAndSay(t("Cover moved"), {
          do: "move",
          photo: photo.number,
          face,
          box,
        }).then((done) => done || this.stage.draw(this.photo.faces)),
      onPick: (face) => this.side.mark(face, this.stage.chosen),
      onToggle: (face) => toggle(photo.number, face),
    });
    this.side = new Side({
      onPick: (face, adding) => this.stage.pick(face, adding || this.stage.adding),
      onAct: (what) => this.act(what),
      onToggle: (face) => toggle(photo.number, face),
      onSimilar: () => this.similar(),
    });
    main.append(
      el(
        "div",
        { class: "editor" },
        el(
          "div",
          { class: "head" },
          el("h1", {}, photo.name),
          el("div", { class: "bar" }, this.publishing, afterOf(this)),
        ),
        toolbar(this),
        el("div", { class: "work" }, this.stage.root, this.side.root),
      ),
    );
    this.stage.resize();
    this.update();
    this.stage.image.addEventListener("load", () => {
      if (editor === this && !store.photos.get(photo.number)?.opened)
        change("opened", { photo: photo.number });
    });
    this.stage.image.addEventListener("error", () => {
      get(this.stage.image.src).catch((fault) => editor === this && warn(wordsOf(fault))); // it says why
    });
  }

  get picked() {
    return this.stage.picked === null ? undefined : faceOf(this.photo.number, this.stage.picked);
  }

  update() {
    const photo = store.photos.get(this.photo.number);
    const fresh = JSON.stringify({ ...photo, opened: true }); // that it was opened is not drawn
    if (!isAnalysed(photo) || fresh === this.key) return;
    this.key = fresh;
    this.photo = photo;
    this.stage.draw(photo.faces);
    this.publishing.value = photo.left_out ?? "";
    if (!this.stage.after.hidden) this.stage.showAfter(true);
    this.side.update(photo, this.stage.picked, this.stage.chosen);
  }

  /** @param {Box} box @param {string} words */
  async draw(box, words) {
    const before = new Set(this.photo.faces.map((face) => face.number));
    if (!(await editAndSay(words, { do: "draw", photo: this.photo.number, box }))) return;
    const drawn = store.photos.get(this.photo.number)?.faces.find((face) => !before.has(face.number));
    if (!drawn || editor !== this) return;
    this.stage.pick(drawn.number);
    this.stage.focusBox(drawn.number);
  }

  add() {
    const { clientWidth: width, clientHeight: height } = this.stage.root;
    const [x, y] = this.stage.view.toPhoto(width / 2, height / 2);
    const half = Math.min(width, height) / 12 / this.stage.view.scale;
    return this.draw(
      [x - half, y - half * 1.2, x + half, y + half * 1.2],
      t("Cover added in the middle; arrow keys move it, with Shift they change its size"),
    );
  }

  /** @param {import("./act.js").What} what */
  async act(what) {
    const these = [...this.stage.chosen].map((face) => ({ photo: this.photo.number, face }));
    if (await act(these, what)) this.stage.pick(null);
  }

  async similar() {
    const before = store.state.undo;
    if (
      await edit({
        do: "similar",
        photo: this.photo.number,
        face: this.stage.picked,
      })
    ) {
      if (store.state.undo > before) say(t("Done in the photos that look alike"), undo);
      else say(t("No photo looks alike"));
    }
  }

  /** @param {string} reason Why the photo is left out; it is not if empty. */
  async publish(reason) {
    const { name, left_out: before = null } = this.photo;
    const set = (/** @type {string | null} */ value) =>
      change("leave_out", { photo: this.photo.number, reason: value });
    if (await set(reason || null))
      say(reason ? t("{name} is not published", { name }) : t("{name} is published", { name }), () =>
        set(before),
      );
    else this.publishing.value = before ?? "";
  }

  remove() {
    const face = this.picked;
    if (face?.drawn) toggle(this.photo.number, face.number);
    else if (face)
      say(t("A face that was found cannot be deleted. Press Space to cover it or to let it be seen."));
  }

  /** @param {number} number */
  focusFace(number) {
    const face = faceOf(this.photo.number, number);
    if (!face) return;
    this.stage.pick(number);
    this.stage.center(face.box);
    this.stage.focusBox(number);
  }

  /** @param {number} by */
  step(by) {
    const all = photos().filter(isAnalysed);
    all.sort((one, other) => one.number - other.number);
    const next = all[all.findIndex((each) => each.number === this.photo.number) + by];
    if (next) location.hash = `#photo/${next.number}`;
    else say(t("There is no further photo"));
  }

  /** A person has looked at the whole photo: nothing in it is left to look at. */
  async fine() {
    const { number, name, faces: all, left_out } = this.photo;
    const told = all.map((face) => [number, face.number, face.action]);
    if (told.length && !(await change("seen", { faces: told }))) return;
    if (editor !== this) return; // meanwhile a person went to another screen
    const next = photos().find((each) => isAnalysed(each) && each.number !== number && needsLook(each));
    const words =
      next || left_out
        ? t("{name} is fine", { name })
        : t("{name} is fine, and it was the last one", { name });
    if (next) goAndSay(`#photo/${next.number}`, words);
    else say(words);
  }

  async nextDoubtful() {
    const here = this.picked;
    if (here?.uncertain && !here.seen)
      await change("seen", {
        faces: [[this.photo.number, here.number, here.action]],
      });
    if (editor !== this) return;
    const open = faces((face) => face.open);
    const after = here?.number ?? -1;
    const next =
      open.find(
        (one) => one.photo > this.photo.number || (one.photo === this.photo.number && one.face > after),
      ) ?? open[0];
    if (!next) return say(t("No uncertain face is left"));
    const words = t("Uncertain face, {n} left: {words}", {
      n: open.length,
      words: faceOf(next.photo, next.face)?.words,
    });
    if (next.photo !== this.photo.number) return goAndSay(`#photo/${next.photo}/${next.face}`, words);
    say(words);
    this.focusFace(next.face);
  }

  after() {
    const shown = this.stage.after.hidden;
    this.stage.showAfter(shown);
    part("after").setAttribute("aria-pressed", String(shown));
    const covers = this.photo.faces.filter((face) => face.action === "cover").length;
    say(shown ? tn("After: {n} cover", "After: {n} covers", covers) : t("Before"));
  }

  /** @param {KeyboardEvent} event @returns {boolean} Whether it moved a cover. */
  nudge(event) {
    const face = this.picked;
    const ways = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const way = ways[/** @type {keyof typeof ways} */ (event.key)];
    if (!way || face?.action !== "cover" || !focusIn(this.stage.boxes)) return false;
    const reach = Math.max(2, Math.round(8 / this.stage.view.scale));
    const [dx, dy] = way.map((each) => each * reach);
    const from = this.asked?.face === face.number ? this.asked.box : face.box; // the next key may be faster
    const [left, top, right, bottom] = from;
    /** @type {Box} */
    const box = event.shiftKey
      ? [left, top, Math.max(left + LEAST, right + dx), Math.max(top + LEAST, bottom + dy)]
      : shifted(from, dx, dy);
    const asked = { face: face.number, box };
    this.asked = asked;
    edit({ do: "move", photo: this.photo.number, face: face.number, box }).then(() => {
      if (this.asked === asked) this.asked = null;
    });
    return true;
  }

  /** @param {KeyboardEvent} event @returns {boolean} Whether the key did something. */
  onKey(event) {
    if (this.nudge(event)) return true;
    /** @type {Record<string, () => unknown>} */
    const letters = {
      d: () => this.nextDoubtful(),
      n: () => this.step(1),
      p: () => this.step(-1),
      b: () => this.after(),
      a: () => this.add(),
      "+": () => this.stage.zoom(1.5),
      "=": () => this.stage.zoom(1.5),
      "-": () => this.stage.zoom(1 / 1.5),
      f: () => this.fine(),
      0: () => this.stage.fit(),
    };
    const keys = {
      Delete: () => this.remove(),
      ArrowRight: () => this.step(1),
      ArrowLeft: () => this.step(-1),
    };
    const acts = event.key.length > 1 ? keys : store.about.letter_keys ? letters : {};
    const act = /** @type {Record<string, () => unknown>} */ (acts)[
      event.key.length > 1 ? event.key : event.key.toLowerCase()
    ];
    act?.();
    return act !== undefined;
  }
}

/** @param {HTMLElement} main @param {number} number @param {number} [face] */
export function show(main, number, face) {
  close();
  const photo = store.photos.get(number);
  if (!isAnalysed(photo)) {
    main.append(
      el("h1", {}, photo?.name ?? t("No such photo")),
      el("p", { class: "lead" }, t("blurkit has not looked at this photo yet.")),
      el("a", { href: "#photos" }, t("All photos")),
    );
    return;
  }
  editor = new Editor(main, photo);
  if (face) editor.focusFace(face);
}

export function close() {
  editor?.stage.close();
  editor = null;
}

export function update() {
  editor?.update();
}

/** @param {KeyboardEvent} event @returns {boolean} */
export function onKey(event) {
  return editor?.onKey(event) ?? false;
}
