// Own messages on their way: each is sent again after a loss, with the same ref, until the broker has it.

import { keepWaiting, onDropped, waitingOf } from "../parts/drafts.js";

const MOST_TRIES = 3; // of the files of a message that the gateway has forgotten

export class Outbox {
  #kept = new Set(); // refs of which the browser keeps the message
  #files = new Map(); // by ref: the files of messages, until the broker has these
  #waits = new Set(); // refs of messages whose files are on their way
  #handed = new Set(); // refs of messages that the gateway may have with their files
  #restored = false;

  /** `uploads` has the files of messages. */
  constructor(store, connection, uploads, signal) {
    this.store = store;
    this.connection = connection;
    this.uploads = uploads;
    store.on("outbox", () => this.#keep());
    onDropped(() => store.me.name, (ref) => { this.#kept.delete(ref); if (store.outbox.get(ref)?.state !== "accepted") this.#drop(ref); }, signal);
  }

  /** Send a text with files, which were taken out of the uploads. It is shown at once. */
  send(text, replyTo, files = [], to = this.store.current) {
    this.#send({ text, files, to, replyTo });
    this.store.log(to).unread = undefined;
    return true;
  }

  #send({ text, files, to, replyTo }) {
    const ref = this.connection.newRef();
    const waiting = { ref, to, conversation: to, text: text || files.map((one) => one.name).join(", "), state: "sending", at: Date.now(), body: { text } };
    if (replyTo) waiting.body.reply_to = replyTo;
    if (files.length) {
      waiting.files = files;
      this.#files.set(ref, files);
    }
    this.store.outbox.set(ref, waiting);
    this.store.tell("outbox");
    this.#go(ref);
  }

  async #go(ref) {
    const { to, body, files } = this.store.outbox.get(ref);
    if (files) {
      if (!this.#waits.has(ref)) this.#withFiles(ref);
      return;
    }
    try {
      await this.connection.ask("send", { to, ...body }, ref);
    } catch (refused) {
      if (refused.message) this.#failed(ref, refused.message);
    }
  }

  /** Send a message when all its files are there: never without them. */
  async #withFiles(ref) {
    this.#waits.add(ref);
    const { to, body, files } = this.store.outbox.get(ref);
    try {
      const uploads = files.map((one) => this.uploads.of(one));
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        await Promise.all(uploads.map((one) => one.done));
        if (!this.store.outbox.has(ref)) return;
        const failed = uploads.find((one) => !one.complete);
        if (failed) throw new Error(failed.error);
        this.#handed.add(ref);
        try {
          await this.connection.ask("send", { to, ...body, files: uploads.map((one) => one.id) }, ref);
          return;
        } catch (refused) {
          if (refused.code !== "no-upload" || tries + 1 === MOST_TRIES) throw refused;
          this.#handed.delete(ref);
          for (const one of uploads) one.again();
        }
      }
    } catch (problem) {
      if (problem.message) this.#failed(ref, problem.message);
    } finally {
      this.#waits.delete(ref);
    }
  }

  #failed(ref, error) {
    const waiting = this.store.outbox.get(ref);
    if (!waiting) return;
    this.store.outbox.set(ref, { ...waiting, state: "failed", error });
    this.store.tell("outbox");
  }

  #drop(ref) {
    if (this.store.outbox.delete(ref)) this.store.tell("outbox");
  }

  /** Send a message that has failed again. The broker has not taken it, so it is a new one. */
  retry({ ref, to, text, body, files = [] }) {
    const latest = this.uploads.latest(files);
    this.#files.delete(ref);
    this.store.outbox.delete(ref);
    for (const one of latest.map((file) => this.uploads.of(file))) if (one.error) one.again();
    this.#send({ text: body ? body.text : text, files: latest, to, replyTo: body?.reply_to });
  }

  /** Take a message out that is not sent, and return its files; null if it may be sent already. */
  takeBack(ref) {
    const { state, files = [] } = this.store.outbox.get(ref) ?? {};
    if (!state || (state === "sending" && this.#handed.has(ref))) return null;
    this.#files.delete(ref);
    this.#drop(ref);
    return files;
  }

  /** Take what this browser has kept for the person, from an earlier life of the page. */
  restore() {
    if (this.#restored || !this.store.me.name) return;
    this.#restored = true;
    this.uploads.restore();
    for (const one of waitingOf(this.store.me.name)) {
      this.#kept.add(one.ref);
      if (this.store.outbox.has(one.ref)) continue;
      this.store.outbox.set(one.ref, one);
      if (one.files) this.#files.set(one.ref, one.files);
    }
    this.store.tell("outbox");
  }

  /** The connection is there again: send what is not accepted. */
  again() {
    this.restore();
    for (const waiting of this.store.outbox.values()) if (waiting.state === "sending" && waiting.body) this.#go(waiting.ref);
  }

  #keep() {
    const { me, outbox } = this.store;
    for (const [ref, files] of this.#files) {
      const waiting = outbox.get(ref);
      if (waiting && waiting.state !== "accepted") continue;
      this.#files.delete(ref);
      this.#handed.delete(ref);
      this.uploads.forget(files, true);
    }
    if (!me.name || !this.#restored) return;
    const wanted = [...outbox.values()].filter((one) => one.body && one.state !== "accepted");
    for (const one of wanted) keepWaiting(me.name, one.ref, one.files ? { ...one, files: this.uploads.latest(one.files) } : one);
    for (const ref of this.#kept) if (!wanted.some((one) => one.ref === ref)) keepWaiting(me.name, ref);
    this.#kept = new Set(wanted.map((one) => one.ref));
  }
}
