// One file that a person sends: its bytes, how far it is, and what is seen of it. At most a few move at once.

import { el, fileSign, fill, iconButton } from "../dom.js";
import { dropUpload } from "../http.js";
import { SHOWN_IMAGES } from "../log/kinds.js";
import { size, t } from "../texts.js";
import { dropFile, keepFile, keptFile } from "./kept.js";
import { transfer } from "./transfer.js";

const AT_ONCE = 3;
const LARGEST_THUMB = 20_000_000;
const turns = { going: 0, waiting: [] };

/** Wait until fewer files move. Those that came first are first. */
function turn() {
  if (turns.going < AT_ONCE) { turns.going += 1; return undefined; }
  return new Promise((resolve) => turns.waiting.push(resolve));
}

function leave() {
  const next = turns.waiting.shift();
  if (next) next();
  else turns.going -= 1;
}

export class Upload {
  id = ""; // the gateway's
  complete = false;
  error = "";
  #stop = new AbortController();
  #thumb = "";
  #keeping;

  /** `on` has `changed`, and `remove`, which takes it out of where it is seen. */
  constructor({ key, name, size: bytes, type = "", id = "", complete = false }, file, on) {
    Object.assign(this, { key, name, size: bytes, type, id, complete, file, on });
    this.bar = el("progress", { max: 1, value: complete ? 1 : 0, hidden: complete, "aria-label": name });
    this.element = el("div", { class: "file" });
    this.#keeping = file ? keepFile(key, file) : keptFile(key).then((kept) => { this.file ??= kept; this.#drawThumb(); });
    this.draw();
    this.done = this.#run();
  }

  /** What is kept of it over a reload, beside its bytes. */
  get kept() {
    const { key, name, size: bytes, type, id, complete } = this;
    return { key, name, size: bytes, type, id, complete };
  }

  async #run() {
    if (this.complete) return true;
    const { signal } = this.#stop;
    await turn();
    try {
      if (!this.file) await this.#keeping;
      if (signal.aborted) return false;
      if (!this.file) throw new Error(t("attachAgain", { name: this.name }));
      this.#drawThumb();
      this.id = await transfer(this.file, { id: this.id, signal, told: (share, id) => this.#told(share, id) });
      this.complete = true;
    } catch (problem) {
      if (signal.aborted) return false;
      this.error = problem.message || t("uploadFails", { name: this.name });
    } finally {
      leave();
    }
    this.draw();
    this.on.changed();
    return this.complete;
  }

  #told(share, id) {
    this.bar.value = share;
    if (id === this.id) return;
    this.id = id;
    this.on.changed();
  }

  /** Begin again: it has failed, or the gateway has it no more. */
  again() {
    this.error = this.id = "";
    this.complete = false;
    this.draw();
    this.on.changed();
    this.done = this.#run();
    return this.done;
  }

  /** Forget it here. If it is not sent, the gateway forgets it too. */
  forget(sent = false) {
    this.#stop.abort();
    if (this.id && !sent) dropUpload(this.id);
    if (this.#thumb) URL.revokeObjectURL(this.#thumb);
    this.#keeping.then(() => dropFile(this.key));
  }

  /** Stop it, and keep it for later. */
  stop() { this.#stop.abort(); }

  draw() {
    this.bar.hidden = this.complete || Boolean(this.error);
    this.element.classList.toggle("failed", Boolean(this.error));
    fill(this.element, this.#thumb ? el("img", { class: "thumb", alt: "", src: this.#thumb }) : fileSign(this.name),
      el("bdi", { class: "clip", title: this.name }, this.name), el("small", { class: "soft" }, size(this.size)),
      this.error && el("small", { class: "bad", role: "alert" }, this.error),
      this.error && el("button", { type: "button", class: "link", onclick: () => this.again() }, t("sendAgain")),
      iconButton("close", t("removeFile", { name: this.name }), () => this.on.remove(this), { class: "remove" }), this.bar);
    this.#drawThumb();
  }

  #drawThumb() {
    if (this.#thumb || !this.file || !SHOWN_IMAGES.test(this.type) || this.file.size > LARGEST_THUMB) return;
    this.#thumb = URL.createObjectURL(this.file);
    this.element.firstChild.replaceWith(el("img", { class: "thumb", alt: "", src: this.#thumb }));
  }
}
