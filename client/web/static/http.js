// What the page asks the gateway for over HTTP: signing in and out, and uploads.

const headers = { "content-type": "application/json" };

/** A refusal, as the gateway says it. `status` is 0 if there was no answer. */
export class Problem extends Error {
  constructor(status, { text = "", code = "", field = "", retry_after = 0 } = {}) {
    super(text);
    Object.assign(this, { status, code, field, retryAfter: retry_after });
  }
}

async function ask(method, path, body, signal) {
  let answer;
  try {
    answer = await fetch(new URL(path, document.baseURI), { method, body, headers: typeof body === "string" ? headers : undefined, signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  const text = await answer.text();
  let said = {};
  try { said = text ? JSON.parse(text) : {}; } catch { /* not from the gateway itself */ }
  if (!answer.ok) throw new Problem(answer.status, said);
  return said;
}

/** Who is signed in on this browser, and how people may come in. */
export const whoAmI = () => ask("GET", "session");
export const signIn = (fields) => ask("POST", "session", JSON.stringify(fields));
export const signOut = () => ask("DELETE", "session");

const PART = 512 * 1024;

/** Upload a file in parts and return its id; go on where it stopped if the connection is lost for a short time. */
export async function upload(file, { signal, progress }) {
  let state = await ask("POST", "files", JSON.stringify({ name: file.name, size: file.size, media_type: file.type }), signal);
  let failures = 0;
  while (!state.complete) {
    const offset = state.offset ?? 0;
    progress(file.size ? offset / file.size : 0);
    try {
      state = await ask("PUT", `files/${state.id}?offset=${offset}`, file.slice(offset, offset + PART), signal);
      failures = 0;
    } catch (problem) {
      if (!(problem instanceof Problem) || (problem.status > 0 && problem.status < 500 && problem.status !== 409) || failures >= 5) throw problem;
      failures += 1;
      await new Promise((resolve) => setTimeout(resolve, 400 * 2 ** failures));
      state = await ask("GET", `files/${state.id}`, undefined, signal).catch(() => state);
    }
  }
  progress(1);
  return state.id;
}

export const dropUpload = (id) => ask("DELETE", `files/${id}`).catch(() => {});

/** The address of a message's file. */
export function fileAddress(conversation, seq, number, inline = false) {
  return new URL(`files/of/${encodeURIComponent(conversation)}/${seq}/${number}${inline ? "?inline" : ""}`, document.baseURI).href;
}
