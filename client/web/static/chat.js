// The page of somebody who is signed in: its parts, and what they say to each other.

import { el, fill } from "./dom.js";
import { Attention, plainWarning } from "./frame/attention.js";
import { Away } from "./frame/away.js";
import { Going } from "./frame/going.js";
import { Head } from "./frame/head.js";
import { Keys } from "./frame/keys.js";
import { showPalette } from "./frame/palette.js";
import { Panel } from "./frame/panel.js";
import { Side } from "./frame/side.js";
import { whoAmI } from "./http.js";
import { Actions } from "./log/actions.js";
import { Choosing } from "./log/choosing.js";
import { forgetPlayers } from "./log/files.js";
import { forgetPictures } from "./log/pictures.js";
import { LogView } from "./log/view.js";
import { openCards, showCard } from "./parts/card.js";
import { ask, closeWindows, speak, toast } from "./parts/dialog.js";
import { forgetAll } from "./parts/drafts.js";
import { showLevels } from "./settings/levels.js";
import { onPreference, preference } from "./settings/preferences.js";
import { showSelf } from "./settings/self.js";
import { soundFor } from "./settings/sound.js";
import { Connection } from "./socket.js";
import { Store } from "./store.js";
import { list, t } from "./texts.js";
import { Composer } from "./write/composer.js";
import { takeDrops } from "./write/drop.js";
import { dropFiles } from "./write/kept.js";
import { Outbox } from "./write/outbox.js";

const LOBBY = "#lobby";

export class Chat {
  #warned = false;
  over = new AbortController();

