// Where the person is: entering conversations, fetching what they scroll to, and what they have read.

import { fill, icon } from "../dom.js";
import { ask, toast } from "../parts/dialog.js";
import { memberWords, t } from "../texts.js";

const TYPING = 3_000;

export class Going {
  #asked = new Set(); // fetches on their way
  #read = new Map(); // by conversation: the seq that was told as read
  #told = 0;
  #unseen = 0;
  #timer = 0;
  #wanted = null; // where a link leads as soon as its room is joined

  constructor(chat) {
    this.chat = chat;
    this.store = chat.store;
    addEventListener("popstate", () => this.#address(), { signal: chat.over.signal });
  }

  /** Each new connection: open again where the person was, or where the address says, or what waits first. */
  welcomed() {
    this.#asked.clear();
    const { current } = this.store;
    if (current) this.#open(current, this.chat.log.atEnd ? undefined : this.chat.log.seen || undefined, { again: true });
  }

  /** The list of conversations is here for the first time. */
  begin() {
    if (this.store.current || !this.store.conversations.size) return;
    const asked = new URLSearchParams(location.hash.slice(1));
    const name = asked.get("c");
    const first = () => { if (matchMedia("(min-width: 720px)").matches) this.#enter(this.store.sorted[0]?.name, undefined, true); };
    if (!name) first();
    else if (this.store.conversations.has(name)) this.#enter(name, Number(asked.get("m")) || undefined, true);
    else {
      first();
      this.#strange(name, Number(asked.get("m")) || undefined);
    }
  }

  enter(name) { this.#enter(name); }

  /** A command has led to a conversation, perhaps because a link did. */
  arrived(name, at) {
    const wanted = this.#wanted;
    this.#wanted = null;
    this.#enter(name, at ?? (wanted?.name === name ? wanted.seq : undefined));
  }

  /** An address leads to a room that the person is not in: offer to join it if they may, else say what the chat says. */
  async #strange(name, seq) {
    const { connection } = this.chat;
    if (!name.startsWith("#")) {
      this.#stay();
      this.#wanted = { name, seq };
      this.reach(name);
      return;
    }
    try {
      const { rooms } = await connection.ask("rooms");
      const found = rooms.find(({ room }) => room.toLowerCase() === name.toLowerCase());
      if (found) {
        if (!await ask({ title: t("joinAsk", { where: found.room }), hint: found.topic || memberWords(found.members), yes: t("joinDo") })) { this.#stay(); return; }
        this.#wanted = { name: found.room, seq };
        this.reach(found.room);
      } else {
        this.#stay();
        await connection.ask("open", { conversation: name });
      }
    } catch (refused) {
      this.#stay();
      if (refused.message) toast(refused.message);
    }
  }

  /** Let the address say again where the person is. */
  #stay() {
    const { current } = this.store;
    history.replaceState(null, "", current ? `#${new URLSearchParams({ c: current })}` : location.pathname + location.search);
  }

  #enter(name, seq, quiet = false) {
    if (!name) return;
    const { chat, store } = this;
    chat.inside(true);
    const again = store.current === name;
    store.current = name;
    if (!quiet) this.#write(name, seq);
    if (!again) {
      this.#unseen = 0;
      chat.composer.enter(name);
      chat.choosing.end();
      chat.log.show(seq);
      chat.panel.entered();
      chat.drawTyping();
    }
    chat.side.draw();
    chat.head.draw(chat.panel.kind);
    chat.attention.draw();
    if (!again || seq || !store.log(name).ready) this.#open(name, seq, { unread: true });
    if (matchMedia("(hover: hover)").matches) chat.composer.focus();
  }

  async #open(name, seq, { again = false, unread = false, end = false } = {}) {
    const { chat, store } = this;
    try {
      await chat.connection.ask("open", seq ? { conversation: name, at: seq } : { conversation: name, unread });
    } catch (refused) {
      if (refused.message) toast(refused.message);
      return;
    }
    if (store.current !== name) return;
    chat.knowRoom(name);
    if (again) {
      if (!seq && chat.attention.here) store.log(name).unread = undefined;
      chat.log.update();
    } else chat.log.show(seq);
    if (seq && !again) chat.log.jump(seq);
    if (end) chat.log.toEnd();
    chat.drawTyping();
    this.read();
  }

