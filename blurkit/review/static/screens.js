// @ts-check
// The three screens of faces: who belongs on each, in which order, and what it says.
import { t } from "./language.js";
import { photos } from "./store.js";

/** @typedef {import("./contract.js").Face} Face */
/** @typedef {import("./contract.js").Photo} Photo */
/** @typedef {"visible" | "uncertain" | "covered"} Name */
/**
 * @typedef {object} Screen
 * @property {string} title
 * @property {string} lead
 * @property {string} none
 * @property {(face: Face) => boolean} wanted
 * @property {(face: Face) => boolean} left Whether a person has still to look at it.
 * @property {(face: Face) => number} rank Who comes first.
 * @property {string} next
 */

/** @type {Record<Name, Screen>} */
export const SCREENS = {
  visible: {
    title: t("Who stays visible"),
    lead: t("Everyone will see these faces. If one could be a child, cover it."),
    none: t("Nobody stays visible."),
    wanted: (face) => face.action === "keep",
    left: (face) => face.action === "keep" && !face.seen,
    rank: (face) => face.doubt,
    next: "#uncertain",
  },
  uncertain: {
    title: t("Uncertain"),
    lead: t("blurkit is not sure about these. Please look: is the face covered if it should be?"),
    none: t("Nothing is left here that needs a look."),
    wanted: (face) => face.open,
    left: (face) => face.open,
    rank: (face) => face.doubt,
    next: "#covered",
  },
  covered: {
    title: t("Covered"),
    lead: t("These faces will be covered for good. Large faces that look adult come first."),
    none: t("Nobody is covered."),
    wanted: (face) => face.action === "cover",
    left: () => false,
    rank: (face) => face.prominence,
    next: "#finish",
  },
};

/** @param {Face} face Whether it is shown in the line for its photo and not as a picture. */
export function isTiny(face) {
  return face.tiny && face.action === "cover";
}

/** @type {WeakMap<Photo, Partial<Record<Name, number>>>} Photos are replaced when they change, never altered. */
const counted = new WeakMap();

/** @param {Name} name How many faces a person has still to look at. */
export function left(name) {
  let sum = 0;
  for (const photo of photos()) {
    if (photo.left_out) continue;
    const known = counted.get(photo) ?? {};
    known[name] ??= photo.faces.filter(SCREENS[name].left).length;
    counted.set(photo, known);
    sum += known[name];
  }
  return sum;
}

/** @param {Photo} photo Whether a person has still to look at a face in it. */
export function needsLook(photo) {
  return !photo.left_out && photo.faces.some((face) => SCREENS.visible.left(face) || face.open);
}
