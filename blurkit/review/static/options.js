// @ts-check
// What a person chooses before a review: who is covered, how covers look, what the safe photos are for, where they go.
import { t } from "./language.js";
import { get } from "./api.js";
import { el, part } from "./dom.js";

/** @typedef {import("./contract.js").Offered} Offered */
/** @typedef {import("./contract.js").Wishes} Wishes */

/** @type {HTMLFormElement} The form with the id `options` of the screen that is shown. */
let form;
/** @type {Offered | null} */
let offered = null;

/** @param {string} name @param {Record<string, string>} words */
function choice(name, words) {
  const options = Object.entries(words).map(([value, shown]) => el("option", { value }, shown));
  return el("select", { id: name, name, onchange: follow }, ...options);
}

/** @param {Record<string, string>} words A card for each style, with a picture of it. */
function styles(words) {
  const cards = Object.entries(words).map(([value, shown]) => {
    const image = el("img", { alt: "", width: 120, height: 100, "data-style": value });
    return el(
      "label",
      { class: "policy style" },
      image,
      el("span", {}, el("input", { type: "radio", name: "style", value, onchange: follow }), shown),
    );
  });
  return el("div", { class: "styles", role: "radiogroup", "aria-label": t("Covers") }, ...cards);
}

/** Shows each style with the shape, the colour and the margin that are chosen. */
function preview() {
  const values = new FormData(form);
  const query = new URLSearchParams();
  for (const name of ["shape", "color", "margin"])
    if (values.get(name)) query.set(name, String(values.get(name)));
  for (const image of form.querySelectorAll("img")) {
    const source = `/look/${image.dataset.style}?${query}`;
    if (image.getAttribute("src") !== source) image.src = source;
  }
}

/** @param {string} id @param {string} words @param {Node} field @param {string} [more] */
function labelled(id, words, field, more) {
  const note = more && el("p", { class: "words" }, more);
  return el("div", { class: "option" }, el("label", { for: id, class: "field" }, words), field, note || "");
}

/** @param {Offered} all */
function draw(all) {
  const policies = Object.entries(all.policies).map(([value, { title, words }]) =>
    el(
      "label",
      { class: "policy" },
      el("input", { type: "radio", name: "policy", value, onchange: follow }),
      el("span", {}, el("strong", {}, title), el("span", { class: "words" }, words)),
    ),
  );
  const colors = Object.entries(all.colors).map(([value, rgb]) => {
    const dot = el("span", { class: "swatch", "aria-hidden": "true" });
    if (rgb.length) dot.style.setProperty("background", `rgb(${rgb})`);
    else dot.classList.add("auto");
    const title = rgb.length ? t(value) : t("suits the photo");
    const words = el("span", { class: "unseen" }, title);
    const choose = el("input", { type: "radio", name: "color", value, onchange: preview });
    return el("label", { title }, choose, dot, words);
  });
  const margins = Object.fromEntries(all.margins.map((share) => [share, `${Math.round(share * 100)} %`]));
  form.replaceChildren(
    el("h2", {}, t("Who is covered?")),
    el("div", { class: "policies", role: "radiogroup", "aria-label": t("Who is covered?") }, ...policies),
    el(
      "div",
      { id: "ages" },
      labelled(
        "children",
        t("How old are the children in these photos?"),
        choice("children", all.children),
        t("Anyone older may stay visible. If you are not sure, choose the last."),
      ),
    ),
    el(
      "label",
      { class: "check" },
      el("input", { type: "checkbox", name: "publish" }),
      t("For a website: smaller files (JPEG, at most {side} pixels) with neutral names", {
        side: all.side,
      }),
    ),
    el(
      "label",
      { class: "check" },
      el("input", { type: "checkbox", id: "remember" }),
      t("Offer this folder again next time (kept on this computer only)"),
    ),
    el(
      "details",
      { ontoggle: preview },
      el("summary", {}, t("How covers look, and where the safe photos go")),
      styles(all.styles),
      el(
        "div",
        { class: "look" },
        labelled("shape", t("Shape"), choice("shape", all.shapes)),
        labelled("margin", t("Larger than the head by"), choice("margin", margins)),
        el("div", { class: "swatches", role: "radiogroup", "aria-label": t("Colour") }, ...colors),
      ),
      el(
        "div",
        { id: "own-picture", hidden: true },
        labelled(
          "sticker",
          t("PNG file with the picture"),
          el("input", {
            id: "sticker",
            name: "sticker",
            autocomplete: "off",
            spellcheck: "false",
            maxlength: 4096,
          }),
        ),
      ),
      labelled(
        "out",
        t("Folder for the safe photos"),
        el("input", { id: "out", name: "out", autocomplete: "off", spellcheck: "false", maxlength: 4096 }),
      ),
    ),
  );
}

function follow() {
  const value = new FormData(form).get("policy");
  part("own-picture").hidden = new FormData(form).get("style") !== "sticker";
  part("ages").hidden = value !== "children" && value !== "cautious";
  if (form.querySelector("details")?.open) preview();
}

/**
 * @param {Wishes} wishes
 * @param {string | null} out Where the safe photos go by default.
 * @param {boolean} isKept Whether the person agreed to keep this folder before.
 */
export async function offer(wishes, out, isKept) {
  offered ??= /** @type {Offered} */ (await get("/api/offered"));
  form = part("options", HTMLFormElement);
  if (!form.children.length) draw(offered);
  for (const [name, value] of Object.entries(wishes)) {
    const field = form.elements.namedItem(name);
    if (field instanceof RadioNodeList || field instanceof HTMLSelectElement)
      field.value = String(value ?? "");
    else if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = value === true;
    else if (field instanceof HTMLInputElement) field.value = String(value ?? "");
  }
  part("remember", HTMLInputElement).checked = isKept;
  const place = form.elements.namedItem("out");
  if (place instanceof HTMLInputElement) place.placeholder = out ?? "";
  follow();
}

/** Whether this computer may keep the path of the folder. */
export function agreed() {
  return part("remember", HTMLInputElement).checked;
}

/** What is chosen; what is not asked about is left out. */
export function chosen() {
  const values = new FormData(form);
  const text = (/** @type {string} */ name) => values.get(name) || null;
  return {
    policy: text("policy"),
    children: part("ages").hidden ? null : text("children"),
    style: text("style"),
    shape: text("shape"),
    color: text("color"),
    margin: text("margin") && Number(text("margin")),
    publish: values.has("publish"),
    sticker: String(values.get("sticker") ?? ""),
    out: String(values.get("out") ?? ""),
  };
}
