// The list of conversations: what waits comes first.

import { el, fill, iconButton } from "../dom.js";
import { t } from "../texts.js";

export class Side {
  /** `on` has `enter(conversation)`, `join()`, `rooms()`, `keys()`, `notices()`, `sessions()`, `signOut()`. */
  constructor(store, on) {
    this.store = store;
    this.on = on;
    this.title = el("h1", { class: "clip" }, "Chat");
    this.nav = el("nav", { "aria-label": t("conversations") });
    this.me = el("button", { type: "button", class: "me clip", title: t("sessions"), onclick: () => on.sessions() });
    this.bell = iconButton("bell", t("noticesOn"), () => on.notices(), { hidden: true });
    this.element = el("aside", { class: "side" },
      el("header", {}, this.title, iconButton("rooms", t("rooms"), on.rooms), iconButton("plus", t("joinRoom"), on.join)), this.nav,
      el("footer", {}, this.me, this.bell, iconButton("keys", t("keys"), on.keys), iconButton("leave", t("signOut"), on.signOut)));
  }

  /** Draw the list anew. The button that has the focus keeps it. */
  draw() {
    const { me, sorted, current } = this.store;
    fill(this.me, el("bdi", {}, me.name), me.guest ? el("small", { class: "soft" }, ` · ${t("guest")}`) : null);
    const focused = this.nav.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    fill(this.nav, el("ul", {}, sorted.map((one) => el("li", {}, this.#place(one, one.name === current)))));
    if (focused) [...this.nav.querySelectorAll("button")].find((one) => one.dataset.name === focused)?.focus({ preventScroll: true });
  }

  #place({ name, unread = 0, mentions = 0, rank = 2, level }, current) {
    const direct = name.startsWith("@");
    const many = unread >= 1000 ? "999+" : unread;
    const words = [unread === 1 ? t("unreadOne") : unread && t("unread", { n: many }), mentions && !direct && t("mentioned", { n: mentions })].filter(Boolean);
    const count = mentions || unread;
    return el("button", {
      type: "button", class: `place${rank < 2 && unread ? " waits" : ""}${level === "none" ? " silent" : ""}`, "data-name": name,
      "aria-current": current ? "true" : null, onclick: () => this.on.enter(name),
    }, el("bdi", { class: "label" }, name),
    words.length ? el("span", { class: "said" }, `, ${words.join(", ")}`) : null,
    count ? el("span", { class: `count${rank === 0 ? " mine" : ""}`, "aria-hidden": "true" }, String(rank === 0 && mentions && !direct ? mentions : many)) : null);
  }
}

