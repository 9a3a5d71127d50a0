// Where people write: several rows, drafts, replies, edits, files, commands and completion.

import { el, fill, iconButton } from "../dom.js";
import { excerptOf } from "../log/runs.js";
import { enterSends } from "../settings/preferences.js";
import { toast } from "../parts/dialog.js";
import { draftOf, keepDraft } from "../parts/drafts.js";
import { showPicker } from "../parts/picker.js";
import { t } from "../texts.js";
import { Choices } from "./choices.js";
import { pastedFiles } from "./drop.js";
import { Uploads } from "./uploads.js";

export class Composer {
  #doing = null; // { kind: "reply" | "edit", said }
  #typed = false;
  #conversation = "";

  /** `on` has `send`, `edit`, `command`, `lastOwn`, `typing`, `choose`, `names`. */
  constructor(store, on) {
    this.store = store;
    this.on = on;
    this.field = el("textarea", { "aria-label": t("message"), rows: 1, autocomplete: "off", maxLength: 16000, enterkeyhint: "send", onkeydown: (event) => this.#key(event), oninput: () => this.#changed(), onpaste: (event) => this.#pasted(event) });
    this.choices = new Choices(store, this.field, { changed: () => this.#changed(), names: () => on.names() });
    this.uploads = new Uploads(store, () => this.#refresh());
    this.doing = el("div", { class: "doing", hidden: true });
    const picker = el("input", { type: "file", multiple: true, hidden: true, onchange: () => { this.uploads.add(picker.files); picker.value = ""; this.field.focus(); } });
    this.attach = iconButton("attach", t("attach"), () => picker.click());
    this.button = iconButton("send", t("send"), () => this.submit());
    this.element = el("div", { class: "write", hidden: true }, this.choices.element, picker,
      el("div", { class: "box" }, this.doing, this.uploads.element, this.attach, this.field,
        iconButton("react", t("emoji"), (event) => this.#emoji(event.currentTarget), { class: "emoji", "aria-haspopup": "dialog" }), this.button));
  }

  get text() { return this.field.value; }

  /** Go to a conversation: its draft comes, the other's stays there. */
  enter(conversation) {
    if (conversation === this.#conversation) return;
    this.element.hidden = false;
    this.#stop();
    this.#conversation = conversation;
    this.uploads.enter(conversation);
    this.put(draftOf(this.store.me.name, conversation));
    this.field.placeholder = t("messageTo", { where: conversation });
  }

  put(text) {
    this.field.value = text;
    this.#changed(false);
  }

  /** Put a text where the caret is. */
  insert(text) {
    const { selectionStart: from, selectionEnd: to } = this.field;
    this.field.setRangeText(from && !/\s/.test(this.text[from - 1]) ? ` ${text}` : text, from, to, "end");
    this.#changed();
    this.focus();
  }

  focus() { this.field.focus({ preventScroll: true }); }

  /** Put a text into what is typed, as a quotation. */
  quote(text) {
    const lines = text.replace(/\s+$/, "").split("\n").map((line) => `> ${line}`).join("\n");
    this.put(`${this.text && `${this.text.replace(/\s+$/, "")}\n`}${lines}\n`);
    this.focus();
    this.field.setSelectionRange(this.text.length, this.text.length);
  }

  reply(said) { this.#begin("reply", said); }

  edit(said) {
    if (this.#doing?.kind !== "edit") keepDraft(this.store.me.name, this.#conversation, this.text);
    this.#begin("edit", said);
    this.put(said.text ?? "");
    this.field.setSelectionRange(this.text.length, this.text.length);
  }

  #begin(kind, said) {
    if (this.#doing?.kind === "edit" && kind === "reply") this.#stop();
    this.#doing = { kind, said };
    const stop = iconButton("close", t(kind === "edit" ? "stopEdit" : "stopReply"), () => { this.#stop(); this.focus(); });
    const words = kind === "edit" ? t("editing") : t("replyingTo", { who: said.sender });
    fill(this.doing, el("strong", {}, words), el("span", { class: "clip soft" }, kind === "reply" ? excerptOf(said) : ""), stop);
    this.doing.hidden = false;
    this.focus();
    this.#refresh();
  }

  /** Leave a reply or an edit; an edit's text makes room for the draft again. */
  #stop() {
    const edited = this.#doing?.kind === "edit";
    this.#doing = null;
    this.doing.hidden = true;
    if (edited) this.put(draftOf(this.store.me.name, this.#conversation));
    this.#refresh();
  }

  submit() {
    const text = this.text.replace(/\s+$/, "");
    const doing = this.#doing;
    if (doing?.kind === "edit") {
      this.#stop();
      if (text && text !== doing.said.text) this.on.edit(doing.said, text);
      return;
    }
    if (!text.trim() && !this.uploads.any) return;
    const command = /^\/[^/]/.test(text) && !text.includes("\n");
    if (!command && [...text].length > this.store.me.text && !this.on.tooLong(text)) return;
    if (!command && this.uploads.error) { toast(this.uploads.error); return; }
    if (command) this.on.command(text);
    else if (!this.on.send(/^\/\//.test(text) ? text.slice(1) : text, doing?.said.seq, this.uploads.take())) return;
    if (!command) this.#stop();
    this.put("");
    this.choices.close();
    keepDraft(this.store.me.name, this.#conversation, "");
    this.#tell(false);
  }

  #key(event) {
    if (event.isComposing || this.choices.key(event)) return;
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    if (key === "Enter" && !shiftKey && !altKey && (enterSends() || ctrlKey || metaKey)) {
      event.preventDefault();
      this.submit();
    } else if (key === "Enter" && altKey) {
      event.preventDefault();
      this.field.setRangeText("\n", this.field.selectionStart, this.field.selectionEnd, "end");
      this.#changed();
    } else if (key === "ArrowUp" && (ctrlKey || metaKey)) {
      event.preventDefault();
      this.on.choose();
    } else if (key === "ArrowUp" && !this.text && !this.#doing && !shiftKey && !altKey) {
      const said = this.on.lastOwn();
      if (said) { event.preventDefault(); this.edit(said); }
    } else if (key === "Escape" && this.#doing) {
      event.preventDefault();
      event.stopPropagation();
      this.#stop();
    }
  }

  #changed(person = true) {
    this.field.style.height = "0";
    const least = matchMedia("(max-width: 719px)").matches ? 40 : 32;
    this.field.style.height = `${Math.min(240, Math.max(least, this.field.scrollHeight))}px`;
    if (this.#doing?.kind !== "edit") keepDraft(this.store.me.name, this.#conversation, this.text);
    if (person) {
      this.#tell(Boolean(this.text) && !this.text.startsWith("/"));
      this.choices.look();
    }
    this.#refresh();
  }

  #tell(on) {
    if (on || this.#typed) this.on.typing(this.#conversation, on);
    this.#typed = on;
  }

  #emoji(anchor) {
    showPicker(anchor, (emoji) => {
      this.field.setRangeText(emoji, this.field.selectionStart, this.field.selectionEnd, "end");
      this.#changed();
      this.focus();
    }, { title: t("emoji") });
  }

  #refresh() {
    this.button.classList.toggle("ready", Boolean(this.text.trim()) || this.uploads.any);
    this.attach.hidden = !this.store.me.max_file || this.store.me.guest;
  }

  #pasted(event) {
    const files = pastedFiles(event.clipboardData);
    if (!files.length) return;
    event.preventDefault();
    this.uploads.add(files);
  }
}
