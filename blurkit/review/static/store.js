// What the server knows, as this page knows it, and the ways to change it.
import { get, post } from "./api.js";
import { warn } from "./dom.js";

const told = new Set();
let refreshing = Promise.resolve();

export const store = { about: null, state: { revision: 0, busy: true, done: 0, total: 0 }, photos: new Map(), ended: false };

export function onChange(listener) {
  told.add(listener);
}

export function photos() {
  return [...store.photos.values()];
}

export function faces(wanted) {
  return photos().flatMap((photo) => photo.faces.filter((face) => wanted(face, photo)).map((face) => ({ photo: photo.number, face: face.number })));
}

export function face(photo, number) {
  return store.photos.get(photo)?.faces.find((each) => each.number === number);
}

// What fails to be drawn must not look as if the server had ended.
function tell(listener) {
  try {
    listener();
  } catch (fault) {
    console.error(fault);
  }
}

async function fetchState() {
  const fresh = await get(`/api/state?since=${store.state.revision}`);
  for (const photo of fresh.photos) store.photos.set(photo.number, photo);
  const changed = fresh.photos.length > 0 || JSON.stringify({ ...fresh, photos: 0 }) !== JSON.stringify({ ...store.state, photos: 0 });
  store.state = fresh;
  if (fresh.fault) warn(fresh.fault);
  if (changed) told.forEach(tell);
}

export function refresh() {
  refreshing = refreshing.catch(() => {}).then(fetchState);
  return refreshing;
}

export async function change(name, values) {
  try {
    warn("");
    await post(name, values);
    await refresh();
    return true;
  } catch (fault) {
    warn(fault.message);
    return false;
  }
}

export function edit(...edits) {
  return change("edit", { edits });
}

export async function begin() {
  store.about = await get("/api/about");
  await refresh();
  let silent = 0;
  const again = async () => {
    if (store.ended) return;
    try {
      await refresh();
      silent = 0;
    } catch {
      silent += 1;
    }
    if (silent > 2) {
      store.ended = true;
      warn("blurkit has ended. Your decisions are kept; start the review again to go on.");
      return;
    }
    setTimeout(again, store.state.busy || silent ? 700 : 4000);
  };
  setTimeout(again, 700);
}
