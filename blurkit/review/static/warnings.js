// @ts-check
// What else to know before photos are published: names in file names, near-duplicates, files that were left alone.
import { get } from "./api.js";
import { count, el } from "./dom.js";
import { store } from "./store.js";

/** @typedef {import("./contract.js").Warning} Warning */

/** @type {Record<Warning["kind"], (warning: Warning) => string>} */
const WORDS = {
  name: (one) =>
    `${count(one.count, "file name looks", "file names look")} like a child's name with a class. Rename the file before publishing.`,
  duplicate: () => "Two photos are nearly the same, and a face is covered in only one of them.",
  video: (one) => `${count(one.count, "video was", "videos were")} left alone: not made safe, not copied.`,
  pdf: (one) =>
    `${count(one.count, "PDF file was", "PDF files were")} left alone: not made safe, not copied.`,
  other: (one) =>
    `${count(one.count, "other file was", "other files were")} left alone: not made safe, not copied.`,
};

const SHOWN = 6;

/** A place for the warnings, filled once they are known. */
export function warnings() {
  const place = el("div", { class: "warnings", hidden: true });
  get("/api/warnings")
    .then((told) => fill(place, told.warnings))
    .catch(() => {}); // the page says so where it asks for the state
  return place;
}

/** @param {HTMLElement} place @param {Warning[]} known */
function fill(place, known) {
  place.hidden = !known.length;
  const items = known.map((one) => el("li", {}, WORDS[one.kind](one), " ", ...links(one.photos)));
  const summary = el("summary", {}, `${count(known.length, "thing")} to know before you publish`);
  place.replaceChildren(el("details", { open: known.length < 4 }, summary, el("ul", {}, ...items)));
}

/** @param {number[]} numbers */
function links(numbers) {
  const more = numbers.length - SHOWN;
  const shown = numbers
    .slice(0, SHOWN)
    .flatMap((number) => [el("a", { href: `#photo/${number}` }, store.photos.get(number)?.name ?? ""), " "]);
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
