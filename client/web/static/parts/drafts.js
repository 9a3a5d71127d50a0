// What is typed and not sent: it belongs to a conversation and outlives the page. Also what was sent but not accepted.

const key = (name, conversation) => `chat-draft:${name}:${conversation}`;

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
    for (const one of Object.keys(localStorage)) if (one.startsWith("chat-draft:")) localStorage.removeItem(one);
    sessionStorage.clear();
  } catch { /* nothing is kept */ }
}

export function keepOutbox(name, waiting) {
  try {
    sessionStorage.setItem(`chat-outbox:${name}`, JSON.stringify(waiting));
  } catch { /* it lives as long as the page */ }
}

export function keepUploads(name, uploads) {
  try {
    sessionStorage.setItem(`chat-uploads:${name}`, JSON.stringify(uploads));
  } catch { /* they live as long as the page */ }
}

export function uploadsOf(name) {
  try { return JSON.parse(sessionStorage.getItem(`chat-uploads:${name}`) ?? "[]"); } catch { return []; }
}

export function outboxOf(name) {
  try { return JSON.parse(sessionStorage.getItem(`chat-outbox:${name}`) ?? "[]"); } catch { return []; }
}
