// Own messages on their way: each is sent again after a loss, with the same ref, until the broker has it.

import { keepWaiting, onDropped, waitingOf } from "../parts/drafts.js";
import { t } from "../texts.js";

export class Outbox {
  #kept = new Set(); // refs of which the browser keeps the message
  #restored = false;

  constructor(store, connection, signal) {
    this.store = store;
    this.connection = connection;
    store.on("outbox", () => this.#keep());
    onDropped(() => store.me.name, (ref) => { this.#kept.delete(ref); if (store.outbox.get(ref)?.state !== "accepted") this.drop(ref); }, signal);
  }

  /** Send a text with the files that wait. It is shown at once. */
  send(text, replyTo, uploads, to = this.store.current) {
    const ref = this.connection.newRef();
    const { ids, names } = uploads?.take() ?? { ids: [], names: [] };
    const waiting = { ref, to, conversation: to, text: text || names.join(", "), state: "sending", at: Date.now(), body: { text } };
    if (replyTo) waiting.body.reply_to = replyTo;
    if (ids.length) waiting.body.files = [];
    this.store.outbox.set(ref, waiting);
    this.store.log(to).unread = undefined;
    this.store.tell("outbox");
    if (ids.length) this.#withFiles(waiting, ids);
    else this.#send(waiting);
    return true;
  }

  async #withFiles(waiting, ids) {
    try {
      waiting.body.files = await Promise.all(ids);
      this.store.tell("outbox");
      this.#send(waiting);
    } catch {
      this.#failed(waiting.ref, t("uploadFails", { name: waiting.text }));
    }
  }

  async #send({ ref, to, body }) {
    try {
      await this.connection.ask("send", { to, ...body }, ref);
    } catch (refused) {
      if (refused.message) this.#failed(ref, refused.message);
    }
  }

  #failed(ref, error) {
    const waiting = this.store.outbox.get(ref);
    if (!waiting) return;
    this.store.outbox.set(ref, { ...waiting, state: "failed", error });
    this.store.tell("outbox");
  }

  drop(ref) {
    if (this.store.outbox.delete(ref)) this.store.tell("outbox");
  }

  /** Take what this browser has kept for the person, from an earlier life of the page. */
  restore() {
    if (this.#restored || !this.store.me.name) return;
    this.#restored = true;
    for (const one of waitingOf(this.store.me.name)) {
      this.#kept.add(one.ref);
      if (!this.store.outbox.has(one.ref)) this.store.outbox.set(one.ref, one);
    }
    this.store.tell("outbox");
  }

  /** The connection is there again: send what is not accepted. */
  again() {
    this.restore();
    for (const waiting of this.store.outbox.values()) {
      if (waiting.state === "sending" && waiting.body && (!waiting.body.files || waiting.body.files.length)) this.#send(waiting);
    }
  }

  #keep() {
    const { me, outbox } = this.store;
    if (!me.name || !this.#restored) return;
    const wanted = [...outbox.values()].filter((one) => one.body && one.state !== "accepted" && (!one.body.files || one.body.files.length));
    for (const one of wanted) keepWaiting(me.name, one.ref, one);
    for (const ref of this.#kept) if (!wanted.some((one) => one.ref === ref)) keepWaiting(me.name, ref);
    this.#kept = new Set(wanted.map((one) => one.ref));
  }
}
