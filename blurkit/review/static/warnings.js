// @ts-check
// What else to know before photos are published: names in file names, near-duplicates, files that were left alone.
import { t, tn } from "./language.js";
import { get } from "./api.js";
import { el } from "./dom.js";
import { store } from "./store.js";

/** @typedef {import("./contract.js").Warning} Warning */

/** @type {Record<Warning["kind"], (warning: Warning) => string>} */
const WORDS = {
  name: (one) =>
    tn(
      "{n} file name looks like a child's name with a class. Choose neutral names in the settings, or rename the file.",
      "{n} file names look like a child's name with a class. Choose neutral names in the settings, or rename the files.",
      one.count,
    ),
  duplicate: () => t("Two photos are nearly the same, and a face is covered in only one of them."),
  video: (one) =>
    tn(
      "{n} video was left alone: not made safe, not copied.",
      "{n} videos were left alone: not made safe, not copied.",
      one.count,
    ),
  pdf: (one) =>
    tn(
      "{n} PDF file was left alone: not made safe, not copied.",
      "{n} PDF files were left alone: not made safe, not copied.",
      one.count,
    ),
  other: (one) =>
    tn(
      "{n} other file was left alone: not made safe, not copied.",
      "{n} other files were left alone: not made safe, not copied.",
      one.count,
    ),
};

const SHOWN = 6;

/**
 * A place for the warnings, filled once they are known.
 * @param {(warning: Warning) => void} [onNames] Is told if names of files look like names of children.
 */
export function warnings(onNames) {
  const place = el("div", { class: "warnings", hidden: true });
  get("/api/warnings")
    .then((told) => fill(place, told.warnings, onNames))
    .catch(() => {}); // the page says so where it asks for the state
  return place;
}

/** @param {HTMLElement} place @param {Warning[]} known @param {(warning: Warning) => void} [onNames] */
function fill(place, known, onNames) {
  place.hidden = !known.length;
  const items = known.map((one) => el("li", {}, WORDS[one.kind](one), " ", ...links(one.photos), helps(one)));
  const named = known.find((one) => one.kind === "name");
  if (named) onNames?.(named);
  const summary = el(
    "summary",
    {},
    tn("{n} thing to know before you publish", "{n} things to know before you publish", known.length),
  );
  place.replaceChildren(el("details", { open: known.length < 4 }, summary, el("ul", {}, ...items)));
}

/** @param {Warning} one Where the page can help. */
function helps(one) {
  return one.kind === "name" ? el("a", { href: "#settings" }, t("Settings")) : "";
}

/** @param {Warning} one */
export function wordsFor(one) {
  return WORDS[one.kind](one);
}

/** @param {number[]} numbers */
function links(numbers) {
  const more = numbers.length - SHOWN;
  const shown = numbers
    .slice(0, SHOWN)
    .flatMap((number) => [el("a", { href: `#photo/${number}` }, store.photos.get(number)?.name ?? ""), " "]);
  return more > 0 ? [...shown, t("and {n} more", { n: more })] : shown;
}
