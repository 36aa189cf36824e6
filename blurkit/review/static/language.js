// @ts-check
// The page's texts in the reader's language. A text is its own key; what no catalog holds is shown in English.
import { get, post } from "./api.js";

/** @type {{language: string, texts: Record<string, string | string[]>, languages: string[], chosen: string}} */
const known = await get("/api/words").catch(() => ({
  language: "en",
  texts: {},
  languages: ["en"],
  chosen: "",
})); // what is shown next says why

const rules = new Intl.PluralRules(known.language);
document.documentElement.lang = known.language;

/**
 * @param {string} text With values such as `{name}`.
 * @param {Record<string, string | number | undefined>} [values]
 */
export function t(text, values = {}) {
  const found = known.texts[text];
  return filled(typeof found === "string" && found ? found : text, values);
}

/**
 * Returns a text about a number of things; both texts hold `{n}`.
 * @param {string} one
 * @param {string} many
 * @param {number} n
 * @param {Record<string, string | number | undefined>} [values]
 */
export function tn(one, many, n, values = {}) {
  const found = known.texts[one];
  const all = { n, ...values };
  if (!Array.isArray(found)) return filled(n === 1 ? one : many, all);
  const kind = rules.select(n);
  const place = kind === "one" ? 0 : found.length > 2 && kind === "few" ? 1 : found.length - 1;
  return filled(found[place] || many, all);
}

/** @param {string} text @param {Record<string, string | number | undefined>} values */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Puts the texts of a page that is written in HTML into the reader's language. */
export function translatePage() {
  for (const each of document.querySelectorAll("[data-t]")) {
    const text = String(each.textContent).trim().replace(/\s+/g, " ");
    each.textContent = t(text);
  }
  for (const name of ["aria-label", "title"])
    for (const each of document.querySelectorAll(`[data-t-${name}]`)) {
      const text = String(each.getAttribute(name));
      each.setAttribute(name, t(text));
    }
}

/** @param {string} tag What a language calls itself, such as Deutsch. */
function nameOf(tag) {
  const name = new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}

/** Lets a person choose the language; the page then starts again, on the same screen. */
export function offerLanguages() {
  const select = /** @type {HTMLSelectElement} */ (document.getElementById("language"));
  const offered = known.languages.map((tag) => new Option(nameOf(tag), tag));
  for (const option of offered) option.lang = option.value;
  select.replaceChildren(new Option(t("As the browser"), ""), ...offered);
  select.value = known.chosen;
  select.addEventListener("change", async () => {
    await post("prefer", { language: select.value }).catch(() => {});
    location.reload();
  });
}
