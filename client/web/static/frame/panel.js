// What stands beside the log: members, search, pins, a thread, or one's own sessions.

import { el, fill, hue, iconButton } from "../dom.js";
import { face } from "../log/message.js";
import { fileLinks } from "../log/files.js";
import { textNodes } from "../log/runs.js";
import { ask as question, toast } from "../parts/dialog.js";
import { clock, dayName, moment, t } from "../texts.js";

export class Panel {
  kind = "";

  /** `on` has `jump(conversation, seq)`, `enter(conversation)`, `changed()`, `closed()`, and `ask` is the connection's. */
  constructor(store, ask, on) {
    this.store = store;
    this.ask = ask;
    this.on = on;
    this.title = el("h2", { id: "panel-title" });
    this.inside = el("div", { class: "inside" });
    this.element = el("section", { class: "panel", hidden: true, "aria-labelledby": "panel-title", onkeydown: (event) => { if (event.key === "Escape") { this.close(); event.stopPropagation(); } } },
      el("header", {}, this.title, iconButton("close", t("close"), () => this.close())), this.inside);
    store.on("members", (conversation) => { if (this.kind === "members" && conversation === store.current) this.#members(); });
  }

  toggle(kind) {
    if (kind === this.kind) this.close();
    else this.open(kind);
  }

  open(kind, said) {
    const followed = this.kind === "members";
    this.kind = kind;
    this.element.hidden = false;
    fill(this.inside);
    if (followed && kind !== "members") this.ask("members").catch(() => {});
    if (kind === "members") this.#follow();
    else if (kind === "search") this.#search();
    else if (kind === "sessions") this.#sessions();
    else if (kind === "pins") this.#hits(t("pins"), this.ask("pins", { conversation: this.store.current }), t("noPins"));
    else this.#hits(t("thread"), this.ask("thread", { conversation: this.store.current, seq: said.seq }), t("nothingFound"));
    this.on.changed();
  }

  close() {
    if (!this.kind) return;
    if (this.kind === "members") this.ask("members").catch(() => {});
    const inside = this.element.contains(document.activeElement);
    this.kind = "";
    this.element.hidden = true;
    this.on.changed();
    if (inside && matchMedia("(hover: hover)").matches) this.on.closed();
  }

  /** The conversation is another one: what belongs to the earlier one goes. */
  entered() {
    if (this.kind === "members" && this.store.current.startsWith("#")) this.open("members");
    else if (this.kind && !["sessions", "search"].includes(this.kind)) this.close();
  }

  #follow() {
    this.title.textContent = t("members");
    if (this.store.members.has(this.store.current)) this.#members();
    this.ask("members", { conversation: this.store.current }).catch((refused) => toast(refused.message));
  }

  #members() {
    const { members, more } = this.store.members.get(this.store.current);
    this.title.textContent = t("memberCount", { n: `${members.length}${more ? "+" : ""}` });
    fill(this.inside, el("ul", {}, members.map((one) => {
      const state = one.away !== undefined && one.away !== null ? "away" : one.online ? "online" : "offline";
      const notes = [one.role && one.role !== "member" ? t(one.role) : "", one.bot ? t("bot") : "", one.guest ? t("guest") : "", one.name === this.store.me.name ? t("you") : ""].filter(Boolean);
      return el("li", {}, el("button", { type: "button", class: `person ${hue(one.name)}`, title: one.away ?? "", disabled: one.name === this.store.me.name, onclick: () => this.on.enter(`@${one.name}`) },
        face(one.name, true), el("bdi", { class: "clip" }, one.name), notes.length ? el("small", { class: "soft" }, notes.join(", ")) : null,
        el("span", { class: `dot ${state}`, "aria-hidden": "true" }), el("span", { class: "said" }, t(state))));
    })));
  }

  #search() {
    const { current } = this.store;
    this.title.textContent = t("search");
    const words = el("input", { class: "field", type: "search", "aria-label": t("searchHere", { where: current }), placeholder: t("searchHere", { where: current }), enterkeyhint: "search" });
    const all = el("input", { type: "checkbox", checked: Boolean(this.everywhere), onchange: () => { this.everywhere = all.checked; if (words.value.trim()) look(); } });
    const found = el("div", { role: "region", "aria-live": "polite" });
    const look = async (page) => {
      const fields = { words: words.value.trim() };
      if (!all.checked) fields.conversation = current;
      if (page) fields.page = page;
      if (!page) fill(found, el("p", { class: "nothing soft" }, t("wait")));
      try {
        const said = await this.ask("search", fields);
        const list = said.hits.map((hit) => this.#hit(hit, all.checked));
        found.querySelector(".more")?.remove();
        if (page) found.append(...list);
        else fill(found, list.length ? list : el("p", { class: "nothing soft" }, said.about || t("nothingFound")));
        if (said.next) found.append(el("p", { class: "more" }, el("button", { type: "button", class: "link", onclick: () => look(said.next) }, t("olderHits"))));
      } catch (refused) {
        fill(found, el("p", { class: "nothing bad" }, refused.message || t("trying")));
      }
    };
    fill(this.inside, el("form", { role: "search", onsubmit: (event) => { event.preventDefault(); if (words.value.trim()) look(); } }, words, el("label", { class: "check" }, all, " ", t("searchAll"))), this.#days(), found);
    words.focus();
  }

  /** Go to the first message of a day. */
  #days() {
    const field = el("input", { type: "date", class: "field", onchange: async () => {
      const { current } = this.store;
      if (!field.value) return;
      try {
        const said = await this.ask("fetch", { conversation: current, since: new Date(`${field.value}T00:00`).getTime() });
        if (said.seq) this.on.jump(current, said.seq);
        else toast(t("nothingFound"));
      } catch (refused) { toast(refused.message); }
    } });
    return el("form", { onsubmit: (event) => event.preventDefault() }, el("label", { class: "check" }, t("toDay"), field));
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

  async #hits(title, asked, nothing) {
    const kind = this.kind;
    this.title.textContent = title;
    fill(this.inside, el("p", { class: "nothing soft" }, t("wait")));
    try {
      const said = await asked;
      if (this.kind !== kind) return;
      fill(this.inside, said.hits.length ? said.hits.map((hit) => this.#hit(hit, false)) : el("p", { class: "nothing soft" }, nothing), said.about ? el("p", { class: "nothing soft" }, said.about) : null);
    } catch (refused) {
      if (this.kind === kind) fill(this.inside, el("p", { class: "nothing bad" }, refused.message || t("trying")));
    }
  }

  #hit({ conversation, message }, where) {
    return el("div", { class: `hit ${hue(message.sender)}` },
      el("button", { type: "button", class: "top", onclick: () => this.on.jump(conversation, message.seq) },
        el("bdi", { class: "who" }, message.sender), el("span", { class: "soft" }, where ? `${conversation} · ` : "", `${dayName(message.at)} ${clock(message.at)}`)),
      el("div", { class: "text", dir: "auto" }, message.deleted ? t("deleted") : textNodes(message.pieces ?? [])),
      message.deleted ? null : fileLinks(message, conversation));
  }
}
