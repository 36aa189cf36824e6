// @ts-check
// What a screen of faces lists, in order: faces, and for each photo one line for its tiny covered faces.
import { SCREENS, isTiny } from "./screens.js";
import { face as faceOf, store } from "./store.js";

/** @typedef {import("./contract.js").Photo} Photo */
/** @typedef {import("./contract.js").Place} Place */
/** @typedef {import("./screens.js").Name} Name */
/** @typedef {{photo: number, face: number | null}} Item A face, or the tiny ones of a photo. */

/** @param {Item} item */
export const keyOf = (item) => `${item.photo}/${item.face ?? "tiny"}`;

/** @param {Item} item @returns {Place[]} */
export function placesOf(item) {
  if (item.face !== null)
    return faceOf(item.photo, item.face) ? [{ photo: item.photo, face: item.face }] : [];
  const tiny = store.photos.get(item.photo)?.faces.filter(isTiny) ?? [];
  return tiny.map((face) => ({ photo: item.photo, face: face.number }));
}

export class List {
  /** @param {Name} name @param {boolean} byPhoto Whether the faces of a photo stand together. */
  constructor(name, byPhoto) {
    this.name = name;
    this.byPhoto = byPhoto;
    /** @type {Item[]} */
    this.items = [];
    /** @type {Set<string>} */
    this.have = new Set();
    /** @type {Set<number>} Photos whose tiny faces are shown one by one. */
    this.opened = new Set();
  }

  /** @param {Photo} photo @returns {Item[]} What is not listed yet. */
  fresh(photo) {
    if (photo.left_out) return [];
    const wanted = photo.faces.filter(SCREENS[this.name].wanted);
    const single = wanted.filter((face) => !isTiny(face) || this.opened.has(photo.number));
    /** @type {Item[]} */
    const items = single.map((face) => ({ photo: photo.number, face: face.number }));
    if (single.length < wanted.length) items.push({ photo: photo.number, face: null });
    return items.filter((item) => !this.have.has(keyOf(item)));
  }

  /** @param {Photo[]} photos Adds what is new in them, those that matter most first. */
  take(photos) {
    const rank = (/** @type {Item} */ { photo, face }) => {
      const known = face === null ? undefined : faceOf(photo, face);
      return known ? SCREENS[this.name].rank(known) : -1;
    };
    const added = photos.flatMap((photo) => this.fresh(photo)).map((item) => ({ item, rank: rank(item) }));
    added.sort((one, other) => (this.byPhoto && one.item.photo - other.item.photo) || other.rank - one.rank);
    this.put(
      this.items.length,
      0,
      added.map(({ item }) => item),
    );
  }

  /** @param {number} photo @returns {Item | undefined} Lists its tiny faces one by one, and returns the first. */
  open(photo) {
    this.opened.add(photo);
    const at = this.items.findIndex((item) => item.photo === photo && item.face === null);
    const known = store.photos.get(photo);
    if (at >= 0 && known) this.put(at, 1, this.fresh(known));
    return this.items[at];
  }

  /** @param {number} at @param {number} instead How many give way. @param {Item[]} items */
  put(at, instead, items) {
    this.items = [...this.items.slice(0, at), ...items, ...this.items.slice(at + instead)];
    for (const item of items) this.have.add(keyOf(item));
  }

  /** @param {Item} item Whether a person has still to look at it. */
  isLeft(item) {
    return placesOf(item).some(({ photo, face }) => {
      const known = faceOf(photo, face);
      return known !== undefined && SCREENS[this.name].left(known);
    });
  }
}
