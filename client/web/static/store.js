// What the page knows: the person, the conversations, their logs, and own messages on their way. No elements here.

import { once } from "./texts.js";

const names = once(() => new Intl.Collator(undefined, { sensitivity: "base", numeric: true }));

export const LOBBY = "#lobby"; // the room in which everybody is

const MOST = 20; // conversations of which something is kept: the gateway follows those that were entered last
const MOST_SENT = 1_000; // own messages of a conversation of which more is known

/** Put something into a map as its latest; those that are too old go. */
function keepLatest(map, key, value, most) {
  map.delete(key);
  map.set(key, value);
  for (const old of map.keys()) {
    if (map.size <= most) return;
    map.delete(old);
  }
}

/** One conversation's messages as far as they are here. The gateway says which ones are not kept any more: 1,000 are. */
export class Log {
  messages = new Map();
  seqs = [];
  spans = [];
  head = 0;
  begins = 0;
  unread = undefined;
  sent = new Map(); // own messages by seq: who has them
  notices = []; // sentences of the program, each behind a seq
  typing = [];
  ready = false;

  put(messages, gone = []) {
    const fresh = [...new Set(messages.map((said) => said.seq))].filter((seq) => !this.messages.has(seq));
    for (const said of messages) this.messages.set(said.seq, said);
    const dropped = gone.filter((seq) => this.messages.delete(seq)).length;
    const later = fresh.every((seq, at) => seq > (at ? fresh[at - 1] : this.last));
    if (dropped) this.seqs = this.seqs.filter((seq) => this.messages.has(seq));
    this.seqs.push(...fresh.filter((seq) => this.messages.has(seq)));
    if (!later) this.seqs.sort((one, other) => one - other);
  }

  /** Whether nothing is missing between two messages here. */
  joined(one, other) {
    return this.spans.some(([first, last]) => first <= one && other <= last);
  }

  get last() { return this.seqs.at(-1) ?? 0; }
  get first() { return this.seqs[0] ?? 0; }

  /** Whether there are entries before the first message that could be fetched. */
  get hasOlder() {
    if (!this.ready) return false;
    const from = this.spans[0]?.[0] ?? this.head + 1;
    return from > Math.max(1, this.begins);
  }

  /** Whether there are entries behind the last one here. */
  get hasNewer() { return this.ready && (this.spans.at(-1)?.[1] ?? 0) < this.head; }
}

export class Store extends EventTarget {
  me = { name: "", abilities: [], commands: [], text: 4000, max_file: 0, away: null };
  connected = false;
  trouble = "";
  away = false; // the page has begun without the gateway
  conversations = new Map();
  logs = new Map();
  members = new Map();
  rooms = new Map(); // what `room` has said of each
  current = "";
  outbox = new Map(); // by ref: what is not accepted yet

  tell(kind, detail) { this.dispatchEvent(new CustomEvent(kind, { detail })); }
  on(kind, listener) { this.addEventListener(kind, (event) => listener(event.detail)); }

  log(conversation) {
    let log = this.logs.get(conversation);
    if (!log) this.logs.set(conversation, log = new Log());
    return log;
  }

  /** Keep the log of a conversation that was opened. One that the gateway follows no more is forgotten. */
  keepLog(conversation, log) {
    this.logs.delete(conversation);
    this.logs.set(conversation, log);
    const ready = [...this.logs].filter(([name, one]) => one.ready && name !== this.current && name !== conversation);
    for (const [name] of ready.slice(0, Math.max(0, ready.length - MOST + 2))) this.logs.delete(name);
  }

  /** What the person may do in a room: `member`, `moderator` or `operator`. */
  role(room) { return this.rooms.get(room)?.role ?? this.members.get(room)?.role ?? "member"; }

  /** The conversations in the order of what waits: rank, rooms before users, then by name. A new direct one is among them. */
  get sorted() {
    const { compare } = names(), { conversations, current } = this;
    const all = [...conversations.values()];
    if (current.startsWith("@") && !conversations.has(current)) all.push({ name: current });
    return all.sort((one, other) => (one.rank ?? 2) - (other.rank ?? 2)
      || one.name.startsWith("@") - other.name.startsWith("@") || compare(one.name, other.name));
  }

  /** Take a document of the gateway. */
  take(said) { TAKES[said.type]?.(this, said); }
}

