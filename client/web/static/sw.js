// The service worker: it keeps the page's own files of one version, and shows them if there is no connection.
// Sessions, messages and files never pass through it.

const VERSION = "VERSION"; // the gateway puts in what is true
const FILES = ["FILES"];
const CACHE = `chat-${VERSION}`;
const SHELL = new URL("./", self.location).href;
const PATIENCE = 4_000; // so long the gateway may take to send the page

/** Keep all files, or none: a shell of another version is refused. */
async function keepFiles() {
  const cache = await caches.open(CACHE);
  const shell = await fetch(SHELL, { cache: "no-cache", credentials: "omit" });
  if (!shell.ok || !(await shell.clone().text()).includes(`static/${VERSION}/`)) throw new Error("another version");
  await cache.addAll(FILES);
  await cache.put(SHELL, shell);
}

/** Drop old versions but the last one, whose page may still be open. */
async function dropOld() {
  const own = (await caches.keys()).filter((name) => name.startsWith("chat-") && name !== CACHE);
  await Promise.all(own.slice(0, -1).map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function page(event) {
  const kept = () => caches.match(SHELL, { cacheName: CACHE });
  const asked = (async () => (await event.preloadResponse) ?? fetch(event.request))();
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE)).then(kept);
  try {
    const answer = (await Promise.race([asked, late])) ?? await asked;
    return answer.status >= 500 ? (await kept()) ?? answer : answer; // a proxy says that the gateway is away
  } catch {
    return (await kept()) ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

self.addEventListener("install", (event) => { self.skipWaiting(); event.waitUntil(keepFiles()); });
self.addEventListener("activate", (event) => event.waitUntil(dropOld()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (request.mode === "navigate" && address.origin + address.pathname === SHELL) event.respondWith(page(event));
  else if (address.href.startsWith(`${SHELL}static/`)) event.respondWith(file(request));
});