  /** `ended(text, signIn)` is called once when the session is over. */
  constructor(root, ended) {
    this.root = root;
    this.ended = ended;
    this.store = new Store();
    this.connection = new Connection({ take: (said) => this.store.take(said), changed: (up, refused) => this.#linked(up, refused) });
    this.connection.open();
    this.going = new Going(this);
    this.attention = new Attention(this.store, { present: () => this.connection.tell("present"), back: () => this.going.read(), enter: (name) => this.going.enter(name), signal: this.over.signal });
    this.actions = new Actions(this.store, (type, fields) => this.request(type, fields), {
      thread: (said) => this.panel.open("thread", said), jump: (seq) => this.going.jump(this.store.current, seq), composer: () => this.composer, about: (anchor, name) => showCard(this, anchor, name), choose: (said) => this.choosing.toggle(said.seq), chat: this,
    });
    this.#build();
    this.#listen();
    new Keys(this);
    openCards(this);
    soundFor(this.store, this.attention);
    onPreference((name) => this.store.tell("preference", name), this.over.signal);
    this.away = new Away(this);
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
    this.side = new Side(store, { enter: (name) => going.enter(name), join: () => this.join(), rooms: () => this.panel.toggle("rooms"), keys: () => this.keys.show(), signOut: () => this.signOut(), self: (anchor) => showSelf(this, anchor), levels: (name, anchor) => showLevels(this, anchor, name), notices: () => this.#allowNotices() });
    this.head = new Head(store, { back: () => going.leave(), topic: () => this.panel.toggle("room"), panel: (kind) => this.panel.toggle(kind), levels: (anchor) => showLevels(this, anchor, store.current) });
    this.log = new LogView(store, {
      marked: (seq) => this.choosing?.has(seq) ?? false, react: (said, anchor) => actions.react(said, anchor), reply: (said) => actions.reply(said), more: (said, anchor) => actions.more(said, anchor),
      toggle: (said, reaction, on) => actions.toggle(said, reaction, on), whoHas: (said) => actions.whoHas(said), jump: (seq) => going.jump(store.current, seq),
      putBack: (waiting) => this.#putBack(waiting),
      retry: (waiting) => this.outbox.retry(waiting), parts: (waiting) => this.composer.uploads.elementsOf(waiting.files),
      older: () => going.fetch("before"), newer: () => going.fetch("after"), gap: (row) => going.fetchGap(row.before), moved: () => going.moved(),
    });
    this.composer = new Composer(store, {
      send: (text, replyTo, files) => { this.going.newest(); return this.outbox.send(text, replyTo, files); }, edit: (said, text) => this.request("edit", { conversation: store.current, seq: said.seq, text }),
      command: (line) => this.command(line), lastOwn: () => this.#lastOwn(), choose: () => this.log.choose(0), names: () => this.knowMembers(), tooLong: () => { toast(t("tooLong", { n: store.me.text })); return false; },
      typing: (conversation, on) => going.typing(conversation, on),
    });
    this.outbox = new Outbox(store, this.connection, this.composer.uploads, this.over.signal);
    this.panel = new Panel(store, (type, fields) => this.connection.ask(type, fields), {
      jump: (conversation, seq) => going.jump(conversation, seq), enter: (name) => going.enter(name), notices: () => this.#allowNotices(), changed: () => this.#beside(), closed: () => this.composer.focus(),
      send: (text, replyTo, to) => this.outbox.send(text, replyTo, [], to), chat: this,
    });
    this.choosing = new Choosing(this);
    this.state = el("div", { class: "state", role: "status", hidden: true });
    this.typing = el("div", { class: "typing clip", "aria-live": "off" });
    this.jump = el("button", { type: "button", class: "jump", hidden: true, onclick: () => going.newest() });
    this.main = el("main", { class: "main" }, this.head.element, this.state, this.log.element, this.jump, this.typing, this.choosing.element, this.composer.element);
    this.frame = el("div", { class: "frame" }, this.side.element, this.main, this.panel.element);
    fill(this.root, this.frame);
    this.narrow = matchMedia("(max-width: 719px)");
    this.narrow.addEventListener("change", () => { this.inside(Boolean(this.store.current)); going.begin(); }, { signal: this.over.signal });
    this.inside(false);
    this.#draws();
  }

  /** Show a conversation or the list, where there is room for one of them. */
  inside(on) {
    this.frame.classList.toggle("inside", on);
    this.#landmarks();
  }

  /** Where there is room for one part, the one that is seen is the main part of the page. */
  #landmarks() {
    const narrow = this.narrow.matches, { element, kind } = this.panel;
    this.side.element.setAttribute("role", narrow && !this.frame.classList.contains("inside") ? "main" : "complementary");
    element.setAttribute("role", narrow && kind ? "main" : "region");
  }

  /** A panel was opened or closed. */
  #beside() {
    this.head.draw(this.panel.kind);
    this.inside(Boolean(this.panel.kind || this.store.current));
  }

  #draws() {
    const allowed = () => this.store.current && this.store.me.max_file > 0;
    takeDrops(this.main, { allowed, take: (files) => { this.composer.uploads.add(files); this.composer.focus(); }, signal: this.over.signal });
  }

  #listen() {
    const { store } = this;
    store.on("welcome", (said) => {
      if (this.away.welcomed(said)) return;
      this.side.title.textContent = said.title || "Chat";
      this.side.bell.hidden = !this.attention.askable;
      this.outbox.again();
      if (!store.settings || this.panel.kind === "settings") this.connection.ask("settings").catch(() => {});
      if (preference("bell") !== "mention") this.connection.ask("set-bell", { level: preference("bell") }).catch(() => {});
      this.#renew(said);
      this.going.welcomed();
      this.composer.put(this.composer.text);
      if (this.panel.kind === "members") this.panel.open("members");
    });
    store.on("state", (said) => {
      if (said.state === "ended") this.end(said.text, said.sign_in ?? true);
      else this.trouble();
    });
    store.on("conversations", ({ gone = [] }) => {
      for (const name of gone) this.#gone(name);
      this.going.begin();
      this.side.draw(); this.head.draw(this.panel.kind); this.attention.draw();
    });
    store.on("log", ({ conversation, anew, fresh = [] }) => {
      const log = store.log(conversation);
      if (fresh.length && !this.attention.here) log.unread ??= fresh[0].seq - 1;
      if (conversation === store.current && log.ready && !anew) this.log.later(fresh.length > 0);
      this.going.came(conversation, fresh);
    });
    store.on("outbox", () => { if (store.current) this.log.later(); });
    store.on("typing", (conversation) => { if (conversation === store.current) this.drawTyping(); });
    store.on("notice", (said) => { if (said.conversation === store.current) speak(said.text); else if (said.kind === "refusal") toast(said.text); });
    store.on("question", (said) => this.#question(said));
    store.on("go", (said) => { this.going.arrived(said.conversation, said.at); this.#arrived(said.conversation); });
    store.on("room", () => this.head.draw(this.panel.kind));
    store.on("ring", (said) => {
      this.attention.ring(said);
      if (said.conversation !== store.current && !said.missed) speak(t("saidIn", { who: said.sender, where: said.conversation, text: said.excerpt }));
    });
  }

  /** A conversation is not the person's any more: say the sentence about that, which would go with it. */
  #gone(name) {
    const told = this.store.logs.get(name)?.notices.at(-1);
    if (told && Date.now() - told.came < 5_000) { speak(""); toast(told.text); }
    this.store.logs.delete(name);
    this.store.rooms.delete(name);
    if (name === this.store.current) this.going.leave();
  }

  /** A room was entered. If it was just made here, it gets the topic that was asked for. */
  #arrived(conversation) {
    const { room, topic } = this.topicOf ?? {};
    this.topicOf = null;
    if (room === conversation) this.request("topic", { conversation, topic });
  }

  async #linked(up, refused = false) {
    if (!up) this.store.connected = false;
    this.linked = up;
    this.trouble();
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

  /** Say that the connection is lost, if it does not come back at once. */
  trouble() {
    clearTimeout(this.slow);
    const { connected, trouble } = this.store;
    const show = () => {
      const warning = !this.#warned && plainWarning();
      if (!connected) this.away.show();
      this.attention.draw();
      this.state.hidden = connected && !warning;
      fill(this.state, connected ? warning && [warning, el("button", { type: "button", class: "link", onclick: () => { this.#warned = true; this.trouble(); } }, t("close"))] : [el("span", {}, trouble && this.linked ? trouble : this.away.words), el("span", { class: "soft" }, t("kept"))]);
    };
    if (connected) show();
    else this.slow = setTimeout(show, 700);
  }

  drawTyping() {
    const users = this.store.log(this.store.current).typing.filter((name) => name !== this.store.me.name);
    const [a, b] = users;
    this.typing.textContent = !users.length ? "" : users.length === 1 ? t("typing1", { a }) : users.length === 2 ? t("typing2", { a, b }) : users.length < 5 ? t("typingAll", { who: list(users) }) : t("typingMany");
  }

  #putBack({ ref, text, body }) {
    const files = this.outbox.takeBack(ref);
    if (!files) return;
    this.composer.uploads.putBack(files);
    this.composer.put(body?.text ?? text);
    this.composer.focus();
  }

  #lastOwn() {
    const log = this.store.log(this.store.current);
    const seq = log.seqs.findLast((one) => log.messages.get(one).own && this.actions.canEdit(log.messages.get(one)));
    return seq === undefined ? null : log.messages.get(seq);
  }

  async #question({ question, prompts = [], confirm = "", secret = false }) {
    const answers = await ask({ title: confirm || (prompts.length > 1 ? t("answers") : prompts[0]), prompts, secret, yes: confirm ? t("yes") : t("go") });
    if (!this.over.signal.aborted) this.request("answer", answers ? { question, answers } : { question });
  }

  join() { showPalette(this); }

  /** Learn what the person may do in a room. */
  knowRoom(room) { if (room.startsWith("#")) this.connection.ask("room", { conversation: room }).catch(() => {}); }

  /** Learn who is in the room, or in the lobby, if that is not known: for names to choose from. */
  async knowMembers() {
    const { current, members } = this.store, room = current.startsWith("#") ? current : LOBBY;
    if (members.has(room)) return;
    await this.connection.ask("members", { conversation: room }).catch(() => {});
    if (this.panel.kind !== "members") this.connection.ask("members").catch(() => {});
  }

  async #allowNotices() {
    const answer = await Notification.requestPermission();
    this.side.bell.hidden = !this.attention.askable;
    toast(t(answer === "granted" ? "noticesAre" : "noticesOff"));
  }

  async signOut() {
    if (!await ask({ title: t("signOutAsk"), yes: t("signOut") })) return;
    forgetAll();
    dropFiles();
    this.connection.ask("sign-out").catch(() => {});
    this.end("", true);
  }

  end(text, signIn) {
    this.over.abort();
    clearTimeout(this.slow);
    closeWindows();
    this.composer.uploads.end();
    forgetPictures();
    forgetPlayers();
    this.connection.end();
    this.away.end();
    this.ended({ text, signIn });
  }
}

