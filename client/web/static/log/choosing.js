// Several messages chosen at once: to copy or save them, or to delete those that one may.

import { save } from "../beside/thread.js";
import { el, fill } from "../dom.js";
import { ask } from "../parts/dialog.js";
import { copyText } from "../parts/links.js";
import { clock, t } from "../texts.js";
import { textOf } from "./runs.js";

export class Choosing {
  #seqs = new Set();
  #last = 0;

  /** `chat` has the log, the store and the actions. */
  constructor(chat) {
    this.chat = chat;
    this.element = el("div", { class: "chosen-bar", role: "toolbar", "aria-label": t("chosenMessages"), hidden: true, onkeydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); this.end(); chat.composer.focus(); } } });
    chat.log.element.addEventListener("click", (event) => this.#clicked(event), true);
    chat.log.element.addEventListener("keydown", (event) => this.#key(event), true);
  }

  has(seq) { return this.#seqs.has(seq); }

  get #messages() {
    const { messages } = this.chat.store.log(this.chat.store.current);
    return [...this.#seqs].sort((one, other) => one - other).map((seq) => messages.get(seq)).filter((said) => said && !said.deleted);
  }

  /** Choose a message, or no longer. */
  toggle(seq, upto = false) {
    const { seqs } = this.chat.store.log(this.chat.store.current);
    const [from, to] = upto && this.#last ? [Math.min(seq, this.#last), Math.max(seq, this.#last)] : [seq, seq];
    if (upto) for (const one of seqs.filter((each) => from <= each && each <= to)) this.#seqs.add(one);
    else if (!this.#seqs.delete(seq)) this.#seqs.add(seq);
    this.#last = seq;
    this.#draw();
  }

  /** Choose nothing. */
  end() {
    this.#seqs.clear();
    this.#last = 0;
    this.#draw();
  }

  #draw() {
    const { log, actions } = this.chat, many = this.#seqs.size;
    log.element.classList.toggle("choosing", many > 0);
    for (const article of log.element.querySelectorAll("article[data-seq]")) article.classList.toggle("marked", this.#seqs.has(Number(article.dataset.seq)));
    this.element.hidden = !many;
    if (!many) return;
    const may = this.#messages.length > 0 && this.#messages.every((said) => actions.canDelete(said));
    const button = (text, act, properties = {}) => el("button", { type: "button", class: "plain", onclick: act, ...properties }, t(text));
    fill(this.element, el("strong", { role: "status" }, t("chosen", { n: many })), button("copy", () => this.#copy()), button("save", () => this.#save()),
      may && button("delete", () => this.#delete(), { class: "plain bad" }), button("cancel", () => { this.end(); this.chat.composer.focus(); }));
  }

  #clicked(event) {
    const article = event.target.closest("article[data-seq]");
    if (!this.#seqs.size || !article || event.target.closest(".tools, a")) return;
    event.preventDefault();
    event.stopPropagation();
    this.toggle(Number(article.dataset.seq), event.shiftKey);
  }

  #key(event) {
    const article = event.target.closest?.("article[data-seq]");
    if (event.target !== article) return;
    if (event.key === " ") this.toggle(Number(article.dataset.seq), event.shiftKey);
    else if (event.key === "Escape" && this.#seqs.size) this.end();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #copy() {
    await copyText(this.#messages.map((said) => `[${clock(said.at)}] ${said.sender}: ${textOf(said)}`).join("\n"));
    this.end();
  }

  #save() {
    save(this.chat.store.current, this.#messages[0]?.seq ?? 0, this.#messages);
    this.end();
  }

  async #delete() {
    const { store } = this.chat, conversation = store.current, found = this.#messages;
    if (!await ask({ title: t("deleteMany", { n: found.length }), hint: t("deleteHint"), yes: t("delete"), danger: true })) return;
    this.end();
    for (const { seq } of found) if (!await this.chat.request("delete", { conversation, seq })) return;
  }
}
