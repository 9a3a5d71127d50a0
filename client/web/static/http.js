// What the page asks the gateway for over HTTP: signing in and out, and files.

const headers = { "content-type": "application/json" };

/** A refusal, as the gateway says it. `status` is 0 if there was no answer. */
export class Problem extends Error {
  constructor(status, { text = "", code = "", field = "", retry_after = 0 } = {}) {
    super(text);
    Object.assign(this, { status, code, field, retryAfter: retry_after });
  }
}

/** Send a request and return what the answer says; throw a Problem if it is refused or does not come. */
export async function ask(method, path, body, signal) {
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

export const dropUpload = (id) => ask("DELETE", `files/${id}`).catch(() => {});

/** The address of a message's file. */
export function fileAddress(conversation, seq, number, inline = false) {
  return new URL(`files/of/${encodeURIComponent(conversation)}/${seq}/${number}${inline ? "?inline" : ""}`, document.baseURI).href;
}
