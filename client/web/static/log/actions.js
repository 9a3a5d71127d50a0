// What a person can do with one message: by its buttons, its menu, and keys while it is chosen.

import { moderationActions, personIn } from "../frame/moderation.js";
import { ask, toast } from "../parts/dialog.js";
import { copyText, linkTo } from "../parts/links.js";
import { showMenu } from "../parts/menu.js";
import { showPicker } from "../parts/picker.js";
import { t } from "../texts.js";
import { showDetails } from "./details.js";
import { receiptNames } from "./message.js";
import { textOf } from "./runs.js";

export class Actions {
  /** `request(type, fields)` asks the gateway and shows a refusal; `on` has `thread`, `jump`, `choose`, `composer()`, `chat`. */
  constructor(store, request, on) {
    this.store = store;
    this.request = request;
    this.on = on;
  }

  #about(said) { return { conversation: this.store.current, seq: said.seq }; }

  react(said, anchor) {
    showPicker(anchor, (reaction) => this.toggle(said, reaction, true), { words: true });
  }

  toggle(said, reaction, on) { this.request("react", { ...this.#about(said), reaction, on }); }

  reply(said) { this.on.composer().reply(said); }

  edit(said) { this.on.composer().edit(said); }

  pin(said) { this.request("pin", { ...this.#about(said), on: !said.pinned }); }

  /** Show the thread that a message belongs to, from the first message that is known. */
  thread(said) {
    const { messages } = this.store.log(this.store.current);
    let { seq } = said;
    for (let at = said; at?.reply; at = messages.get(seq)) seq = at.reply.seq;
    this.on.thread({ seq });
  }

  async delete(said) {
    const sure = await ask({ title: t("deleteAsk"), hint: t("deleteHint"), quote: textOf(said).slice(0, 300), yes: t("delete"), danger: true });
    if (sure) this.request("delete", this.#about(said));
  }

  async copy(said) { await copyText(textOf(said)); }

  details(said) { return showDetails(said, this.store.current, this.store.log(this.store.current).sent.get(said.seq)); }

  async copyLink(said) {
    await copyText(linkTo(this.store.current, said.seq));
  }

  whoHas(said) {
    const sent = this.store.log(this.store.current).sent.get(said.seq);
    if (sent) toast(receiptNames(sent).join(" · "));
  }

  /** Whether the person may still change it. */
  canEdit(said) {
    const { edit_for: seconds } = this.store.me;
    return said.own && !said.deleted && Boolean(said.text) && (seconds === undefined || seconds === null || Date.now() - said.at < seconds * 1000);
  }

  canDelete(said) {
    return !said.deleted && (said.own || this.store.role(this.store.current) !== "member");
  }

  more(said, anchor) {
    const sent = this.store.log(this.store.current).sent.get(said.seq);
    showMenu(anchor, [
      this.canEdit(said) && { text: t("edit"), key: "e", act: () => this.edit(said) },
      { text: t("openThread"), key: "t", act: () => this.thread(said) },
      { text: t(said.pinned ? "unpin" : "pin"), key: "p", act: () => this.pin(said) },
      { text: t("copy"), key: "c", act: () => this.copy(said) },
      { text: t("copyLink"), act: () => this.copyLink(said) },
      { text: t("aboutThem", { who: said.sender }), key: "a", act: () => this.on.about(anchor, said.sender) },
      !said.deleted && { text: t("quote"), act: () => this.on.composer().quote(textOf(said)) },
      { text: t("choose"), key: "Space", act: () => this.on.choose(said) },
      { text: t("details"), key: "i", act: () => this.details(said) },
      sent && { text: t("whoHas"), key: "w", act: () => this.whoHas(said) },
      this.canDelete(said) && { text: t("delete"), key: "d", danger: true, act: () => this.delete(said) },
      ...moderationActions(personIn(this.store, said.sender), this.on.chat),
    ]);
  }

  /** Take a key on a chosen message. Return whether it was taken. */
  key(event, said, element) {
    if (event.ctrlKey || event.altKey || event.metaKey || !said) return false;
    const button = (at) => element.querySelectorAll(".tools button")[at];
    const acts = {
      c: () => this.copy(said), i: () => this.details(said), t: () => this.thread(said), w: () => this.whoHas(said), g: () => said.reply && this.on.jump(said.reply.seq),
      a: () => this.on.about(element, said.sender),
      ...(said.deleted ? {} : { r: () => this.reply(said), "+": () => this.react(said, button(0)), p: () => this.pin(said) }),
      ...(this.canEdit(said) ? { e: () => this.edit(said) } : {}),
      ...(this.canDelete(said) ? { d: () => this.delete(said) } : {}),
    };
    const act = acts[event.key];
    if (!act) return false;
    event.preventDefault();
    act();
    return true;
  }
}
