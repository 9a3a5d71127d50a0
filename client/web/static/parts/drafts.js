// What is typed and not sent: it belongs to a conversation and outlives the page. Also what was sent but not accepted.

// Two chats of one host have one storage: the base path keeps them apart, and no name begins with a slash.
const place = new URL(".", document.baseURI).pathname;
const below = place === "/" ? "" : place;
const drafts = `chat-draft:${below}`;
const outbox = (name) => `chat-outbox:${below}${name}`;
const key = (name, conversation) => `${drafts}${name}:${conversation}`;

export function keepDraft(name, conversation, text) {
  try {
    if (text) localStorage.setItem(key(name, conversation), text);
    else localStorage.removeItem(key(name, conversation));
  } catch { /* the browser keeps nothing: the draft lives as long as the page */ }
}

export function draftOf(name, conversation) {
  try { return localStorage.getItem(key(name, conversation)) ?? ""; } catch { return ""; }
}

/** Forget all that was kept on this browser, as when somebody signs out. */
export function forgetDrafts() {
  try {
    for (const one of Object.keys(localStorage)) {
      if ((one.startsWith(drafts) && !one.startsWith("/", drafts.length)) || one.startsWith("chat-emoji")) localStorage.removeItem(one);
    }
    sessionStorage.clear();
  } catch { /* nothing is kept */ }
}

export function keepOutbox(name, waiting) {
  try {
    sessionStorage.setItem(outbox(name), JSON.stringify(waiting));
  } catch { /* it lives as long as the page */ }
}

export function outboxOf(name) {
  try { return JSON.parse(sessionStorage.getItem(outbox(name)) ?? "[]"); } catch { return []; }
}
