// @ts-check
// Plays a clip as it was, and as it was written.
import { t } from "./language.js";
import { button, el, part } from "./dom.js";
import { store } from "./store.js";

/** @typedef {"before" | "after"} Which */

/** @param {number} number The clip's. */
export function play(number) {
  const dialog = part("play", HTMLDialogElement);
  const words = el("p", { class: "words", role: "status" });
  const film = el("video", {
    controls: true,
    onerror: () => {
      words.textContent = t("This browser cannot play this clip.");
    },
  });
  const written = store.state.written.find((one) => one.photo === number && one.output);
  /** @param {Which} which */
  const show = (which) => {
    words.textContent = "";
    for (const each of [before, after])
      each.setAttribute("aria-pressed", String(each.id === `play-${which}`));
    film.src = `/photo/${number}/moving/${which}?r=${store.state.revision}`;
  };
  const before = button(t("Before"), () => show("before"), {
    id: "play-before",
  });
  const after = button(t("After"), () => show("after"), {
    id: "play-after",
    disabled: !written,
  });
  const close = () => {
    film.removeAttribute("src");
    film.load();
    dialog.close();
  };
  dialog.replaceChildren(
    el("h2", { id: "play-title" }, t("Play the clip")),
    film,
    el("div", { class: "row" }, before, after),
    words,
    button(t("Close"), close, { class: "main", autofocus: true }),
  );
  show(written ? "after" : "before");
  if (!written) words.textContent = t("The safe clip can be played once it is written.");
  dialog.showModal();
}
