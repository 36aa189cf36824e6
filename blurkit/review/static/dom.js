// @ts-check
// Makes elements, and says things. Text is always text: a photo's name can hold no markup.
import { t } from "./language.js";

/** @typedef {Node | string | null | undefined | false | ""} Child */

/** How long a message stays in milliseconds; longer while the pointer or the focus is on it. */
const STAYS = 8000;

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [values] Attributes; names that begin with `on` are listeners.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, values = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "function")
      made.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/**
 * @param {string} words
 * @param {(event: MouseEvent) => unknown} onclick
 * @param {Record<string, unknown>} [values]
 */
export function button(words, onclick, values = {}) {
  return el("button", { type: "button", onclick, ...values }, words);
}

/**
 * Returns an element of the page that is always there.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} id
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof (kind ?? HTMLElement))) throw new Error(`the page has no ${id}`);
  return /** @type {Kind} */ (found);
}

/**
 * The element that has the focus, if it is inside another.
 * @param {Element | null | undefined} place
 * @returns {HTMLElement | null}
 */
export function focusIn(place) {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && place?.contains(focused) ? focused : null;
}

/** @param {HTMLElement} element @param {import("./contract.js").Box} box In pixels of what it lies in. */
export function place(element, [left, top, right, bottom]) {
  const sides = { left, top, width: right - left, height: bottom - top };
  for (const [side, pixels] of Object.entries(sides)) element.style.setProperty(side, `${pixels}px`);
}

/** @type {WeakMap<Element, string>} What an element says. */
const said = new WeakMap();

/**
 * Fills a place; what says the same as before is the same element, so that focus, scroll and what is loaded stay.
 * @param {Element} place
 * @param {(readonly [string, () => HTMLElement])[]} wanted What each element says, and what makes it.
 */
export function renew(place, wanted) {
  const there = new Map([...place.children].map((each) => [said.get(each), each]));
  const all = wanted.map(([words, make]) => {
    const known = there.get(words);
    there.delete(words);
    if (known) return known;
    const made = make();
    said.set(made, words);
    return made;
  });
  for (const gone of there.values()) gone.remove();
  all.forEach((each, at) => {
    if (place.children[at] !== each) place.insertBefore(each, place.children[at] ?? null);
  });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

/**
 * Says what happened, to be seen and to be heard.
 * @param {string} words
 * @param {() => unknown} [undo] Offered next to the words.
 */
export function say(words, undo) {
  const toast = part("toast");
  part("live").textContent = words;
  toast.querySelector("button")?.remove();
  if (undo)
    toast.append(
      button(
        t("Undo"),
        () => {
          hide();
          undo();
        },
        { class: "undo" },
      ),
    );
  toast.classList.toggle("shown", words !== "");
  clearTimeout(hiding);
  const hide = () => toast.classList.remove("shown");
  const later = () => {
    hiding = setTimeout(() => (toast.matches(":hover, :focus-within") ? later() : hide()), STAYS);
  };
  later();
}

/**
 * Goes to another screen and says something there; what was said before goes with the screen that it was about.
 * @param {string} hash
 * @param {string} words
 */
export function goAndSay(hash, words) {
  window.addEventListener("hashchange", () => say(words), { once: true });
  location.hash = hash;
}

/** Takes the message away: it was about another screen. */
export function hush() {
  part("toast").classList.remove("shown");
}

/** @param {string} words A mistake or a fault; none if empty. */
export function warn(words) {
  const notice = part("notice");
  notice.textContent = words;
  notice.hidden = !words;
}

/** @param {unknown} fault */
export function wordsOf(fault) {
  return fault instanceof Error ? fault.message : String(fault);
}
