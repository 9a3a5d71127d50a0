// Calling the person: title, favicon, notices of the browser; and seeing whether they are here.

import { el } from "../dom.js";
import { t } from "../texts.js";

const PRESENT = 20_000;
const IDLE = 60_000;

export class Attention {
  #last = Date.now();
  #told = 0;
  #badge = false;

  constructor(store, { present, back, enter, signal }) {
    this.store = store;
    this.enter = enter;
    const here = () => {
      this.#last = Date.now();
      if (this.#last - this.#told > PRESENT) { this.#told = this.#last; present(); }
      back();
    };
    for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "focus"]) addEventListener(kind, here, { passive: true, capture: true, signal });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") here(); }, { signal });
  }

  /** Whether the page is seen and somebody is there. */
  get here() {
    return document.visibilityState === "visible" && document.hasFocus() && Date.now() - this.#last < IDLE;
  }

  draw() {
    const { conversations, current, me } = this.store;
    const waits = [...conversations.values()].filter((one) => one.rank === 0).reduce((sum, one) => sum + (one.name.startsWith("@") ? one.unread ?? 0 : one.mentions || 1), 0);
    document.title = `${waits ? `(${waits}) ` : ""}${current ? `${current} · ` : ""}${me.title || "Chat"}`;
    if (this.#badge !== waits > 0) {
      this.#badge = waits > 0;
      const file = new URL(this.#badge ? "../icon-waits.svg" : "../icon.svg", import.meta.url).href;
      document.querySelector("link[rel=icon]").replaceWith(el("link", { rel: "icon", type: "image/svg+xml", href: file }));
    }
  }

  ring({ conversation, sender, excerpt, missed }) {
    if (missed || this.here || !("Notification" in window) || Notification.permission !== "granted") return;
    const notice = new Notification(conversation.startsWith("#") ? `${sender} · ${conversation}` : sender, { body: excerpt, tag: conversation, silent: true });
    notice.onclick = () => { window.focus(); this.enter(conversation); notice.close(); };
  }

  /** Whether the browser could call, and has not been asked. */
  get askable() { return "Notification" in window && Notification.permission === "default"; }
}

/** The sentence about plain http, where it matters; else empty. */
export const plainWarning = () => (isSecureContext ? "" : t("plain"));
