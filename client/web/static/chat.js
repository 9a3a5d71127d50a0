// The page of somebody who is signed in: its parts, and what they say to each other.

import { el, fill } from "./dom.js";
import { Attention, plainWarning } from "./frame/attention.js";
import { Going } from "./frame/going.js";
import { Head } from "./frame/head.js";
import { Keys } from "./frame/keys.js";
import { Panel } from "./frame/panel.js";
import { Side } from "./frame/side.js";
import { whoAmI } from "./http.js";
import { Actions } from "./log/actions.js";
import { LogView } from "./log/view.js";
import { openCards, showCard } from "./parts/card.js";
import { ask, speak, toast } from "./parts/dialog.js";
import { forgetDrafts } from "./parts/drafts.js";
import { showLevels } from "./settings/levels.js";
import { onPreference, preference } from "./settings/preferences.js";
import { showSelf } from "./settings/self.js";
import { soundFor } from "./settings/sound.js";
import { Connection } from "./socket.js";
import { Store } from "./store.js";
import { list, t } from "./texts.js";
import { Composer } from "./write/composer.js";
import { Outbox } from "./write/outbox.js";

export class Chat {
  #warned = false;
  over = new AbortController();

  /** `ended(text, signIn)` is called once when the session is over. */
  constructor(root, ended) {
    this.root = root;
    this.ended = ended;
    this.store = new Store();
    this.connection = new Connection({ take: (said) => this.store.take(said), changed: (up, refused) => this.#linked(up, refused) });
    this.outbox = new Outbox(this.store, this.connection);
    this.going = new Going(this);
    this.attention = new Attention(this.store, { present: () => this.connection.tell("present"), back: () => this.going.read(), enter: (name) => this.going.enter(name), signal: this.over.signal });
    this.actions = new Actions(this.store, (type, fields) => this.request(type, fields), {
      thread: (said) => this.panel.open("thread", said), jump: (seq) => this.going.jump(this.store.current, seq), composer: () => this.composer, about: (anchor, name) => showCard(this, anchor, name),
    });
    this.#build();
    this.#listen();
    new Keys(this);
    openCards(this);
    soundFor(this.store, this.attention);
    onPreference((name) => this.store.tell("preference", name), this.over.signal);
    this.connection.open();
  }

  /** Ask the gateway for something; if it is refused, its sentence is shown. Return whether it was done. */
  async request(type, fields) {
    try {
      await this.connection.ask(type, fields);
      return true;
    } catch (refused) {
      toast(refused.message || t("trying"));
      return false;
    }
  }

  command(line) { return this.request("command", { conversation: this.store.current, line }); }

  #build() {
    const { store, going, actions } = this;
    this.side = new Side(store, { enter: (name) => going.enter(name), join: () => this.join(), keys: () => this.keys.show(), signOut: () => this.signOut(), self: (anchor) => showSelf(this, anchor), levels: (name, anchor) => showLevels(this, anchor, name), notices: () => this.#allowNotices() });
    this.head = new Head(store, { back: () => going.leave(), topic: () => this.#topic(), panel: (kind) => this.panel.toggle(kind), levels: (anchor) => showLevels(this, anchor, store.current) });
    this.log = new LogView(store, {
      react: (said, anchor) => actions.react(said, anchor), reply: (said) => actions.reply(said), more: (said, anchor) => actions.more(said, anchor),
      toggle: (said, reaction, on) => actions.toggle(said, reaction, on), whoHas: (said) => actions.whoHas(said), jump: (seq) => going.jump(store.current, seq),
      putBack: (waiting) => { this.outbox.drop(waiting.ref); this.composer.put(waiting.text); this.composer.focus(); },
      older: () => going.fetch("before"), newer: () => going.fetch("after"), gap: (row) => going.fetchGap(row.before), moved: () => going.moved(),
    });
    this.composer = new Composer(store, {
      send: (text, replyTo, uploads) => { this.going.newest(); return this.outbox.send(text, replyTo, uploads); }, edit: (said, text) => this.request("edit", { conversation: store.current, seq: said.seq, text }),
      command: (line) => this.command(line), lastOwn: () => this.#lastOwn(), choose: () => this.log.choose(0), tooLong: () => { toast(t("tooLong", { n: store.me.text })); return false; },
      typing: (conversation, on) => going.typing(conversation, on),
    });
    this.panel = new Panel(store, (type, fields) => this.connection.ask(type, fields), { jump: (conversation, seq) => going.jump(conversation, seq), enter: (name) => going.enter(name), notices: () => this.#allowNotices(), changed: () => this.#panelChanged(), closed: () => this.composer.focus() });
    this.state = el("div", { class: "state", role: "status", hidden: true });
    this.typing = el("div", { class: "typing clip", "aria-live": "off" });
    this.jump = el("button", { type: "button", class: "jump", hidden: true, onclick: () => going.newest() });
    this.main = el("main", { class: "main" }, this.head.element, this.state, this.log.element, this.jump, this.typing, this.composer.element);
    this.frame = el("div", { class: "frame" }, this.side.element, this.main, this.panel.element);
    fill(this.root, this.frame);
    this.#draws();
  }

  #draws() {
    const hint = el("div", { class: "drop", hidden: true }, t("dropHere"));
    this.main.append(hint);
    const files = (event) => this.store.me.max_file && [...(event.dataTransfer?.types ?? [])].includes("Files");
    this.main.addEventListener("dragover", (event) => { if (files(event)) { event.preventDefault(); hint.hidden = false; } });
    this.main.addEventListener("dragleave", (event) => { if (!this.main.contains(event.relatedTarget)) hint.hidden = true; });
    this.main.addEventListener("drop", (event) => {
      hint.hidden = true;
      if (!files(event)) return;
      event.preventDefault();
      this.composer.uploads.add(event.dataTransfer.files);
      this.composer.focus();
    });
  }

  #listen() {
    const { store } = this;
    store.on("welcome", (said) => {
      this.side.title.textContent = said.title || "Chat";
      this.side.bell.hidden = !this.attention.askable;
      this.outbox.again();
      if (!store.settings || this.panel.kind === "settings") this.connection.ask("settings").catch(() => {});
      if (preference("bell") !== "mention") this.connection.ask("set-bell", { level: preference("bell") }).catch(() => {});
      this.#renew(said);
      this.going.welcomed();
      this.composer.put(this.composer.text);
    });
    store.on("state", (said) => {
      if (said.state === "ended") this.end(said.text, said.sign_in ?? true);
      else this.#trouble();
    });
    store.on("conversations", ({ gone = [] }) => {
      if (gone.includes(store.current)) this.going.leave();
      this.going.begin();
      this.side.draw(); this.head.draw(this.panel.kind); this.attention.draw();
    });
    store.on("log", ({ conversation, anew, fresh = [] }) => {
      const log = store.log(conversation);
      if (fresh.length && !this.attention.here) log.unread ??= fresh[0].seq - 1;
      if (conversation === store.current && log.ready && !anew) this.log.later(fresh.length > 0);
      this.going.came(conversation, fresh);
    });
    store.on("outbox", () => { if (store.log(store.current).ready) this.log.later(); });
    store.on("typing", (conversation) => { if (conversation === store.current) this.drawTyping(); });
    store.on("notice", (said) => { if (said.conversation === store.current) speak(said.text); else if (said.kind === "refusal") toast(said.text); });
    store.on("question", (said) => this.#question(said));
    store.on("go", (said) => (said.at ? this.going.jump(said.conversation, said.at) : this.going.enter(said.conversation)));
    store.on("ring", (said) => {
      this.attention.ring(said);
      if (said.conversation !== store.current && !said.missed) speak(t("saidIn", { who: said.sender, where: said.conversation, text: said.excerpt }));
    });
  }

  async #linked(up, refused = false) {
    if (!up) this.store.connected = false;
    this.linked = up;
    this.#trouble();
    if (up) return;
    this.going.lost();
    if (!refused) return;
    const known = await whoAmI().catch(() => null);
    if (known && !known.name && !this.over.signal.aborted) this.end("", true);
  }

  /** Load the page anew if the gateway has a newer one; drafts and what is on its way are kept. */
  #renew({ assets = "" }) {
    const own = /\/static\/([0-9a-f]+)\//.exec(import.meta.url)?.[1];
    if (!assets || !own || own === assets || this.composer.uploads.any || sessionStorage.getItem("chat-renewed") === assets) return;
    sessionStorage.setItem("chat-renewed", assets);
    location.reload();
  }

  #trouble() {
    clearTimeout(this.slow);
    const { connected, trouble } = this.store;
    const show = () => {
      const warning = !this.#warned && plainWarning();
      this.state.hidden = connected && !warning;
      fill(this.state, connected ? warning && [warning, el("button", { type: "button", class: "link", onclick: () => { this.#warned = true; this.#trouble(); } }, t("close"))] : [el("span", {}, trouble && this.linked ? trouble : t("trying")), el("span", { class: "soft" }, t("kept"))]);
    };
    if (connected) show();
    else this.slow = setTimeout(show, 700);
  }

  /** On a narrow page that shows no conversation, the list is behind the panel. */
  #panelChanged() {
    const kind = this.panel?.kind;
    if (!kind && !this.store.current) this.frame.classList.remove("inside");
    this.head.draw(kind);
  }

  drawTyping() {
    const users = this.store.log(this.store.current).typing.filter((name) => name !== this.store.me.name);
    const [a, b] = users;
    this.typing.textContent = !users.length ? "" : users.length === 1 ? t("typing1", { a }) : users.length === 2 ? t("typing2", { a, b }) : users.length < 5 ? t("typingAll", { who: list(users) }) : t("typingMany");
  }

  #lastOwn() {
    const log = this.store.log(this.store.current);
    const seq = log.seqs.findLast((one) => log.messages.get(one).own && this.actions.canEdit(log.messages.get(one)));
    return seq === undefined ? null : log.messages.get(seq);
  }

  async #question({ question, prompts = [], confirm = "", secret = false }) {
    const answers = await ask({ title: confirm || (prompts.length > 1 ? t("answers") : prompts[0]), prompts, secret, yes: confirm ? t("yes") : t("go") });
    this.request("answer", answers ? { question, answers } : { question });
  }

  async #topic() {
    const known = this.store.conversations.get(this.store.current)?.topic ?? "";
    const answer = await ask({ title: t("setTopic"), prompts: [t("setTopic")], values: [known] });
    if (answer && answer[0].trim() && answer[0] !== known) this.command(`/topic ${answer[0].trim()}`);
  }

  async join() {
    const answer = await ask({ title: t("joinRoom"), prompts: [t("joinHint")], names: this.store.sorted.map((one) => one.name) });
    const name = answer?.[0].trim();
    if (name) this.going.reach(/^[#@]/.test(name) ? name : `#${name}`);
  }

  async #allowNotices() {
    const answer = await Notification.requestPermission();
    this.side.bell.hidden = !this.attention.askable;
    toast(t(answer === "granted" ? "noticesAre" : "noticesOff"));
  }

  async signOut() {
    if (!await ask({ title: t("signOutAsk"), yes: t("signOut") })) return;
    forgetDrafts();
    this.connection.ask("sign-out").catch(() => {});
    this.end("", true, true);
  }

  end(text, signIn, out = false) {
    this.over.abort();
    this.connection.end();
    this.ended({ text, signIn, out });
  }
}