  /** Go to a room or a person by name: join it if need be. The gateway says `go`. */
  reach(name) {
    if (this.store.conversations.has(name)) this.enter(name);
    else this.chat.request("command", { conversation: this.store.current || this.store.sorted[0]?.name || name, line: `/join ${name}` });
  }

  /** On a narrow page: back to the list. */
  leave() {
    this.store.current = "";
    this.chat.panel.close();
    this.chat.inside(false);
    history.pushState(null, "", location.pathname + location.search);
    this.chat.side.draw();
    this.chat.attention.draw();
    this.chat.side.nav.querySelector("button")?.focus();
  }

  jump(name, seq) {
    if (matchMedia("(max-width: 1023px)").matches) this.chat.panel.close();
    if (name === this.store.current && this.chat.log.jump(seq)) this.#write(name, seq);
    else this.#enter(name, seq);
  }

  newest() {
    if (this.store.log(this.store.current).hasNewer) this.#open(this.store.current, 0, { end: true });
    else this.chat.log.toEnd();
  }

  /** Fetch what is before or behind all that is here. */
  async fetch(side) {
    const { current } = this.store, log = this.store.log(current);
    await this.#fetch(current, { [side]: side === "before" ? log.spans[0]?.[0] ?? log.head + 1 : log.spans.at(-1)?.[1] ?? 0 });
  }

  fetchGap(seq) {
    const { current } = this.store;
    const span = this.store.log(current).spans.find(([first, last]) => first <= seq && seq <= last);
    return this.#fetch(current, { before: span?.[0] ?? seq });
  }

  async #fetch(conversation, fields) {
    const key = `${conversation} ${Object.keys(fields)}`;
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    try {
      const before = JSON.stringify(this.store.log(conversation).spans);
      await this.chat.connection.ask("fetch", { conversation, ...fields });
      const fruitless = JSON.stringify(this.store.log(conversation).spans) === before;
      if (fruitless) setTimeout(() => this.#asked.delete(key), 3000);
      else this.#asked.delete(key);
      if (conversation === this.store.current) this.chat.log.update();
    } catch (refused) {
      setTimeout(() => this.#asked.delete(key), 3000);
      if (refused.message) toast(refused.message);
    }
  }

  /** The log was scrolled. */
  moved() {
    if (this.chat.log.atEnd) this.#unseen = 0;
    this.#drawJump();
    this.read();
  }

  /** Messages came in a conversation. */
  came(conversation, fresh) {
    if (conversation !== this.store.current) return;
    if (!this.chat.log.atEnd) this.#unseen += fresh.length;
    this.read();
  }

  #drawJump() {
    const { jump, log } = this.chat;
    jump.hidden = log.atEnd || !this.store.log(this.store.current).ready;
    if (!jump.hidden) fill(jump, icon("down"), this.#unseen ? t("jumpNew", { n: this.#unseen }) : t("jumpNewest"));
  }

  /** Tell what the person has seen, if they are here. */
  read() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { current } = this.store;
      if (!current || !this.store.connected || !this.chat.attention.here) return;
      const seen = this.chat.log.atEnd ? this.store.log(current).last : this.chat.log.seen;
      const known = Math.max(this.#read.get(current) ?? 0, this.store.conversations.get(current)?.read ?? 0);
      if (seen <= known) return;
      this.#read.set(current, seen);
      this.chat.connection.tell("read", { conversation: current, upto: seen });
    }, 250);
  }

  typing(conversation, on) {
    const now = Date.now();
    if (on && now - this.#told < TYPING) return;
    this.#told = on ? now : 0;
    this.chat.connection.tell("typing", on ? { conversation } : { conversation, on: false });
  }

  lost() { this.#asked.clear(); this.#read.clear(); }

  #write(name, seq) {
    const hash = `#${new URLSearchParams(seq ? { c: name, m: seq } : { c: name })}`;
    if (hash !== location.hash) history.pushState(null, "", hash);
  }

  #address() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const name = asked.get("c");
    if (name && !this.store.conversations.has(name)) this.#strange(name, Number(asked.get("m")) || undefined);
    else if (name && (name !== this.store.current || asked.get("m"))) this.#enter(name, Number(asked.get("m")) || undefined, true);
    else if (!name && matchMedia("(max-width: 719px)").matches) { this.chat.inside(false); this.store.current = ""; this.chat.side.draw(); }
  }
}
