// Files that go with the next message: each uploads at once, with its progress, and can be taken away.

import { el, icon, iconButton } from "../dom.js";
import { dropUpload, upload } from "../http.js";
import { toast } from "../parts/dialog.js";
import { size, t } from "../texts.js";

const MOST = 10;

export class Uploads {
  #of = new Map(); // by conversation: the files that wait there
  #conversation = "";

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

  enter(conversation) {
    this.#conversation = conversation;
    this.#draw();
  }

  /** Begin to upload files, as far as the chat takes them. */
  add(files) {
    const most = this.store.me.max_file;
    for (const file of files) {
      if (!most) toast(t("noFiles"));
      else if (file.size > most) toast(t("tooBig", { name: file.name, most: size(most) }));
      else if (this.#list.length >= MOST) toast(t("tooMany", { n: MOST }));
      else this.#begin(file);
    }
    this.#draw();
  }

  /** Take the files out, for a message. Return the promises of their ids, and their names. */
  take() {
    const taken = this.#list.splice(0);
    this.#draw();
    return { ids: taken.map((one) => one.id), names: taken.map((one) => one.file.name) };
  }

  #begin(file) {
    const stop = new AbortController();
    const bar = el("progress", { max: 1, value: 0, "aria-label": file.name });
    const one = { file, stop, bar };
    one.id = upload(file, { signal: stop.signal, progress: (share) => { bar.value = share; bar.hidden = share === 1; } });
    one.id.catch((problem) => {
      if (problem.name === "AbortError") return;
      toast(problem.message || t("uploadFails", { name: file.name }));
      this.#remove(one);
    });
    this.#list.push(one);
  }

  #remove(one) {
    for (const list of this.#of.values()) if (list.includes(one)) list.splice(list.indexOf(one), 1);
    this.#draw();
  }

  #draw() {
    this.element.replaceChildren(...this.#list.map((one) => el("div", { class: "file" }, icon("file"), el("span", { class: "clip" }, one.file.name),
      el("small", { class: "soft" }, size(one.file.size)),
      iconButton("close", t("removeFile", { name: one.file.name }), () => {
        one.stop.abort();
        one.id.then(dropUpload, () => {});
        this.#remove(one);
      }), one.bar)));
    this.element.hidden = !this.#list.length;
    this.changed();
  }
}
