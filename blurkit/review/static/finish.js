// @ts-check
// Sign-off and export: questions, a name, and what was written, removed and checked.
import { count, el, say } from "./dom.js";
import { change, store } from "./store.js";

/** @param {HTMLElement} main */
export function show(main) {
  const { about } = store;
  const form = el(
    "form",
    {
      class: "finish",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        write(form);
      },
    },
    el("div", { id: "before" }),
    ...Object.entries(about.questions).map(([key, words]) => question(key, words)),
    el("label", { for: "by", class: "field" }, "Reviewed by"),
    el("input", {
      id: "by",
      name: "by",
      required: true,
      maxlength: 200,
      autocomplete: "off",
    }),
    el(
      "label",
      { class: "check", id: "despite", hidden: true },
      el("input", { type: "checkbox", name: "despite" }),
      el("span"),
    ),
    el(
      "label",
      { class: "check" },
      el("input", { type: "checkbox", name: "replace" }),
      el("span", {}, "Replace earlier safe photos in that folder"),
    ),
    el("button", { type: "submit", class: "main", id: "write" }, "Write the safe photos"),
  );
  main.append(
    el("h1", {}, "Finish"),
    el("p", { class: "lead" }, `The safe photos go to ${about.out}. The originals stay as they are.`),
    form,
    el("section", { id: "result", "aria-live": "polite" }),
    el(
      "details",
      {},
      el("summary", {}, `What the policy “${about.policy}” does`),
      el("ul", {}, ...about.policy_words.map((words) => el("li", {}, words))),
    ),
  );
  update(main);
}

/** @param {string} key @param {string} words */
function question(key, words) {
  const answers = ["yes", "no"].map((answer) =>
    el(
      "label",
      {},
      el("input", { type: "radio", name: key, value: answer, required: true }),
      answer === "yes" ? "Yes" : "No",
    ),
  );
  return el("fieldset", {}, el("legend", {}, words), ...answers);
}

/** @returns {HTMLElement[]} What is missing before photos are written. */
function todo() {
  const { state } = store;
  const left = [];
  if (state.busy && !state.exporting) left.push(el("p", { class: "todo" }, "Photos are still looked at."));
  if (state.unseen) {
    const words = count(state.unseen, "face stays", "faces stay");
    const link = el("a", { href: "#visible" }, "Look now");
    left.push(el("p", { class: "todo" }, `${words} visible and nobody has looked. `, link));
  }
  if (state.doubts) {
    const words = count(state.doubts, "doubtful face is", "doubtful faces are");
    const link = el("a", { href: "#uncertain" }, "Look now");
    left.push(el("p", { class: "todo" }, `${words} not looked at. `, link));
  }
  return left.length ? left : [el("p", { class: "fine" }, "Everybody who stays visible was looked at.")];
}

/** @param {HTMLElement} main */
export function update(main) {
  const { state } = store;
  const before = main.querySelector("#before");
  if (!before) return;
  before.replaceChildren(...todo());
  const despite = /** @type {HTMLElement} */ (main.querySelector("#despite"));
  despite.hidden = !state.doubts;
  const box = /** @type {HTMLInputElement} */ (despite.querySelector("input"));
  box.required = state.doubts > 0;
  const doubts = count(state.doubts, "doubtful face was", "doubtful faces were");
  const words = /** @type {HTMLElement} */ (despite.querySelector("span"));
  words.textContent = `I know that ${doubts} not looked at; they are exported as they are`;
  const button = /** @type {HTMLButtonElement} */ (main.querySelector("#write"));
  button.disabled = state.busy || state.unseen > 0;
  results(/** @type {HTMLElement} */ (main.querySelector("#result")));
}

/** @param {HTMLFormElement} form */
async function write(form) {
  const values = new FormData(form);
  const keys = Object.keys(store.about.questions);
  const answers = Object.fromEntries(keys.map((key) => [key, values.get(key) === "yes"]));
  const word = {
    by: values.get("by"),
    answers,
    despite_doubts: values.has("despite"),
    replace: values.has("replace"),
  };
  if (await change("export", word)) say("Writing");
}

/** @param {HTMLElement} place */
function results(place) {
  const { exporting, written, busy } = store.state;
  const key = `${exporting}/${written.length}/${busy}`;
  if (!exporting || place.dataset.key === key) return;
  place.dataset.key = key;
  const failed = written.filter((one) => one.error);
  const removed = [...new Set(written.flatMap((one) => one.removed ?? []))].sort();
  const added = written.reduce((sum, one) => sum + (one.added ?? 0), 0);
  const title = busy
    ? `Writing: ${written.length} of ${exporting}`
    : `${count(written.length - failed.length, "safe photo")} written`;
  place.replaceChildren(el("h2", {}, title));
  if (busy)
    place.append(
      el("progress", {
        max: exporting,
        value: written.length,
        "aria-label": "Writing",
      }),
    );
  if (failed.length) {
    const items = failed.map((one) => el("li", {}, `${one.name}: ${one.error}`));
    const words = `${count(failed.length, "photo was", "photos were")} not written:`;
    place.append(el("div", { class: "todo" }, words, el("ul", {}, ...items)));
  }
  const none = "nothing was hidden in them";
  place.append(
    el("h3", {}, "Every written photo was"),
    el("ul", { class: "ticks" }, ...store.about.checks.map((words) => el("li", {}, words))),
  );
  if (added) place.append(el("p", {}, `The independent check covered ${count(added, "more place")}.`));
  place.append(
    el("h3", {}, "Removed from the files"),
    el("ul", {}, ...(removed.length ? removed : [none]).map((words) => el("li", {}, words))),
  );
}
