// What stands beside the log: one of the views, or one's own sessions.

import { showPins } from "../beside/hits.js";
import { showMembers } from "../beside/members.js";
import { showRoom } from "../beside/room.js";
import { showRooms } from "../beside/rooms.js";
import { showSearch } from "../beside/searching.js";
import { showThread } from "../beside/thread.js";
import { el, fill, iconButton } from "../dom.js";
import { ask as question, toast } from "../parts/dialog.js";
import { moment, t } from "../texts.js";

/** What can be shown: each takes the panel and what it is opened with, and may return what ends it. */
const VIEWS = { members: showMembers, pins: showPins, room: showRoom, rooms: showRooms, search: showSearch, thread: showThread };

export class Panel {
  kind = "";
  #left = null;

  /** `on` has `jump(conversation, seq)`, `enter(conversation)`, `send`, `changed()`, `closed()`, `chat`; `ask` is the connection's. */
  constructor(store, ask, on) {
    this.store = store;
    this.ask = ask;
    this.on = on;
    this.title = el("h2", { id: "panel-title" });
    this.inside = el("div", { class: "inside" });
    this.below = el("div", { class: "below" });
    this.element = el("section", { class: "panel", hidden: true, "aria-labelledby": "panel-title", onkeydown: (event) => { if (event.key === "Escape") { this.close(); event.stopPropagation(); } } },
      el("header", {}, this.title, iconButton("close", t("close"), () => this.close())), this.inside, this.below);
  }

  toggle(kind) {
    if (kind === this.kind) this.close();
    else this.open(kind);
  }

  open(kind, given) {
    this.#leave();
    this.kind = kind;
    this.element.hidden = false;
    fill(this.inside);
    fill(this.below);
    if (VIEWS[kind]) this.#left = VIEWS[kind](this, given);
    else this.#sessions();
    this.on.changed();
  }

  /** End what the view that is shown follows. */
  #leave() {
    const left = this.#left;
    this.#left = null;
    if (typeof left === "function") left();
  }

  /** Put something under what scrolls. */
  put(...elements) { fill(this.below, ...elements); }

  /** Say in the panel why what it wants to show is refused. */
  refused({ message }) { fill(this.inside, el("p", { class: "nothing bad" }, message || t("trying"))); }

  close() {
    if (!this.kind) return;
    this.#leave();
    const inside = this.element.contains(document.activeElement);
    this.kind = "";
    this.element.hidden = true;
    this.on.changed();
    if (inside && matchMedia("(hover: hover)").matches) this.on.closed();
  }

  /** The conversation is another one: what belongs to the earlier one goes. */
  entered() {
    if (["members", "room"].includes(this.kind) && this.store.current.startsWith("#")) this.open(this.kind);
    else if (this.kind && !["sessions", "search", "rooms"].includes(this.kind)) this.close();
  }

  async #sessions() {
    this.title.textContent = t("sessions");
    try {
      const { sessions } = await this.ask("sessions");
      if (this.kind !== "sessions") return;
      fill(this.inside, el("ul", {}, sessions.map((one) => el("li", { class: "hit" },
        el("div", { class: "top" }, el("strong", {}, t({ key: "proofKey", gateway: "proofGateway" }[one.proof] ?? "proofName")), one.current ? el("span", { class: "soft" }, t("thisOne")) : null),
        el("p", { class: "soft" }, [one.address, one.connected ? t("connected") : t("seenAt", { when: moment(one.seen) })].filter(Boolean).join(" · ")),
        one.current ? null : el("button", { type: "button", class: "link", onclick: () => this.#endSession(one) }, t("endSession"))))));
    } catch (refused) {
      fill(this.inside, el("p", { class: "nothing bad" }, refused.message || t("trying")));
    }
  }

  async #endSession({ session }) {
    if (!await question({ title: t("endSessionAsk"), yes: t("endSession"), danger: true })) return;
    await this.ask("end-session", { session }).catch((refused) => toast(refused.message));
    if (this.kind === "sessions") this.#sessions();
  }
}
