// The page while the gateway does not answer: who was here, where something waits, and why nothing comes.

import { forgetPerson, keepPerson, onLeaving, personHere, placesOf } from "../parts/drafts.js";
import { t } from "../texts.js";

export class Away {
  #welcomed = false;

  constructor(chat) {
    this.chat = chat;
    const { signal } = chat.over;
    this.known = personHere();
    for (const kind of ["online", "offline"]) addEventListener(kind, () => chat.trouble(), { signal });
    addEventListener("pagehide", () => this.#keep(), { signal });
    onLeaving(() => chat.end("", true), signal);
    if (this.known) this.#begin(this.known);
  }

  /** Show who was here while the gateway is asked. */
  #begin({ name, title, guest, text }) {
    const { store, side, outbox } = this.chat;
    store.me = { ...store.me, name, title, guest, text: text ?? store.me.text };
    side.title.textContent = title || "Chat";
    side.draw();
    outbox.restore();
  }

  /** Nothing answers: show the conversations in which something waits, and where the person was. */
  show() {
    const { store, going, side } = this.chat;
    if (this.#welcomed || !this.known || store.conversations.size) return;
    for (const name of [this.known.last, ...placesOf(this.known.name)]) if (name) store.conversations.set(name, { name });
    store.away = true;
    side.draw();
    going.begin();
  }

  /** The gateway has answered. Return whether it is somebody else: then the page begins anew. */
  welcomed(said) {
    const other = !this.#welcomed && this.known && this.known.name !== said.name;
    this.#welcomed = true;
    this.chat.store.away = false;
    this.#keep(said);
    if (!other) return false;
    this.chat.over.abort();
    this.chat.connection.end();
    this.chat.store.outbox.clear(); // what waits is not theirs
    location.reload();
    return true;
  }

  #keep(said = this.chat.store.me) {
    if (this.#welcomed && said.name) keepPerson(said, this.chat.store.current || this.known?.last);
  }

  /** Why nothing comes. */
  get words() { return navigator.onLine ? t("trying") : t("offlineNow"); }

  end() {
    this.#welcomed = false;
    forgetPerson();
  }
}
