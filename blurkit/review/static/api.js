// Talks to the server that sent this page, and to nobody else.

async function answer(response) {
  const told = response.headers.get("content-type")?.includes("json") ? await response.json() : {};
  if (!response.ok) throw new Error(told.error ?? "The page may not ask for this. Open the address that blurkit gave.");
  return told;
}

const PATIENCE = 10_000;

export async function get(path) {
  return answer(await fetch(path, { signal: AbortSignal.timeout(PATIENCE) }));
}

export async function post(name, values = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(`/api/${name}`, { method: "POST", headers, body: JSON.stringify(values) }));
}
