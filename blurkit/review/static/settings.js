// @ts-check
// What was chosen for this folder, to be changed at any time: the review goes on with it.
import { t } from "./language.js";
import { get, post } from "./api.js";
import { button, el, warn, wordsOf } from "./dom.js";
import { agreed, chosen, offer } from "./options.js";
import { store } from "./store.js";

/** @param {HTMLElement} main */
export function show(main) {
  const form = el("form", {
    id: "options",
    "aria-label": t("How"),
    onsubmit: apply,
  });
  main.append(
    el("h1", {}, t("Settings of this folder")),
    el(
      "p",
      { class: "lead" },
      t("What you have decided by hand stays. Safe photos are written again at the end."),
    ),
    form,
    el(
      "div",
      { class: "pager" },
      button(t("Back"), () => history.back(), { class: "quiet" }),
      el(
        "button",
        { type: "submit", form: "options", class: "main", id: "apply" },
        t("Go on with these settings"),
      ),
    ),
  );
  get("/api/settings")
    .then(({ wishes, out, kept }) => offer(wishes, out, kept))
    .catch((fault) => warn(wordsOf(fault)));
}

/** @param {Event} event */
async function apply(event) {
  event.preventDefault();
  try {
    store.ended = true; // no more questions to the review that ends
    await post("settings", { wishes: chosen(), remember: agreed() });
    location.replace("/");
  } catch (fault) {
    store.ended = false;
    warn(wordsOf(fault));
  }
}
