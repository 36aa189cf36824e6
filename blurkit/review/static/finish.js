// Sign-off and export: six questions, a name, and what was written, removed and checked.
import { count, el, say } from "./dom.js";
import { change, store } from "./store.js";

export function show(main) {
  const { about } = store;
  const questions = Object.entries(about.questions).map(([key, words]) => el("fieldset", {},
    el("legend", {}, words),
    ...["yes", "no"].map((answer) => el("label", {}, el("input", { type: "radio", name: key, value: answer, required: true }), answer === "yes" ? "Yes" : "No"))));
  const form = el("form", { class: "finish", onsubmit: (event) => { event.preventDefault(); write(form); } },
    el("div", { id: "before" }),
    ...questions,
    el("label", { for: "by", class: "field" }, "Reviewed by"),
    el("input", { id: "by", name: "by", required: true, maxlength: 200, autocomplete: "off" }),
    el("label", { class: "check", id: "despite", hidden: true }, el("input", { type: "checkbox", name: "despite" }), el("span")),
    el("label", { class: "check" }, el("input", { type: "checkbox", name: "replace" }), el("span", {}, "Replace earlier safe photos in that folder")),
    el("button", { type: "submit", class: "main", id: "write" }, "Write the safe photos"));
  main.append(
    el("h1", {}, "Finish"),
    el("p", { class: "lead" }, `The safe photos go to ${about.out}. The originals stay as they are.`),
    form,
    el("section", { id: "result", "aria-live": "polite" }),
    el("details", {}, el("summary", {}, `What the policy “${about.policy}” does`), el("ul", {}, ...about.policy_words.map((words) => el("li", {}, words)))),
  );
  update(main);
}

export function update(main) {
  const { state } = store;
  const before = main.querySelector("#before");
  if (!before) return;
  const todo = [];
  if (state.busy && !state.exporting) todo.push(el("p", { class: "todo" }, "Photos are still looked at."));
  if (state.unseen) todo.push(el("p", { class: "todo" }, `${count(state.unseen, "face stays", "faces stay")} visible and nobody has looked. `, el("a", { href: "#visible" }, "Look now")));
  if (state.doubts) todo.push(el("p", { class: "todo" }, `${count(state.doubts, "doubtful face is", "doubtful faces are")} not looked at. `, el("a", { href: "#uncertain" }, "Look now")));
  if (!todo.length) todo.push(el("p", { class: "fine" }, "Everybody who stays visible was looked at."));
  before.replaceChildren(...todo);
  const despite = main.querySelector("#despite");
  despite.hidden = !state.doubts;
  despite.querySelector("input").required = Boolean(state.doubts);
  despite.querySelector("span").textContent = `I know that ${count(state.doubts, "doubtful face was", "doubtful faces were")} not looked at; they are exported as they are`;
  main.querySelector("#write").disabled = state.busy || state.unseen > 0;
  results(main.querySelector("#result"));
}

async function write(form) {
  const values = new FormData(form);
  const answers = Object.fromEntries(Object.keys(store.about.questions).map((key) => [key, values.get(key) === "yes"]));
  const word = { by: values.get("by"), answers, despite_doubts: values.has("despite"), replace: values.has("replace") };
  if (await change("export", word)) say("Writing");
}

function results(place) {
  const { exporting, written, busy } = store.state;
  const key = `${exporting}/${written.length}/${busy}`;
  if (!exporting || place.dataset.key === key) return;
  place.dataset.key = key;
  const failed = written.filter((one) => one.error);
  const removed = [...new Set(written.flatMap((one) => one.removed ?? []))].sort();
  const added = written.reduce((sum, one) => sum + (one.added ?? 0), 0);
  const title = busy ? `Writing: ${written.length} of ${exporting}` : `${count(written.length - failed.length, "safe photo")} written`;
  place.replaceChildren(...[
    el("h2", {}, title),
    busy ? el("progress", { max: exporting, value: written.length, "aria-label": "Writing" }) : null,
    failed.length ? el("div", { class: "todo" }, `${count(failed.length, "photo was", "photos were")} not written:`,
      el("ul", {}, ...failed.map((one) => el("li", {}, `${one.name}: ${one.error}`)))) : "",
    el("h3", {}, "Every written photo was"),
    el("ul", { class: "ticks" }, ...store.about.checks.map((words) => el("li", {}, words))),
    added ? el("p", {}, `The second look covered ${count(added, "more place")}.`) : "",
    el("h3", {}, "Removed from the files"),
    el("ul", {}, ...(removed.length ? removed : ["nothing was hidden in them"]).map((words) => el("li", {}, words))),
  ].filter(Boolean));
}
