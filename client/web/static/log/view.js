// The log on the page: a window of its rows as elements, which moves with the scrolling and never jumps.

import { el } from "../dom.js";
import { t } from "../texts.js";
import { dated, rowElement } from "./message.js";
import { arrange, same } from "./rows.js";

const MOST = 300; // rows that are elements at once
const FIRST = 30; // rows that are painted first when a conversation is entered at its end
const STEP = 100; // rows kept before the first visible one when the window moves
const NEAR = 2; // pixels from the end that still count as the end

export class LogView {
  #rows = [];
  #from = 0;
  #to = 0;
  #shown = new Map(); // by key: { row, element }
  #atEnd = true;
  #top = 0; // where it was scrolled to when it was looked at last
  #live = 0;
  #due = false; // a change waits for the next frame
  #fresh = false;
  #first = 0; // the rest of the rows is still to come

  /** `on` has what the buttons do, and `on.older`, `on.newer`, `on.gap`, `on.moved`. */
  constructor(store, on) {
    this.store = store;
    this.on = on;
    this.inside = el("div", { class: "rows", onpointerover: dated });
    this.element = el("div", { class: "log", role: "log", tabIndex: 0, "aria-live": "off", onscroll: () => this.#scrolled() }, this.inside);
    new ResizeObserver(() => this.#keepEnd()).observe(this.element);
  }

  get atEnd() { return this.#atEnd && this.#to === this.#rows.length && !this.#log.hasNewer; }
  get #log() { return this.store.log(this.store.current); }

  /** Show the current conversation from the beginning: at a message, at the marker, or at the end. */
  show(seq) {
    this.#due = this.#fresh = false;
    this.inside.replaceChildren();
    this.#shown.clear();
    this.element.setAttribute("aria-label", t("log", { where: this.store.current }));
    this.#arrange();
    const marker = this.#rows.findIndex((row) => row.kind === "new");
    const wanted = seq ? this.#indexOf(seq) : marker;
    this.#atEnd = wanted < 0;
    clearTimeout(this.#first);
    this.#first = 0;
    if (wanted < 0) this.#showEnd();
    else {
      this.#place(wanted);
      this.#bring(this.#rows[wanted].key, seq ? 0.35 : 0.2);
    }
    this.#look();
  }

  /** Show the last rows, and the others when those are painted. */
  #showEnd() {
    this.#place(this.#rows.length, FIRST);
    this.element.scrollTop = this.element.scrollHeight;
    if (this.#from) this.#first = setTimeout(() => requestAnimationFrame(() => { this.#first &&= setTimeout(() => { this.#first = 0; this.update(); }); }));
  }

  /** Show what changed with the next frame: many changes at once are drawn once. */
  later(fresh = false) {
    this.#fresh ||= fresh;
    if (this.#due) return;
    this.#due = true;
    const draw = () => { if (this.#due) this.update(); };
    if (document.visibilityState === "visible") requestAnimationFrame(draw);
    else setTimeout(draw, 200);
  }

  /** Show what changed. If messages have just come, a screen reader may say them. */
  update() {
    const fresh = this.#fresh;
    this.#due = this.#fresh = false;
    clearTimeout(this.#first);
    this.#first = 0;
    const anchor = this.#anchor();
    this.#follow(); // the event of a scrolling may still be to come
    const atEnd = this.#atEnd && this.#to >= this.#rows.length;
    this.#arrange();
    this.#speak(fresh);
    if (atEnd) {
      this.#place(this.#rows.length);
      this.element.scrollTop = this.element.scrollHeight;
    } else {
      const at = anchor ? this.#rows.findIndex((row) => row.key === anchor.key) : -1;
      this.#place(at < 0 ? Math.min(this.#from + STEP, this.#rows.length) : at);
      this.#restore(anchor);
    }
    this.#look();
  }

  toEnd() {
    this.#place(this.#rows.length);
    this.element.scrollTop = this.element.scrollHeight;
    this.#atEnd = true;
    this.#look();
  }

  /** Bring a message into sight and let it stand out. Return whether it is here. */
  jump(seq) {
    if (this.#due) this.update();
    const at = this.#indexOf(seq);
    if (at < 0 || this.#rows[at].said?.seq !== seq) return false;
    this.#atEnd = false;
    this.#place(at);
    this.#bring(this.#rows[at].key, 0.35);
    const { element } = this.#shown.get(this.#rows[at].key);
    element.classList.remove("jumped");
    void element.offsetWidth;
    element.classList.add("jumped");
    element.focus({ preventScroll: true });
    return true;
  }

  /** Move the chosen message by so many; with nothing chosen, begin at the last one that can be seen. */
  choose(step) {
    const articles = [...this.inside.querySelectorAll("article[data-seq]")];
    const now = articles.indexOf(document.activeElement.closest?.("article"));
    const bottom = this.element.getBoundingClientRect().bottom;
    const begin = articles.findLastIndex((one) => one.getBoundingClientRect().top < bottom - 8);
    const next = articles[Math.max(0, Math.min(articles.length - 1, now < 0 ? begin : now + step))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  /** The last message whose beginning can be seen; 0 if there is none. */
  get seen() {
    const bottom = this.element.getBoundingClientRect().bottom;
    for (let at = this.#to - 1; at >= this.#from; at -= 1) {
      const row = this.#rows[at];
      if (row.kind === "message" && this.#shown.get(row.key).element.getBoundingClientRect().top < bottom - 4) return row.said.seq;
    }
    return 0;
  }

  #arrange() {
    const { current, outbox } = this.store;
    const pending = [...outbox.values()].filter((one) => one.to === current);
    this.#rows = arrange(this.#log, this.#log.hasNewer ? [] : pending);
    if (this.store.away && !this.#log.ready) this.#rows.splice(0, 1, { kind: "away", key: "away", version: 0 });
  }

  #indexOf(seq) {
    const exact = this.#rows.findIndex((row) => row.kind === "message" && row.said.seq >= seq);
    return exact;
  }

  /** Make the rows around one of them elements; all others are none. */
  #place(centre, most = MOST) {
    const count = this.#rows.length;
    this.#to = Math.min(count, Math.max(centre + MOST - STEP, MOST));
    this.#from = Math.max(0, Math.min(this.#to - MOST, Math.max(0, centre - STEP)));
    if (this.#to === count) this.#from = Math.max(0, count - most);
    const wanted = this.#rows.slice(this.#from, this.#to);
    const keys = new Set(wanted.map((row) => row.key));
    for (const [key, { element }] of this.#shown) {
      if (!keys.has(key)) { element.remove(); this.#shown.delete(key); }
    }
    let next = this.inside.firstChild;
    for (const row of wanted) {
      const known = this.#shown.get(row.key);
      const element = known && same(known.row, row) ? known.element : this.#make(row);
      if (known && known.element !== element) {
        const focused = known.element.contains(document.activeElement);
        if (next === known.element) next = next.nextSibling;
        known.element.replaceWith(element);
        if (focused) element.focus({ preventScroll: true });
      } else if (element === next) {
        next = next.nextSibling;
      } else {
        this.inside.insertBefore(element, next);
      }
      this.#shown.set(row.key, { row, element });
    }
  }

  #make(row) {
    return rowElement(row, { conversation: this.store.current, me: this.store.me, on: this.on });
  }

  /** The first message that can be seen whole, else in part, and how far it is from the top. */
  #anchor() {
    const top = this.element.getBoundingClientRect().top;
    let part = null;
    for (const [key, { row, element }] of this.#sorted()) {
      if (row.kind !== "message") continue;
      const box = element.getBoundingClientRect();
      if (box.top >= top) return part && box.top > top + this.element.clientHeight ? part : { key, offset: box.top - top };
      if (box.bottom > top) part = { key, offset: box.top - top };
    }
    return part;
  }

  #sorted() { return this.#rows.slice(this.#from, this.#to).filter((row) => this.#shown.has(row.key)).map((row) => [row.key, this.#shown.get(row.key)]); }

  #restore(anchor) {
    const known = anchor && this.#shown.get(anchor.key);
    if (!known) return;
    const moved = known.element.getBoundingClientRect().top - this.element.getBoundingClientRect().top - anchor.offset;
    if (Math.abs(moved) >= 1) this.element.scrollTop += moved;
  }

  #bring(key, share) {
    const { element } = this.#shown.get(key);
    const top = element.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
    this.element.scrollTop += top - this.element.clientHeight * share;
    this.#look();
  }

  #speak(fresh) {
    this.element.setAttribute("aria-live", fresh ? "polite" : "off");
    clearTimeout(this.#live);
    if (fresh) this.#live = setTimeout(() => this.element.setAttribute("aria-live", "off"), 1000);
  }

  /** See whether the end was reached, or left by scrolling. It is not left if the log has become smaller, as with a keyboard. */
  #follow() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    const most = scrollHeight - clientHeight;
    if (most - scrollTop <= NEAR) this.#atEnd = true;
    else if (scrollTop < Math.min(this.#top, most) - NEAR) this.#atEnd = false;
    this.#top = scrollTop;
  }

  #keepEnd() {
    if (this.#atEnd) this.element.scrollTop = this.element.scrollHeight;
  }

  #scrolled() {
    this.#look();
    if (this.#first) return;
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    const below = scrollHeight - scrollTop - clientHeight;
    const moves = (scrollTop < clientHeight && this.#from > 0) || (below < clientHeight && this.#to < this.#rows.length);
    if (!moves) return;
    const anchor = this.#anchor();
    if (!anchor) return;
    this.#speak(false);
    this.#place(this.#rows.findIndex((row) => row.key === anchor.key));
    this.#restore(anchor);
  }

  /** See where the person is, and ask for what they are about to reach. */
  #look() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    const below = scrollHeight - scrollTop - clientHeight;
    this.#follow();
    const log = this.#log;
    if (log.ready && scrollTop < clientHeight * 1.5 && this.#from === 0 && log.hasOlder) this.on.older();
    if (log.ready && below < clientHeight * 1.5 && this.#to === this.#rows.length && log.hasNewer) this.on.newer();
    this.on.moved();
  }
}
