// What this browser keeps until the person signs out: drafts, messages that wait, and who was here.
// Other tabs have the same. A message has a ref that no other has, so it is sent once, whichever tabs send it.

import { keep, kept, keptJson } from "../storage.js";

// Two chats of one host have one storage: the base path keeps them apart, and no name begins with a slash.
const place = new URL(".", document.baseURI).pathname;
export const below = place === "/" ? "" : place;
const DRAFT = `chat-draft:${below}`, UPLOADS = `chat-uploads:${below}`, WAITING = `chat-waiting:${below}`, PERSON = `chat-person:${below}`, LEAVING = `chat-leaving:${below}`;

function keys(start) {
  try { return Object.keys(localStorage).filter((one) => one.startsWith(start) && one[start.length] !== "/"); } catch { return []; }
}

export const keepDraft = (name, conversation, text) => keep(`${DRAFT}${name}:${conversation}`, text);
export const draftOf = (name, conversation) => kept(`${DRAFT}${name}:${conversation}`);

/** Keep the files that wait in this tab for their messages: not their bytes. */
export function keepUploads(name, uploads) {
  try {
    sessionStorage.setItem(`${UPLOADS}${name}`, JSON.stringify(uploads));
  } catch { /* they live as long as the page */ }
}

export function uploadsOf(name) {
  try { return JSON.parse(sessionStorage.getItem(`${UPLOADS}${name}`) ?? "[]"); } catch { return []; }
}

/** Keep a message that waits to be sent; without one, drop what is kept under the ref. */
export const keepWaiting = (name, ref, waiting) => keep(`${WAITING}${name}:${ref}`, waiting && JSON.stringify(waiting));

/** The messages of a person that wait, in the order in which they were written. */
export function waitingOf(name) {
  return keys(`${WAITING}${name}:`).map(keptJson).filter((one) => one?.ref && one.to && one.body).sort((one, other) => one.at - other.at);
}

/** Call a listener with the ref of each message of the person that another tab has dropped. */
export function onDropped(name, dropped, signal) {
  addEventListener("storage", ({ key, newValue }) => {
    const start = `${WAITING}${name()}:`;
    if (newValue === null && key?.startsWith(start)) dropped(key.slice(start.length));
  }, { signal });
}

/** Keep who is here, so that the page begins with their name before the gateway answers. */
export function keepPerson({ name, title, guest, text }, last) {
  keep(PERSON, JSON.stringify({ name, title, guest, text, last }));
}

/** Who was here: `{ name, title, guest, text, last }`, or null. */
export function personHere() {
  const known = keptJson(PERSON);
  return typeof known?.name === "string" && known.name ? known : null;
}

/** The conversations in which something of the person waits. */
export function placesOf(name) {
  const start = `${DRAFT}${name}:`;
  return [...new Set([...keys(start).map((key) => key.slice(start.length)), ...waitingOf(name).map((one) => one.to)])];
}

/** Forget who is here, as their session has ended. */
export const forgetPerson = () => keep(PERSON);

/** Forget all that was kept, as when somebody signs out. Until that is done, the page signs out when it begins. */
export function forgetAll() {
  for (const key of [...keys(DRAFT), ...keys(WAITING), ...keys("chat-emoji"), PERSON]) keep(key);
  keep(LEAVING, "1");
  try { sessionStorage.clear(); } catch { /* nothing is kept */ }
}

/** Call a listener when another tab signs out. */
export function onLeaving(left, signal) {
  addEventListener("storage", ({ key, newValue }) => { if (key === LEAVING && newValue) left(); }, { signal });
}

export const isLeaving = () => Boolean(kept(LEAVING));
export const hasLeft = () => keep(LEAVING);
