// Files that are not sent yet, kept by the browser over a reload of the page. Bounded; signing out removes them all.

import { below } from "../parts/drafts.js";

const MOST = 200_000_000;
const LONGEST = 2 * 86_400_000; // those of a tab that never came back

let opened = null;

/** The browser's store, or null if it keeps nothing here. */
function database() {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(`chat-files${below}`, 1);
      request.onupgradeneeded = () => request.result.createObjectStore("files", { keyPath: "key" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => resolve(null);
    } catch { resolve(null); }
  });
  return opened;
}

/** Do one thing with the store and return its result; undefined if that fails. */
async function use(mode, work) {
  const base = await database();
  if (!base) return undefined;
  return new Promise((resolve) => {
    try {
      const request = work(base.transaction("files", mode).objectStore("files"));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(undefined);
    } catch { resolve(undefined); }
  });
}

/** Keep a file, if there is room. */
export async function keepFile(key, file) {
  const all = await use("readonly", (files) => files.getAll());
  const now = Date.now();
  const old = (all ?? []).filter((one) => one.at < now - LONGEST);
  for (const one of old) await dropFile(one.key);
  const taken = (all ?? []).reduce((sum, one) => sum + (old.includes(one) ? 0 : one.file.size), 0);
  if (taken + file.size <= MOST) await use("readwrite", (files) => files.put({ key, at: now, file }));
}

/** Return a file that was kept; null if it was not. */
export const keptFile = async (key) => (await use("readonly", (files) => files.get(key)))?.file ?? null;

export const dropFile = (key) => use("readwrite", (files) => files.delete(key));

export const dropFiles = () => use("readwrite", (files) => files.clear());
