// Keys that work everywhere on the page, keys on a chosen message, and the list of them.

import { el } from "../dom.js";
import { ask } from "../parts/dialog.js";
import { t } from "../texts.js";

const LIST = [["Enter", "keyEnter"], ["Shift+Enter", "keyBreak"], ["↑", "keyUp"], ["Ctrl+↑", "keySelect"], ["r + e d p t c w i a", "keyIn"], ["Space", "keyChoose"],
  ["Alt+↑  Alt+↓", "keyMove"], ["Alt+A", "keyActive"], ["Ctrl+K", "keySwitch"], ["Ctrl+Shift+F", "keySearch"], ["Esc", "keyEsc"], ["/", "keySlash"]];

export class Keys {
  constructor(chat) {
    this.chat = chat;
    chat.keys = this;
    document.addEventListener("keydown", (event) => { if (!document.querySelector("dialog[open]")) this.#key(event); }, { signal: chat.over.signal });
  }

  show() {
    return ask({ title: t("keys"), yes: "", content: el("dl", {}, LIST.flatMap(([key, text]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(text))])) });
  }

  #key(event) {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    const { chat } = this;
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    let taken = true;
    if (altKey && !ctrlKey && step) this.#walk(step);
    else if (altKey && !ctrlKey && event.code === "KeyA") this.#active();
    else if ((ctrlKey || metaKey) && !shiftKey && key.toLowerCase() === "k") chat.join();
    else if ((ctrlKey || metaKey) && shiftKey && key.toLowerCase() === "f") chat.panel.open("search");
    else taken = false;
    if (taken) event.preventDefault();
    else this.#inLog(event, step);
  }

  #inLog(event, step) {
    const { chat } = this;
    const inLog = chat.log.element.contains(event.target);
    const article = event.target.closest?.("article[data-seq]");
    if (event.key === "Escape") {
      if (inLog) chat.composer.focus();
      else chat.panel.close();
    } else if (inLog && event.target.tagName !== "INPUT" && step && !event.altKey) {
      event.preventDefault();
      chat.log.choose(step);
    } else if ([document.body, chat.log.element].includes(event.target) && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      chat.composer.focus(); // who types without a place for it means the box
    } else if (article === event.target && article) {
      const said = chat.store.log(chat.store.current).messages.get(Number(article.dataset.seq));
      chat.actions.key(event, said, article);
    }
  }

  /** Go through the conversations in the order of the list. */
  #walk(step) {
    const names = this.chat.store.sorted.map((one) => one.name);
    const at = names.indexOf(this.chat.store.current);
    this.chat.going.enter(names[at < 0 ? 0 : (at + step + names.length) % names.length]);
  }

  #active() {
    const next = this.chat.store.sorted.find((one) => one.name !== this.chat.store.current && (one.rank ?? 2) < 2);
    if (next) this.chat.going.enter(next.name);
  }
}
