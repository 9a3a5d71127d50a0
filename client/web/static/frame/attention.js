// Calling the person: badges, notices of the browser; and seeing whether they are here.

import { t } from "../texts.js";
import { Badge } from "./badge.js";

const PRESENT = 20_000;
const IDLE = 60_000;

export class Attention {
  #last = Date.now();
  #told = 0;

  constructor(store, { present, back, enter, signal }) {
    this.enter = enter;
    this.badge = new Badge(store, signal);
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

  draw() { this.badge.draw(); }

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
