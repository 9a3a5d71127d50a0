// Files that go with the next message of each conversation, and those of messages that wait for them.

import { el, fill } from "../dom.js";
import { toast } from "../parts/dialog.js";
import { keepUploads, uploadsOf } from "../parts/drafts.js";
import { size, t } from "../texts.js";
import { Upload } from "./upload.js";

const MOST = 10;

const newKey = () => `${Date.now().toString(36)}-${crypto.getRandomValues(new Uint32Array(3)).join("-")}`;

export class Uploads {
  #of = new Map(); // by conversation: the files that wait there
  #sent = new Map(); // by key: the files of messages on their way
  #conversation = "";
  #restored = false;

  constructor(store, changed) {
    this.store = store;
    this.changed = changed;
    this.element = el("div", { class: "going", hidden: true });
  }

  get #list() {
    if (!this.#of.has(this.#conversation)) this.#of.set(this.#conversation, []);
    return this.#of.get(this.#conversation);
  }

  get any() { return this.#list.length > 0; }

  /** Why these files cannot be sent: empty if they can. */
  get error() { return this.#list.find((one) => one.error)?.error ?? ""; }

  enter(conversation) {
    this.#conversation = conversation;
    this.#draw();
  }

  /** Begin to upload files, as far as the chat takes them. */
  add(files) {
    const { max_file: most, guest } = this.store.me;
    for (const file of files) {
      if (!most || guest) { toast(t(guest ? "guestFiles" : "noFiles")); break; }
      if (file.size > most) toast(t("tooBig", { name: file.name, most: size(most) }));
      else if (this.#list.length >= MOST) { toast(t("tooMany", { n: MOST })); break; }
      else if (this.#list.some((one) => same(one.file, file))) toast(t("attachedAlready", { name: file.name }));
      else this.#list.push(this.#make({ key: newKey(), name: file.name, size: file.size, type: file.type }, file));
    }
    this.#draw();
  }

  /** Take the files out, for a message. */
  take() {
    const taken = this.#list.splice(0);
    for (const one of taken) this.#sent.set(one.key, one);
    this.#draw();
    return taken.map((one) => one.kept);
  }

  /** Put files of a message that is not sent back, to be sent with another one. */
  putBack(kept) {
    for (const one of kept.map((file) => this.of(file))) {
      this.#sent.delete(one.key);
      this.#list.push(one);
      if (one.error) one.again();
    }
    this.#draw();
  }

  /** A file of a message; after a reload, its bytes are what the browser has kept. */
  of(kept) {
    if (!this.#sent.has(kept.key)) this.#sent.set(kept.key, this.#make(kept, null));
    return this.#sent.get(kept.key);
  }

  /** What is seen of the files of a message, as far as they are here. */
  elementsOf(kept = []) { return kept.filter((one) => this.#sent.has(one.key)).map((one) => this.#sent.get(one.key).element); }

  /** What is kept now of the files of a message. */
  latest(kept) { return kept.map((one) => this.#sent.get(one.key)?.kept ?? one); }

  /** Forget the files of a message. */
  forget(kept, sent) {
    for (const { key } of kept) {
      this.#sent.get(key)?.forget(sent);
      this.#sent.delete(key);
    }
  }

  /** Take up what an earlier life of this tab has kept. */
  restore() {
    if (this.#restored) return;
    this.#restored = true;
    for (const { conversation, ...kept } of uploadsOf(this.store.me.name)) {
      const list = this.#of.get(conversation) ?? [];
      this.#of.set(conversation, [...list, this.#make(kept, null)]);
    }
    this.#draw();
  }

  /** Stop all, as somebody else may come. */
  end() {
    for (const one of [...this.#of.values()].flat().concat(...this.#sent.values())) one.stop();
  }

  #make(kept, file) {
    return new Upload(kept, file, { changed: () => this.#changed(), remove: (one) => this.#remove(one) });
  }

  #changed() {
    this.#keep();
    this.store.tell("outbox");
  }

  #remove(one) {
    for (const list of this.#of.values()) if (list.includes(one)) list.splice(list.indexOf(one), 1);
    one.forget();
    this.#draw();
  }

  #keep() {
    if (!this.#restored) return;
    keepUploads(this.store.me.name, [...this.#of].flatMap(([conversation, list]) => list.map((one) => ({ conversation, ...one.kept }))));
  }

  #draw() {
    fill(this.element, this.#list.map((one) => one.element));
    this.element.hidden = !this.#list.length;
    this.#keep();
    this.changed();
  }
}

/** Whether two files are the same one, chosen twice. */
const same = (one, other) => one && one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
