// @ts-check
// What the server knows, as this page knows it, and the ways to change it.
import { t } from "./language.js";
import { get, post } from "./api.js";
import { say, warn, wordsOf } from "./dom.js";
import { betweenPresses } from "./press.js";

/** @typedef {import("./contract.js").About} About */
/** @typedef {import("./contract.js").Edit} Edit */
/** @typedef {import("./contract.js").Face} Face */
/** @typedef {import("./contract.js").Photo} Photo */
/** @typedef {import("./contract.js").Place} Place */
/** @typedef {import("./contract.js").State} State */

/** @typedef {(changed: Photo[]) => void} Listener Is told which photos changed. */

/** @type {Set<Listener>} */
const told = new Set();
let refreshing = Promise.resolve();
/** @type {Promise<unknown>} Changes are asked for one after the other: an undo must not overtake what it takes back. */
let changing = Promise.resolve();
/** @type {Map<number, Photo>} What changed since it was drawn. */
const undrawn = new Map();

/** @type {{about: About, state: State, photos: Map<number, Photo>, ended: boolean}} */
export const store = {
  about: /** @type {About} */ ({}), // there before anything is shown: see begin
  state: {
    review: "",
    revision: 0,
    total: 0,
    done: 0,
    busy: true,
    fault: null,
    undo: 0,
    redo: 0,
    unseen: 0,
    doubts: 0,
    open_words: 0,
    exporting: 0,
    written: [],
    outdated: [],
    photos: [],
  },
  photos: new Map(),
  ended: false,
};

/** @param {Listener} listener */
export function onChange(listener) {
  told.add(listener);
}

export function photos() {
  return [...store.photos.values()];
}

/** @param {(face: Face, photo: Photo) => boolean} wanted @returns {Place[]} */
export function faces(wanted) {
  return photos().flatMap((photo) =>
    photo.faces
      .filter((face) => wanted(face, photo))
      .map((face) => ({ photo: photo.number, face: face.number })),
  );
}

/** @param {number} photo @param {number} number */
export function face(photo, number) {
  return store.photos.get(photo)?.faces.find((each) => each.number === number);
}

function draw() {
  const changed = [...undrawn.values()];
  undrawn.clear();
  for (const listener of told)
    try {
      listener(changed);
    } catch (fault) {
      console.error(fault); // what fails to be drawn must not look as if the server had ended
    }
}

/** What this page knows of which review: after other settings, numbers of faces mean others. */
function known() {
  return `since=${store.state.revision}&review=${store.state.review}`;
}

async function fetchState() {
  take(await get(`/api/state?${known()}`));
}

/** @param {State} fresh */
function take(fresh) {
  if (store.state.review && fresh.review !== store.state.review) {
    store.ended = true;
    location.replace("/"); // the settings were changed on another page
    return;
  }
  if (fresh.revision < store.state.revision) return; // a later answer was faster
  for (const photo of fresh.photos) {
    store.photos.set(photo.number, photo);
    undrawn.set(photo.number, photo);
  }
  const changed =
    fresh.photos.length > 0 ||
    JSON.stringify({ ...fresh, photos: 0 }) !== JSON.stringify({ ...store.state, photos: 0 });
  store.state = fresh;
  if (fresh.fault) warn(fresh.fault);
  if (changed) betweenPresses(draw);
}

export function refresh() {
  refreshing = refreshing.catch(() => {}).then(fetchState);
  return refreshing;
}

/** @param {string} name @param {object} [values] @returns {Promise<boolean>} Whether the server took it. */
export function change(name, values) {
  const done = changing.then(() => changeNow(name, values));
  changing = done;
  return done;
}

/** @param {string} name @param {object} [values] @returns {Promise<boolean>} */
async function changeNow(name, values) {
  try {
    warn("");
    const { state } = await post(`${name}?${known()}`, values);
    if (state) take(state);
    else await refresh();
    return true;
  } catch (fault) {
    warn(wordsOf(fault));
    return false;
  }
}

/** @param {...Edit} edits Changes that are undone together. */
export function edit(...edits) {
  return change("edit", { edits });
}

/**
 * Makes changes, says so, and offers to take them back.
 * @param {string} words
 * @param {...Edit} edits
 */
export async function editAndSay(words, ...edits) {
  const done = await edit(...edits);
  if (done) say(words, undo);
  return done;
}

export async function undo() {
  if (await change("undo")) say(t("Undone"));
}

export async function begin() {
  store.about = await get("/api/about");
  await refresh();
  let silent = 0;
  const again = async () => {
    try {
      if (!store.ended) await refresh();
      silent = 0;
    } catch (fault) {
      if (Object(fault).name !== "TimeoutError") silent += 1; // a slow computer, or one that slept, has not ended
    }
    if (silent > 2) {
      store.ended = true;
      warn(t("blurkit has ended. Your decisions are kept; start the review again to go on."));
      return;
    }
    setTimeout(again, store.state.busy || silent ? 700 : 4000);
  };
  setTimeout(again, 700);
}
