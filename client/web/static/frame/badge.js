// How many messages wait for the person: in the title of the tab, its icon, and the icon of the installed page.

import { el } from "../dom.js";

export class Badge {
  #dotted = false;
  #shown = 0;

  constructor(store, signal) {
    this.store = store;
    // An installed page has one badge for all its tabs: who leaves takes it away, and the others put it there again.
    const others = this.others = new BroadcastChannel("chat-badge");
    others.onmessage = () => { if (this.#shown) this.#onApp(this.#shown); };
    addEventListener("pagehide", () => this.#leave(), { signal });
    addEventListener("pageshow", ({ persisted }) => { if (persisted) this.draw(); }, { signal });
    signal.addEventListener("abort", () => { this.#leave(); this.#onTab(0, ""); others.close(); });
  }

  /** What waits is not known without a connection: then nothing is shown. */
  get #waits() {
    if (!this.store.connected) return 0;
    const waiting = [...this.store.conversations.values()].filter((one) => one.rank === 0);
    return waiting.reduce((sum, one) => sum + (one.name.startsWith("@") ? one.unread ?? 0 : one.mentions || 1), 0);
  }

  draw() {
    const waits = this.#waits;
    this.#onTab(waits, this.store.current);
    if (waits === this.#shown) return;
    this.#shown = waits;
    this.#onApp(waits);
  }

  #onTab(waits, current) {
    document.title = `${waits ? `(${waits}) ` : ""}${current ? `${current} · ` : ""}${this.store.me.title || "Chat"}`;
    if (this.#dotted === waits > 0) return;
    this.#dotted = waits > 0;
    const file = new URL(this.#dotted ? "../icon-waits.svg" : "../icon.svg", import.meta.url).href;
    document.querySelector("link[rel=icon]").replaceWith(el("link", { rel: "icon", type: "image/svg+xml", href: file }));
  }

  #onApp(waits) {
    if (!("setAppBadge" in navigator)) return;
    (waits ? navigator.setAppBadge(waits) : navigator.clearAppBadge()).catch(() => {});
  }

  #leave() {
    if (!this.#shown) return;
    this.#shown = 0;
    this.#onApp(0);
    this.others.postMessage("left");
  }
}
