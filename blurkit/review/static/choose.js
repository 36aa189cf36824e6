// The folder chooser: names of folders and numbers of photos; one of them is opened for the review.
import { post } from "./api.js";
import { button, count, el, say, warn } from "./dom.js";

const part = (name) => document.getElementById(name);
let here = null;

async function go(path, { focus = true } = {}) {
  try {
    here = await post("folders", { path });
  } catch (fault) {
    warn(fault.message);
    return;
  }
  warn("");
  show();
  if (focus) part("inside").focus();
  say(`${here.name}: ${photos(here)}, ${count(here.folders.length, "folder")}`);
}

function photos({ photos: number, all = true }) {
  return `${all ? "" : "at least "}${number ? count(number, "photo") : "no photos"}`;
}

function show() {
  part("path").value = here.path;
  part("here").textContent = here.name;
  part("up").disabled = !here.up;
  part("places").replaceChildren(...here.places.map((place) => button(place.name, () => go(place.path), { class: "quiet", "aria-current": place.path === here.path ? "true" : null })));
  const folders = here.folders.map((folder) => el("li", {}, folder.closed ? closed(folder) : button("", () => go(folder.path), { class: "folder" })));
  folders.forEach((item, place) => here.folders[place].closed || item.firstChild.append(...words(here.folders[place])));
  part("folders").replaceChildren(...(folders.length ? folders : [el("li", { class: "words" }, "No folders in here.")]));
  part("more").textContent = here.more ? `${count(here.more, "more folder is", "more folders are")} not listed: write the path above.` : "";
  const can = here.photos > 0 && here.out !== null;
  part("open").disabled = !can;
  part("chosen").replaceChildren(el("strong", {}, here.name), `: ${photos(here)}${here.folders.length ? " with those in its folders" : ""}.`,
    can ? el("span", { class: "words" }, ` Safe photos will go to ${here.out}`) : "");
}

function words(folder) {
  const inside = folder.folders ? count(folder.folders, "folder") : "";
  const told = [folder.photos ? count(folder.photos, "photo") : "", inside].filter(Boolean).join(" · ") || "empty";
  return [el("span", { class: "name" }, folder.name), el("span", { class: "words" }, told)];
}

function closed(folder) {
  return el("div", { class: "folder" }, el("span", { class: "name" }, folder.name), el("span", { class: "words" }, "cannot be opened"));
}

part("up").addEventListener("click", () => go(here.up));
part("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  go(part("path").value);
});
part("open").addEventListener("click", async () => {
  part("open").disabled = true;
  say("Opening");
  try {
    await post("open", { path: here.path });
    location.replace("/");
  } catch (fault) {
    warn(fault.message);
    part("open").disabled = false;
  }
});
part("end").addEventListener("click", async () => {
  await post("end").catch(() => {});
  document.body.replaceChildren(el("main", { class: "over" }, el("h1", {}, "blurkit has ended"), el("p", {}, "Nothing was opened. You can close this window.")));
});

go("", { focus: false });
