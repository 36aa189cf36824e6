// @ts-check
// The folder chooser: names of folders and numbers of photos; one of them is opened for the review.
import { post } from "./api.js";
import { button, count, el, part, warn, wordsOf } from "./dom.js";
import { chosen, offer } from "./options.js";

/** @typedef {import("./contract.js").Folder} Folder */
/** @typedef {import("./contract.js").Listing} Listing */

const path = part("path", HTMLInputElement);
const open = part("open", HTMLButtonElement);
const up = part("up", HTMLButtonElement);

const OPEN = open.textContent ?? "";

/** @type {Listing | null} */
let here = null;

let takesOver = false;

/** @param {string} wanted Empty for where choosing begins. */
async function go(wanted, { focus = true } = {}) {
  try {
    here = /** @type {Listing} */ (await post("folders", { path: wanted }));
  } catch (fault) {
    warn(wordsOf(fault));
    return;
  }
  warn("");
  offerToTakeOver(false);
  show(here);
  await offer(here.wishes, here.out);
  if (focus) part("inside").focus();
}

/** @param {Listing} listing */
function photos({ photos: number, all }) {
  return `${all ? "" : "at least "}${number ? count(number, "photo") : "no photos"}`;
}

/** @param {Listing} listing */
function show(listing) {
  path.value = listing.path;
  part("here").textContent = listing.name;
  up.disabled = !listing.up;
  part("places").replaceChildren(
    ...listing.places.map((place) =>
      button(place.name, () => go(place.path), {
        class: "quiet",
        "aria-current": place.path === listing.path ? "true" : null,
      }),
    ),
  );
  part("folders").replaceChildren(...listing.folders.map((folder) => el("li", {}, itemOf(folder))));
  if (!listing.folders.length) part("folders").append(el("li", { class: "words" }, "No folders in here."));
  const more = count(listing.more, "more folder is", "more folders are");
  part("more").textContent = listing.more ? `${more} not listed: write the path above.` : "";
  const can = listing.photos > 0 && listing.out !== null;
  open.disabled = !can;
  part("chosen").replaceChildren(
    el("strong", {}, listing.name),
    `: ${photos(listing)}${listing.folders.length ? " with those in its folders" : ""}.`,
    can ? el("span", { class: "words" }, ` Safe photos go to ${listing.wishes.out || listing.out}`) : "",
  );
}

/** @param {Folder} folder */
function itemOf(folder) {
  const name = el("span", { class: "name" }, folder.name);
  if (folder.closed)
    return el("div", { class: "folder" }, name, el("span", { class: "words" }, "cannot be opened"));
  const inside = [
    folder.photos ? count(folder.photos, "photo") : "",
    folder.folders ? count(folder.folders, "folder") : "",
  ];
  const words = el("span", { class: "words" }, inside.filter(Boolean).join(" · ") || "empty");
  return el("button", { type: "button", class: "folder", onclick: () => go(folder.path) }, name, words);
}

/** @param {boolean} taken Whether another review has the folder. */
function offerToTakeOver(taken) {
  takesOver = taken;
  open.textContent = taken ? "End the other review and open it here" : OPEN;
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
    words.textContent = ` Safe photos go to ${place.value || place.placeholder}`;
});
part("end").addEventListener("click", async () => {
  await post("end").catch(() => {});
  document.body.replaceChildren(
    el(
      "main",
      { class: "over" },
      el("h1", {}, "blurkit has ended"),
      el("p", {}, "Nothing was opened. You can close this window."),
    ),
  );
});

go("", { focus: false });
