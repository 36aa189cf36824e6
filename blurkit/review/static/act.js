// @ts-check
// One action on many faces, with one reason: cover or show these, or all others in their photos.
import { t, tn } from "./language.js";
import { say } from "./dom.js";
import { editAndSay, store } from "./store.js";
import { ask } from "./reveal.js";

/** @typedef {import("./contract.js").Edit} Edit */
/** @typedef {import("./contract.js").Face} Face */
/** @typedef {import("./contract.js").Place} Place */
/** @typedef {"cover" | "show" | "cover_others" | "show_others"} What */
/** @typedef {{photo: number, face: Face}} One */

/** @param {Place[]} these @returns {{chosen: One[], others: One[]}} The faces, and all others in their photos. */
function parted(these) {
  const keys = new Set(these.map((one) => `${one.photo}/${one.face}`));
  const all = [...new Set(these.map((one) => one.photo))].flatMap((photo) =>
    (store.photos.get(photo)?.faces ?? []).map((face) => ({ photo, face })),
  );
  const isChosen = (/** @type {One} */ one) => keys.has(`${one.photo}/${one.face.number}`);
  return { chosen: all.filter(isChosen), others: all.filter((one) => !isChosen(one)) };
}

/** @param {Place[]} these Where "all but these" reaches. */
export function scope(these) {
  const photos = new Set(these.map((one) => one.photo)).size;
  return tn("in this photo", "in these {n} photos", photos);
}

/** @param {Place[]} these @returns {string} The photo's name, to begin a message with; nothing if there are several. */
function named(these) {
  const photos = new Set(these.map((one) => one.photo));
  return photos.size === 1 ? `${store.photos.get(these[0].photo)?.name}: ` : "";
}

/** @param {Place[]} these @param {What} what @returns {Promise<boolean>} Whether anything was decided. */
export async function act(these, what) {
  const { chosen, others } = parted(these);
  const covers = { cover: chosen, show: [], cover_others: others, show_others: chosen }[what];
  const shows = { cover: [], show: chosen, cover_others: chosen, show_others: others }[what];
  const hidden = shows.filter((one) => one.face.action === "cover" && !one.face.drawn);
  const asked = hidden.filter((one) => !one.face.free);
  const reason = asked.length
    ? await ask(asked.map((one) => ({ photo: one.photo, face: one.face.number })))
    : {};
  if (reason === null && !covers.some((one) => one.face.action === "keep")) return false;
  const shown = reason === null ? hidden.filter((one) => one.face.free) : hidden; // who stays covered needs no reason
  /** @type {(one: One, action: "cover" | "keep") => Edit} */
  const set = (one, action) => ({ do: "set", photo: one.photo, face: one.face.number, action });
  const covered = covers.filter((one) => one.face.action === "keep");
  const edits = [
    ...covered.map((one) => set(one, "cover")),
    ...shown.map((one) => ({ ...set(one, "keep"), ...(one.face.free ? {} : reason) })),
  ];
  if (!edits.length) {
    say(t("Nothing to change"));
    return true;
  }
  const told = [
    covered.length > 1
      ? tn("{n} covered", "{n} covered", covered.length)
      : covered.length
        ? t("Covered")
        : "",
    shown.length > 1 ? t("{n} visible", { n: shown.length }) : shown.length ? t("Visible") : "",
  ];
  return editAndSay(`${named(these)}${told.filter(Boolean).join(", ")}`, ...edits);
}

/** @param {number} photo @param {number} number Covers a face, shows it, or deletes a cover that was drawn. */
export async function toggle(photo, number) {
  const face = store.photos.get(photo)?.faces.find((each) => each.number === number);
  if (!face) return false;
  if (face.drawn)
    return editAndSay(`${named([{ photo, face: number }])}${t("Cover deleted")}`, {
      do: "delete",
      photo,
      face: number,
    });
  return act([{ photo, face: number }], face.action === "keep" ? "cover" : "show");
}

/** @type {[What, string][]} */
export const ACTIONS = [
  ["cover", t("Cover")],
  ["show", t("Show…")],
  ["cover_others", t("Cover all but these")],
  ["show_others", t("Show all but these…")],
];
