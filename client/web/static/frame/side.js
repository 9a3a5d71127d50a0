// The list of conversations: what waits comes first.

import { el, fill, iconButton, keep } from "../dom.js";
import { levelSign } from "../settings/levels.js";
import { t } from "../texts.js";

export class Side {
  #current = "";

  /** `on` has `enter(conversation)`, `join()`, `rooms()`, `keys()`, `notices()`, `levels(conversation, anchor)`, `self(anchor)`, `signOut()`. */
  constructor(store, on) {
    this.store = store;
    this.on = on;
    this.title = el("h1", { class: "clip" }, "Chat");
    this.list = el("ul", {});
    this.nav = el("nav", { "aria-label": t("conversations") }, this.list);
    this.me = el("button", { type: "button", class: "me clip", "aria-haspopup": "menu", title: t("meMenu"), onclick: () => on.self(this.me) });
    this.bell = iconButton("bell", t("noticesOn"), () => on.notices(), { hidden: true });
    this.element = el("section", { class: "side" },
      el("header", {}, this.title, iconButton("rooms", t("rooms"), on.rooms), iconButton("plus", t("joinRoom"), on.join)), this.nav,
      el("footer", {}, this.me, this.bell, iconButton("keys", t("keys"), on.keys), iconButton("leave", t("signOut"), on.signOut)));
  }

  /** Draw the list anew. The button that has the focus keeps it. */
  draw() {
    const { me, sorted, current } = this.store;
    fill(this.me, el("bdi", {}, me.name), [me.guest && t("guest"), me.away !== null && t("away")].filter(Boolean).map((note) => el("small", { class: "soft" }, ` · ${note}`)));
    const focused = this.nav.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    keep(this.list, sorted.map((one) => [one.name, [one, one.name === current]]), (value) => el("li", {}, this.#place(...value), this.#options(value[0].name)));
    if (current !== this.#current) this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    this.#current = current;
    if (focused) [...this.nav.querySelectorAll("button")].find((one) => one.dataset.name === focused)?.focus({ preventScroll: true });
  }

  /** With the mouse; with keys it is the menu key on the conversation. */
  #options(name) {
    return iconButton("more", t("options"), (event) => this.on.levels(name, event.currentTarget), { class: "options", tabIndex: -1, "aria-haspopup": "menu" });
  }

  #place({ name, unread = 0, mentions = 0, rank = 2, level }, current) {
    const direct = name.startsWith("@");
    const many = unread >= 1000 ? "999+" : unread;
    const words = [unread === 1 ? t("unreadOne") : unread && t("unread", { n: many }), mentions && !direct && t(mentions === 1 ? "mentionedOne" : "mentioned", { n: mentions })].filter(Boolean);
    const sign = levelSign(level);
    const count = mentions || unread;
    return el("button", {
      type: "button", class: `place${rank < 2 && unread ? " waits" : ""}${level === "none" ? " silent" : ""}`, "data-name": name,
      "aria-current": current ? "true" : null, onclick: () => this.on.enter(name),
      oncontextmenu: (event) => { event.preventDefault(); this.on.levels(name, event.currentTarget); },
    }, el("bdi", { class: "label", title: name }, name),
    sign ? [el("span", { class: "said" }, `, ${sign.words}`), sign.sign] : null,
    words.length ? el("span", { class: "said" }, `, ${words.join(", ")}`) : null,
    count ? el("span", { class: `count${rank === 0 ? " mine" : ""}`, "aria-hidden": "true" }, String(rank === 0 && mentions && !direct ? mentions : many)) : null);
  }
}

