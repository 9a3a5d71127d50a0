// Own messages on their way: each is sent again after a loss, with the same ref, until the broker has it.

import { keepOutbox, outboxOf } from "../parts/drafts.js";
import { t } from "../texts.js";

export class Outbox {
  #restored = false;

  constructor(store, connection) {
    this.store = store;
    this.connection = connection;
    store.on("outbox", () => this.#keep());
  }

  /** Send a text with the files that wait. It is shown at once. */
  send(text, replyTo, uploads, to = this.store.current) {
    const ref = this.connection.newRef();
    const { ids, names } = uploads?.take() ?? { ids: [], names: [] };
    const waiting = { ref, to, conversation: to, text: text || names.join(", "), state: "sending", at: Date.now(), body: { text } };
    if (replyTo) waiting.body.reply_to = replyTo;
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
    this.store.outbox.delete(ref);
    this.store.tell("outbox");
  }

  /** The connection is there again: send what is not accepted, also what an earlier life of this tab kept. */
  again() {
    if (!this.#restored) {
      this.#restored = true;
      for (const one of outboxOf(this.store.me.name)) this.store.outbox.set(one.ref, one);
    }
    for (const waiting of this.store.outbox.values()) {
      if (waiting.state === "sending" && waiting.body && (!waiting.body.files || waiting.body.files.length)) this.#send(waiting);
    }
  }

  #keep() {
    if (!this.store.me.name || !this.#restored) return;
    keepOutbox(this.store.me.name, [...this.store.outbox.values()].filter((one) => one.body));
  }
}