const TAKES = {
  welcome(store, said) {
    store.me = { abilities: [], commands: [], text: 4000, max_file: 0, away: store.me.away, ...said };
    store.tell("welcome", said);
  },
  state(store, said) {
    store.connected = said.state === "connected";
    store.trouble = said.text ?? "";
    store.tell("state", said);
  },
  conversations(store, said) {
    if (said.all) store.conversations.clear();
    for (const one of said.conversations) {
      store.conversations.set(one.name, one);
      if (one.typing) typing(store, one.name, one.typing);
    }
    for (const name of said.gone ?? []) store.conversations.delete(name);
    store.tell("conversations", said);
  },
  renamed(store, { old, new: name }) {
    for (const map of [store.conversations, store.logs]) {
      if (map.has(old)) map.set(name, map.get(old));
      map.delete(old);
    }
    if (store.current === old) store.tell("go", { conversation: name });
    store.tell("conversations", {});
  },
  log(store, said) {
    if (!said.ref && said.conversation !== store.current) { // the gateway follows it no more
      store.logs.delete(said.conversation);
      return;
    }
    const log = store.log(said.conversation);
    store.keepLog(said.conversation, log);
    log.messages.clear();
    log.seqs = [];
    Object.assign(log, { spans: said.spans, head: said.head ?? 0, begins: said.begins ?? 0, unread: said.unread, ready: true });
    log.put(said.messages);
    for (const sent of said.sent ?? []) took(store, sent);
    store.tell("log", { conversation: said.conversation, anew: true });
  },
  changed(store, said) {
    const log = store.log(said.conversation);
    const { head } = log;
    log.put(said.messages ?? [], said.gone);
    if (said.spans) log.spans = said.spans;
    log.head = Math.max(log.head, said.head ?? 0);
    log.begins = said.begins ?? log.begins;
    const fresh = (said.messages ?? []).filter((one) => log.ready && one.seq > head && !one.own);
    for (const one of said.messages ?? []) settle(store, said.conversation, one);
    store.tell("log", { conversation: said.conversation, fresh });
  },
  sent(store, said) {
    took(store, said);
    store.tell("log", { conversation: said.conversation });
  },
  members(store, said) {
    keepLatest(store.members, said.conversation, said, MOST);
    if (store.rooms.has(said.conversation)) store.rooms.set(said.conversation, { ...store.rooms.get(said.conversation), role: said.role });
    store.tell("members", said.conversation);
  },
  room(store, said) {
    store.rooms.set(said.conversation, said);
    store.tell("room", said.conversation);
  },
  typing(store, said) { typing(store, said.conversation, said.users ?? []); },
  notice(store, said) {
    const conversation = said.conversation || store.current;
    const log = store.log(conversation);
    const before = log.notices.at(-1);
    if (before && before.after === log.last && said.kind === "result" && before.kind === "result" && Date.now() - before.came < 500) {
      log.notices[log.notices.length - 1] = { ...before, text: `${before.text}\n${said.text}` };
    } else log.notices.push({ ...said, conversation, after: log.last, number: ++numbered, came: Date.now() });
    if (log.notices.length > 50) log.notices.shift();
    store.tell("notice", { ...said, conversation });
    store.tell("log", { conversation });
  },
  question(store, said) { store.tell("question", said); },
  go(store, said) { store.tell("go", said); },
  ring(store, said) { store.tell("ring", said); },
  settings(store, said) {
    store.settings = said;
    store.me.away = said.away ?? null;
    store.tell("settings", said);
    store.tell("conversations", {});
  },
  "device-linked"(store, said) { store.tell("device-linked", said); },
};

let numbered = 0;

function typing(store, conversation, users) {
  store.log(conversation).typing = users;
  store.tell("typing", conversation);
}

/** Note the state of an own message. Its text stands at the end while the broker has not accepted it. */
function took(store, sent) {
  const waiting = store.outbox.get(sent.ref);
  if (sent.seq) {
    const log = store.log(sent.conversation);
    keepLatest(log.sent, sent.seq, sent, MOST_SENT);
    if (!waiting) return;
    if (log.messages.has(sent.seq) || !log.ready || log.hasNewer) store.outbox.delete(sent.ref);
    else store.outbox.set(sent.ref, { ...waiting, seq: sent.seq, state: "accepted" });
  } else if (waiting?.files && sent.code === "id-reused") {
    store.outbox.delete(sent.ref); // the broker had it already, from before the gateway was started anew
  } else if (waiting || sent.state === "sending" || sent.state === "failed") {
    store.outbox.set(sent.ref, { at: Date.now(), text: "", ...waiting, ...sent, to: sent.conversation });
  }
  store.tell("outbox");
}

/** Drop from the outbox what has come back as a message. */
function settle(store, conversation, said) {
  const sent = store.log(conversation).sent.get(said.seq);
  if (said.own && sent && store.outbox.delete(sent.ref)) store.tell("outbox");
}
