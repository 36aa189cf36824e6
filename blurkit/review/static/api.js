// @ts-check
// Talks to the server that sent this page, and to nobody else.

/** @param {Response} response */
async function answer(response) {
  const told = response.headers.get("content-type")?.includes("json") ? await response.json() : {};
  if (!response.ok)
    throw Object.assign(
      new Error(told.error ?? "This page was closed. Open the review again from blurkit."),
      {
        taken: told.taken === true,
      },
    );
  return told;
}

/** Milliseconds that an answer may take. */
const PATIENCE = 30_000;

/** @param {string} path @returns {Promise<any>} */
export async function get(path) {
  return answer(await fetch(path, { signal: AbortSignal.timeout(PATIENCE) }));
}

/** @param {string} name @param {object} [values] @returns {Promise<any>} */
export async function post(name, values = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(
    await fetch(`/api/${name}`, {
      method: "POST",
      headers,
      body: JSON.stringify(values),
    }),
  );
}
