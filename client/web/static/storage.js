// The browser's local storage. If it keeps nothing, all lives as long as the page.

/** The text that is kept under a key; empty if there is none. */
export function kept(key) {
  try { return localStorage.getItem(key) ?? ""; } catch { return ""; }
}

/** Keep a text; without one, keep nothing under the key. */
export function keep(key, text) {
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch { /* it is not kept */ }
}

/** What is kept as JSON under a key; null if there is none, or it cannot be read. */
export function keptJson(key) {
  try { return JSON.parse(kept(key) || "null"); } catch { return null; }
}
