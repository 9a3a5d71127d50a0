// What can be completed at the caret: commands, names, rooms and emoji, in a list above the composer.

import { el, fill } from "../dom.js";
import { findEmoji, inTone, loadEmoji, tone } from "../parts/emoji.js";
import { t } from "../texts.js";

const MOST = 8;

export class Choices {
  #found = [];
  #at = 0;
  #from = 0;
  #asked = false; // whether the table of all emoji was asked for

  #named = ""; // the conversation whose members were asked for

  /** `on` has `changed()` and `names()`, which promises that the members are known. */
  constructor(store, field, on) {
    this.store = store;
    this.field = field;
    this.on = on;
    this.element = el("div", { class: "choices", role: "listbox", id: "choices", "aria-label": t("choices"), hidden: true });
    field.setAttribute("aria-controls", "choices");
    field.setAttribute("aria-autocomplete", "list");
    field.addEventListener("blur", () => setTimeout(() => this.#show([]), 150));
  }

  /** See what the word before the caret begins. */
  look() {
    const { value, selectionStart } = this.field;
    const before = value.slice(0, selectionStart);
    const command = /^\/(\w*)$/.exec(before);
    const word = command ? null : /(?:^|\s)([@#:])([^\s@#:]*)$/u.exec(before);
    this.#from = command ? 0 : word ? selectionStart - word[2].length - 1 : 0;
    if (command && !value.includes("\n")) this.#show(this.#commands(command[1]));
    else if (word) this.#show(this.#words(word[1], word[2].toLowerCase()));
    else this.#show([]);
  }

  close() { this.#show([]); }

  /** Take a key while the list is open. Return whether it was taken. */
  key(event) {
    if (!this.#found.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#mark((this.#at + step + this.#found.length) % this.#found.length);
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !this.#whole)) this.#take(this.#found[this.#at]);
    else if (event.key === "Escape") this.#show([]);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Whether what is chosen is already typed: then Enter sends. */
  get #whole() {
    return this.field.value.slice(this.#from, this.field.selectionStart) === this.#found[this.#at].text.trimEnd();
  }

  #commands(begun) {
    return this.store.me.commands.filter(({ name }) => name.replace(/^\//, "").startsWith(begun.toLowerCase())).slice(0, MOST)
      .map(({ name, usage, help }) => ({ text: `/${name.replace(/^\//, "")} `, shown: usage || name, hint: help }));
  }

  #words(sign, begun) {
    if (sign === ":") return begun.length < 2 ? [] : this.#emoji(begun);
    const fits = (name) => name.toLowerCase().startsWith(begun);
    if (sign === "#") return [...this.store.conversations.keys()].filter((name) => name.startsWith("#") && fits(name.slice(1))).slice(0, MOST).map((name) => ({ text: `${name} `, shown: name }));
    this.#learn();
    return this.#people().filter(fits).slice(0, MOST).map((name) => ({ text: `@${name} `, shown: `@${name}` }));
  }

  /** Ask for the names of a conversation when the first one is begun. */
  #learn() {
    const { current } = this.store;
    if (this.#named === current) return;
    this.#named = current;
    this.on.names().then(() => { if (document.activeElement === this.field && this.store.current === current) this.look(); });
  }

  #emoji(begun) {
    if (!this.#asked) loadEmoji().then(() => { if (!this.element.hidden) this.look(); }).catch(() => {});
    this.#asked = true;
    return findEmoji(begun, MOST).map((one) => ({ text: `${inTone(one, tone())} `, shown: `${one.emoji} :${one.codes[0]}:`, hint: one.label }));
  }

  /** Names that make sense here: members, who spoke last first, then the people one has conversations with. */
  #people() {
    const { current, members, conversations, me } = this.store;
    const spoke = [...this.store.log(current).messages.values()].sort((one, other) => other.seq - one.seq).map((said) => said.sender);
    const known = (members.get(current)?.members ?? []).map((one) => one.name);
    const direct = [...conversations.keys()].filter((name) => name.startsWith("@")).map((name) => name.slice(1));
    return [...new Set([...spoke, ...known, ...direct])].filter((name) => name !== me.name);
  }

  #show(found) {
    this.#found = found;
    this.element.hidden = !found.length;
    fill(this.element, found.map((one, at) => el("button", { type: "button", role: "option", id: `choice-${at}`, tabIndex: -1, onmousedown: (event) => { event.preventDefault(); this.#take(one); } },
      el("span", {}, one.shown), one.hint ? el("small", {}, one.hint) : null)));
    if (found.length) this.#mark(0);
    else this.field.removeAttribute("aria-activedescendant");
  }

  #mark(at) {
    this.#at = at;
    [...this.element.children].forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
    this.element.children[at].scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", `choice-${at}`);
  }

  #take({ text }) {
    this.field.setRangeText(text, this.#from, this.field.selectionStart, "end");
    this.#show([]);
    this.field.focus();
    this.on.changed();
    this.#show([]);
  }
}
