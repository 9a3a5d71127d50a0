// What stands beside the log: one of the views, or one's own settings and devices.

import { showPins } from "../beside/hits.js";
import { showMembers } from "../beside/members.js";
import { showRoom } from "../beside/room.js";
import { showRooms } from "../beside/rooms.js";
import { showSearch } from "../beside/searching.js";
import { showThread } from "../beside/thread.js";
import { el, fill, iconButton } from "../dom.js";
import { showLink, showSessions } from "../settings/devices.js";
import { drawSettings, showSettings } from "../settings/settings.js";
import { t } from "../texts.js";

/** What can be shown: each takes the panel and what it is opened with, and may return what ends it. */
const VIEWS = {
  members: showMembers, pins: showPins, room: showRoom, rooms: showRooms, search: showSearch, thread: showThread,
  sessions: showSessions, settings: showSettings, link: showLink,
};
const ANYWHERE = ["search", "rooms", "sessions", "settings", "link"]; // what does not belong to a conversation

export class Panel {
  kind = "";
  #left = null;
  #opened = 0;

  /** `on` has `jump(conversation, seq)`, `enter(conversation)`, `send`, `changed()`, `closed()`, `chat`; `ask` is the connection's. */
  constructor(store, ask, on) {
    this.store = store;
    this.ask = ask;
    this.on = on;
    this.title = el("h1", { id: "panel-title" });
    this.out = iconButton("close", t("close"), () => this.close());
    this.inside = el("div", { class: "inside" });
    this.below = el("div", { class: "below" });
    this.element = el("section", { class: "panel", hidden: true, "aria-labelledby": "panel-title", onkeydown: (event) => { if (event.key === "Escape") { this.close(); event.stopPropagation(); } } },
      el("header", {}, this.title, this.out), this.inside, this.below);
    for (const kind of ["settings", "conversations", "preference"]) store.on(kind, () => { if (this.kind === "settings") drawSettings(this); });
  }

  toggle(kind) {
    if (kind === this.kind) this.close();
    else this.open(kind);
  }

  open(kind, given) {
    this.#leave();
    if (!this.kind) this.before = document.activeElement;
    this.kind = kind;
    this.element.hidden = false;
    this.#opened += 1;
    this.say(t("wait"));
    fill(this.below);
    this.#left = VIEWS[kind](this, given);
    this.on.changed();
    if (!this.before?.checkVisibility({ visibilityProperty: true }) && !this.element.contains(document.activeElement)) this.out.focus();
  }

  /** End what the view that is shown follows. */
  #leave() {
    const left = this.#left;
    this.#left = null;
    if (typeof left === "function") left();
  }

  /** Put something under what scrolls. */
  put(...elements) { fill(this.below, ...elements); }

  /** Return a function that says whether what is shown now still is. */
  stays() {
    const opened = this.#opened;
    return () => Boolean(this.kind) && opened === this.#opened;
  }

  /** Show a sentence instead of what is to be shown. */
  say(text) { fill(this.inside, el("p", { class: "nothing soft" }, text)); }

  /** Say in the panel, or in a part of it, why what it wants to show is refused. */
  refused({ message }, inside = this.inside) { fill(inside, el("p", { class: "nothing bad" }, message || t("trying"))); }

  close() {
    if (!this.kind) return;
    this.#leave();
    const inside = this.element.contains(document.activeElement);
    this.kind = "";
    this.element.hidden = true;
    this.on.changed();
    if (!inside) return;
    if (matchMedia("(hover: hover)").matches) this.on.closed();
    else this.before?.focus({ preventScroll: true });
  }

  /** The conversation is another one: what belongs to the earlier one goes. */
  entered() {
    if (["members", "room"].includes(this.kind) && this.store.current.startsWith("#")) this.open(this.kind);
    else if (this.kind && !ANYWHERE.includes(this.kind)) this.close();
  }
}
