// @ts-check
// What an export did: how far it is, what was written and how it looks, what was removed and checked, and where it is.
import { t, tn } from "./language.js";
import { button, el, say } from "./dom.js";
import { change, store } from "./store.js";

/** @typedef {import("./contract.js").Written} Written */

/** @type {Record<string, (n: number) => string>} */
const RESULTS = {
  rewritten: (n) => tn("{n} photo changed and written again", "{n} photos changed and written again", n),
  unchanged: (n) =>
    tn("{n} photo written before and unchanged since", "{n} photos written before and unchanged since", n),
  taken_out: (n) =>
    tn(
      "{n} photo taken out of the folder for safe photos",
      "{n} photos taken out of the folder for safe photos",
      n,
    ),
  left_out: (n) =>
    tn("{n} photo not published, as you decided", "{n} photos not published, as you decided", n),
  failed: (n) => tn("{n} photo not written", "{n} photos not written", n),
};

const SHOWN = 60;

/** @param {HTMLElement} place */
export function results(place) {
  const { exporting, written, busy, outdated } = store.state;
  const key = `${exporting}/${busy}/${outdated}/${written.map((one) => one.name + one.state)}`;
  if (!exporting || place.dataset.key === key) return;
  place.dataset.key = key;
  const of = (/** @type {string} */ state) => written.filter((one) => one.state === state);
  const fresh = [...of("written"), ...of("rewritten")];
  const title = busy
    ? t("Writing: {done} of {n}", { done: written.length, n: exporting })
    : tn("{n} safe photo written", "{n} safe photos written", written.filter((one) => one.output).length);
  place.replaceChildren(el("h2", {}, title));
  if (busy)
    place.append(el("progress", { max: exporting, value: written.length, "aria-label": t("Writing") }));
  else place.append(stale(outdated), onwards(outdated.length > 0));
  for (const [state, words] of Object.entries(RESULTS)) {
    const here = of(state);
    if (!here.length) continue;
    const items = here.map((one) =>
      el("li", { title: one.detail }, one.error ? `${one.name}: ${one.error}` : one.name),
    );
    const list = el("ul", {}, ...items);
    const told = words(here.length);
    const failed = state === "failed";
    place.append(el("details", { class: failed ? "todo" : "", open: failed }, el("summary", {}, told), list));
  }
  if (!busy) place.append(gallery(written.filter((one) => one.output)));
  if (fresh.length && !busy && !outdated.length) place.append(...checked(written));
}

/** @param {number[]} outdated Says which photos in the folder are not as they are decided now. */
export function stale(outdated) {
  if (!outdated.length) return "";
  const words = tn(
    "{n} photo was changed since it was written. Write again, or the folder keeps the old one:",
    "{n} photos were changed since they were written. Write again, or the folder keeps the old ones:",
    outdated.length,
  );
  const links = outdated
    .slice(0, 12)
    .flatMap((number) => [" ", el("a", { href: `#photo/${number}` }, store.photos.get(number)?.name ?? "")]);
  return el("p", { class: "todo", role: "alert" }, el("strong", {}, words), ...links);
}

/**
 * Opens something outside the page, and says where it is: there may be no program that shows it.
 * @param {"folder" | "report"} what
 * @param {string} words
 */
async function open(what, words) {
  if (await change("show", { what })) say(words);
}

/** @param {boolean} isStale Whether the folder is not to be used as it is. */
function onwards(isStale) {
  const { out, report } = store.about;
  return el(
    "div",
    { class: "row" },
    button(t("Open folder"), () => open("folder", t("The safe photos are in {out}.", { out })), {
      class: isStale ? "" : "main",
      id: "open-folder",
    }),
    button(
      t("Report for the data protection officer"),
      () => open("report", t("The report is in {file}.", { file: report })),
      { id: "open-report" },
    ),
  );
}

/** @param {Written[]} there */
function gallery(there) {
  const items = there.slice(0, SHOWN).map((one) => {
    const source = `/photo/${one.photo}/written?r=${store.state.revision}`;
    const picture = el("img", { src: source, alt: one.output, title: one.output, loading: "lazy" });
    return el("li", {}, el("a", { href: `#photo/${one.photo}` }, picture));
  });
  const more = there.length - items.length;
  const words =
    more > 0 &&
    el(
      "p",
      { class: "words" },
      tn("and {n} more photo in the folder", "and {n} more photos in the folder", more),
    );
  return el("div", {}, el("ul", { class: "gallery", "aria-label": t("Safe photos") }, ...items), words);
}

/** @param {Written[]} written */
function checked(written) {
  const added = written.reduce((sum, one) => sum + (one.added ?? 0), 0);
  /** @type {Map<string, number>} */
  const removed = new Map();
  for (const what of written.flatMap((one) => one.removed ?? []))
    removed.set(what, (removed.get(what) ?? 0) + 1);
  const counted = [...removed].map(([what, n]) =>
    el("li", {}, tn("{what}, in {n} photo", "{what}, in {n} photos", n, { what })),
  );
  return [
    el("h3", {}, t("Every written photo was")),
    el("ul", { class: "ticks" }, ...store.about.checks.map((words) => el("li", {}, words))),
    added > 0 &&
      el(
        "p",
        {},
        tn("The last check covered {n} more place.", "The last check covered {n} more places.", added),
      ),
    el(
      "h3",
      {},
      written.some((one) => one.state === "unchanged")
        ? t("Removed from the photos that were written just now")
        : t("Removed from the files"),
    ),
    removed.size ? el("ul", {}, ...counted) : el("p", {}, t("Nothing was hidden in them.")),
  ].filter((each) => each instanceof HTMLElement);
}
