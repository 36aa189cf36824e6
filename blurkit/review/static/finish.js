// @ts-check
// Sign-off and export: questions, a name, and what was written, removed and checked.
import { t, tn } from "./language.js";
import { el, part, renew, say } from "./dom.js";
import { change, photos, store } from "./store.js";
import { results, stale } from "./results.js";
import { warnings, wordsFor } from "./warnings.js";

/** @type {[string, FormDataEntryValue][]} What was answered before this screen was left. */
let kept = [];

/** @param {HTMLFormElement} form */
function restore(form) {
  for (const [name, value] of kept)
    for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (
      form.querySelectorAll(`[name="${name}"]`)
    )) {
      if (field.type === "checkbox") field.checked = true;
      else if (field.type !== "radio") field.value = String(value);
      else if (field.value === value) field.click();
    }
}

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
      oninput: () => {
        kept = [...new FormData(form)].filter(([name]) => name !== "despite");
      },
    },
    el("div", { id: "before" }),
    ...Object.entries(about.questions).map(([key, asked]) => question(key, asked)),
    el("label", { for: "by", class: "field" }, t("Reviewed by")),
    el("input", {
      id: "by",
      name: "by",
      required: true,
      maxlength: 200,
      autocomplete: "off",
      "aria-describedby": "by-words",
    }),
    el("p", { class: "words", id: "by-words" }, t("Your name or initials. It is kept with the originals.")),
    el(
      "label",
      { class: "check" },
      el("input", { type: "checkbox", name: "named" }),
      t("Name this person in the report"),
    ),
    el(
      "label",
      { class: "check", id: "despite", hidden: true },
      el("input", { type: "checkbox", name: "despite" }),
      el("span"),
    ),
    el("button", { type: "submit", class: "main", id: "write" }, t("Write the safe photos")),
  );
  main.append(
    el("h1", {}, t("Finish")),
    el(
      "p",
      { class: "lead" },
      t("The safe photos go to {out}. The originals stay as they are.", { out: about.out }),
    ),
    warnings((named) => note(form, "names", wordsFor(named), el("a", { href: "#settings" }, t("Settings")))),
    form,
    el("section", { id: "result", "aria-live": "polite" }),
    el(
      "details",
      {},
      el("summary", {}, t("What blurkit decides by itself")),
      el("ul", {}, ...about.policy_words.map((words) => el("li", {}, words))),
    ),
  );
  restore(form);
  update(main);
}

/** @param {string} key @param {import("./contract.js").Question} asked */
function question(key, asked) {
  const reason = el("input", { id: `why-${key}`, name: `why-${key}`, maxlength: 500, minlength: 5 });
  const no = el("div", { class: "no", hidden: true, role: "status" });
  const answer = (/** @type {boolean} */ yes) => {
    no.hidden = yes;
    reason.required = !yes && !asked.ends;
    no.replaceChildren(el("p", {}, asked.ends ? t("Nothing is written.") + " " + asked.no : asked.no));
    if (!asked.ends)
      no.append(
        el("label", { for: reason.id }, t("Why may they be published all the same? (no name)")),
        reason,
      );
    update(part("main"));
  };
  const choice = (/** @type {boolean} */ yes) =>
    el(
      "label",
      {},
      el("input", {
        type: "radio",
        name: key,
        value: yes ? "yes" : "no",
        required: true,
        onchange: () => answer(yes),
      }),
      yes ? t("Yes") : t("No"),
    );
  return el(
    "fieldset",
    { class: "question" },
    el("legend", {}, asked.words),
    choice(true),
    choice(false),
    no,
  );
}

/** @param {HTMLElement} form @param {string} key @param {(string | HTMLElement)[]} words Says something below a question. */
function note(form, key, ...words) {
  const field = form.querySelector(`input[name="${key}"]`)?.closest("fieldset");
  const known = field?.querySelector(".looked") ?? el("p", { class: "looked" });
  known.replaceChildren(...words.flatMap((each) => [each, " "]));
  field?.append(known);
}

