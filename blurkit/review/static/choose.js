// @ts-check
// The folder chooser: names of folders and numbers of photos; one of them is opened for the review.
import { offerLanguages, t, tn, translatePage } from "./language.js";
import { post } from "./api.js";
import { button, el, part, warn, wordsOf } from "./dom.js";
import { agreed, chosen, offer } from "./options.js";

/** @typedef {import("./contract.js").Folder} Folder */
/** @typedef {import("./contract.js").Listing} Listing */

translatePage();
offerLanguages();
const path = part("path", HTMLInputElement);
const open = part("open", HTMLButtonElement);
const up = part("up", HTMLButtonElement);

const OPEN = open.textContent ?? "";

/** @type {Listing | null} */
let here = null;

let takesOver = false;

/** Whether a person opened a folder: where choosing begins is none that anybody chose. */
let isOpened = false;

/** @param {string} wanted Empty for where choosing begins. */
async function go(wanted, { focus = true } = {}) {
  try {
    here = /** @type {Listing} */ (await post("folders", { path: wanted }));
  } catch (fault) {
    warn(wordsOf(fault));
    return;
  }
  warn("");
  isOpened = wanted !== "";
  offerToTakeOver(false);
  show(here);
  const isKept = here.recent.some((one) => one.path === here?.path);
  await offer(here.wishes, here.out, isKept);
  if (focus) part("inside").focus();
}

/** @param {Listing} listing */
function photos({ photos: number, all }) {
  return number
    ? tn(all ? "{n} photo" : "at least {n} photo", all ? "{n} photos" : "at least {n} photos", number)
    : t("no photos");
}

/** @param {Listing} listing */
function show(listing) {
  path.value = listing.path;
  part("here").textContent = listing.name;
  up.disabled = !listing.up;
  part("places").replaceChildren(
    ...listing.places.map((place) =>
      button(t(place.name), () => go(place.path), {
        class: "quiet",
        "aria-current": place.path === listing.path ? "true" : null,
      }),
    ),
  );
  part("recent").hidden = !listing.recent.length;
  part("recent-folders").replaceChildren(...listing.recent.map((one) => el("li", {}, recentOf(one))));
  part("folders").replaceChildren(...listing.folders.map((folder) => el("li", {}, itemOf(folder))));
  if (!listing.folders.length) part("folders").append(el("li", { class: "words" }, t("No folders in here.")));
  const more = tn(
    "{n} more folder is not listed: write the path above.",
    "{n} more folders are not listed: write the path above.",
    listing.more,
  );
  part("more").textContent = listing.more ? more : "";
  part("inside-photos").textContent = listing.here
    ? tn("{n} photo is right here.", "{n} photos are right here.", listing.here)
    : "";
  const can = listing.photos > 0 && listing.out !== null && isOpened;
  open.disabled = !can;
  part("chosen").replaceChildren(
    el("strong", {}, listing.name),
    `: ${photos(listing)}`,
    listing.folders.length ? " " : "",
    listing.folders.length ? t("with those in its folders") : "",
    ". ",
    can
      ? el(
          "span",
          { class: "words" },
          t("Safe photos go to {out}", { out: listing.wishes.out || String(listing.out) }),
        )
      : "",
  );
}

/** @param {Folder} folder */
function itemOf(folder) {
  const name = el("span", { class: "name" }, folder.name);
  if (folder.closed)
    return el("div", { class: "folder" }, name, el("span", { class: "words" }, t("cannot be opened")));
  const inside = [
    folder.photos ? tn("{n} photo", "{n} photos", folder.photos) : "",
    folder.folders ? tn("{n} folder", "{n} folders", folder.folders) : "",
  ];
  const words = el("span", { class: "words" }, inside.filter(Boolean).join(" · ") || t("empty"));
  return el("button", { type: "button", class: "folder", onclick: () => go(folder.path) }, name, words);
}

/** @param {boolean} taken Whether another review has the folder. */
function offerToTakeOver(taken) {
  takesOver = taken;
  open.textContent = taken ? t("End the other review and open it here") : OPEN;
}

const STATES = {
  opened: t("nothing decided yet"),
  begun: t("review begun"),
  written: t("safe photos written"),
};

/** @param {import("./contract.js").Recent} one */
function recentOf(one) {
  const name = el("span", { class: "name" }, one.name);
  const words = el("span", { class: "words" }, STATES[one.state]);
  const values = { type: "button", class: "folder", title: one.path, onclick: () => go(one.path) };
  return el("button", values, name, words);
}

up.addEventListener("click", () => here?.up && go(here.up));
part("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  go(path.value);
});
open.addEventListener("click", async () => {
  open.disabled = true;
  try {
    await post("open", {
      path: here?.path,
      wishes: chosen(),
      take_over: takesOver,
      remember: agreed(),
    });
    location.replace("/");
  } catch (fault) {
    warn(wordsOf(fault));
    offerToTakeOver(Object(fault).taken);
    open.disabled = false;
  }
});
part("options").addEventListener("submit", (event) => event.preventDefault());
part("options").addEventListener("input", (event) => {
  const place = /** @type {HTMLInputElement} */ (event.target);
  const words = part("chosen").querySelector(".words");
  if (place.name === "out" && words)
    words.textContent = t("Safe photos go to {out}", { out: place.value || place.placeholder });
});
part("end").addEventListener("click", async () => {
  await post("end").catch(() => {});
  document.body.replaceChildren(
    el(
      "main",
      { class: "over" },
      el("h1", {}, t("blurkit has ended")),
      el("p", {}, t("Nothing was opened. You can close this window.")),
    ),
  );
});

go("", { focus: false });
