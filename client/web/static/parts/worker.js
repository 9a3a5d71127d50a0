// The service worker, which lets the page begin without a connection. It keeps the page's own files only.

/** Register it where browsers allow it: over https, and on this machine. */
export async function keepPage() {
  if (!isSecureContext || !("serviceWorker" in navigator)) return;
  const own = new URL("sw.js", document.baseURI).href;
  const policy = window.trustedTypes?.createPolicy("worker", { createScriptURL: (url) => { if (url !== own) throw new TypeError(url); return url; } });
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(own) : own).catch(() => {});
}