/** @param {HTMLElement} main Says below the question about badges what was looked at; the answer is the person's alone. */
function tellWords(main) {
  if (!store.about.words) return;
  const marks = photos().flatMap((photo) => (photo.left_out ? [] : photo.marks));
  if (!marks.length) return;
  const covered = marks.filter((mark) => mark.action === "cover").length;
  const words = store.state.open_words
    ? t("You have not looked at all words and numbers yet.")
    : t(
        "Words and numbers that blurkit found: {covered} covered, {left} left by you. It may have missed some.",
        {
          covered,
          left: marks.length - covered,
        },
      );
  note(main, "badges", words);
}

/** @returns {boolean} Whether an answer was given after which nothing is written. */
function isEnded() {
  return Object.entries(store.about.questions).some(
    ([key, asked]) => asked.ends && document.querySelector(`input[name="${key}"][value="no"]:checked`),
  );
}

/** @returns {HTMLElement[]} What is missing before photos are written. */
function todo() {
  const { state } = store;
  const left = [];
  if (state.busy && !state.exporting)
    left.push(el("p", { class: "todo" }, t("blurkit is still looking at the photos.")));
  if (state.unseen) {
    const words = tn(
      "{n} face stays visible and nobody has looked.",
      "{n} faces stay visible and nobody has looked.",
      state.unseen,
    );
    const link = el("a", { href: "#visible" }, t("Look now"));
    left.push(el("p", { class: "todo" }, `${words} `, link));
  }
  if (state.doubts) {
    const words = tn(
      "{n} uncertain face is not looked at.",
      "{n} uncertain faces are not looked at.",
      state.doubts,
    );
    const link = el("a", { href: "#uncertain" }, t("Look now"));
    left.push(el("p", { class: "todo" }, `${words} `, link));
  }
  if (state.open_words) {
    const words = tn(
      "{n} word or number stays visible and nobody has looked.",
      "{n} words or numbers stay visible and nobody has looked.",
      state.open_words,
    );
    const link = el("a", { href: "#words" }, t("Look now"));
    left.push(el("p", { class: "todo" }, `${words} `, link));
  }
  const unopened = photos().filter((photo) => photo.width && !photo.left_out && !photo.opened);
  if (unopened.length) {
    const words = tn(
      "{n} photo was never opened. A face that was not found shows only there.",
      "{n} photos were never opened. A face that was not found shows only there.",
      unopened.length,
    );
    const first = unopened.reduce((one, other) => (other.number < one.number ? other : one));
    const link = el("a", { href: `#photo/${first.number}`, id: "unopened" }, t("Open the first"));
    left.push(el("p", { class: "todo" }, `${words} `, link));
  }
  const old = stale(state.outdated);
  if (old) left.push(old);
  return left.length ? left : [el("p", { class: "fine" }, t("Everybody who stays visible was looked at."))];
}

/** @param {HTMLElement} main */
export function update(main) {
  const { state } = store;
  const before = main.querySelector("#before");
  if (!before) return;
  renew(
    before,
    todo().map((each) => [each.outerHTML, () => each]),
  ); // a link that says the same may be pressed, or have the focus
  const despite = /** @type {HTMLElement} */ (main.querySelector("#despite"));
  despite.hidden = !state.doubts;
  const box = /** @type {HTMLInputElement} */ (despite.querySelector("input"));
  box.required = state.doubts > 0;
  const words = /** @type {HTMLElement} */ (despite.querySelector("span"));
  words.textContent = tn(
    "I know that {n} uncertain face was not looked at; it is written as it is",
    "I know that {n} uncertain faces were not looked at; they are written as they are",
    state.doubts,
  );
  const button = /** @type {HTMLButtonElement} */ (main.querySelector("#write"));
  button.disabled = state.busy || state.unseen > 0 || state.open_words > 0 || isEnded();
  tellWords(main);
  results(/** @type {HTMLElement} */ (main.querySelector("#result")));
}

/** @param {HTMLFormElement} form */
async function write(form) {
  const values = new FormData(form);
  const keys = Object.keys(store.about.questions);
  const answers = Object.fromEntries(keys.map((key) => [key, values.get(key) === "yes"]));
  const no = keys.filter((key) => !answers[key]);
  const word = {
    by: values.get("by"),
    answers,
    reasons: Object.fromEntries(no.map((key) => [key, values.get(`why-${key}`)])),
    named: values.has("named"),
    despite_doubts: values.has("despite"),
  };
  if (!(await change("export", word))) return;
  say(t("Writing"));
  document.getElementById("result")?.scrollIntoView({ block: "center" });
}
