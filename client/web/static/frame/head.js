// The line above the log: where one is, what it is about, and what can be opened beside it.

import { el, fill, icon, iconButton } from "../dom.js";
import { bellSign } from "../settings/levels.js";
import { t } from "../texts.js";

export class Head {
  /** `on` has `back()`, `topic()`, `panel(kind, button)`, `levels(button)`. */
  constructor(store, on) {
    this.store = store;
    this.title = el("h1", {});
    this.topic = el("button", { type: "button", class: "topic clip", onclick: on.topic });
    this.buttons = Object.fromEntries([["search", "search"], ["pins", "pin"], ["members", "members"]].map(([kind, sign]) =>
      [kind, iconButton(sign, t(kind), () => on.panel(kind), { "aria-pressed": "false" })]));
    this.levels = iconButton("bell", t("notices"), (event) => on.levels(event.currentTarget), { "aria-haspopup": "menu" });
    this.element = el("header", { class: "head" }, iconButton("back", t("backToList"), on.back, { class: "back" }),
      el("div", { class: "titles" }, this.title, this.topic), this.levels, Object.values(this.buttons));
  }

  draw(open) {
    const { current, conversations } = this.store;
    const known = conversations.get(current);
    const room = current.startsWith("#");
    this.title.textContent = current;
    this.topic.textContent = known?.topic || (room ? t("noTopic") : t("direct"));
    this.topic.title = known?.topic || (room ? t("aboutRoom") : "");
    this.topic.disabled = !room;
    const sign = bellSign(known?.level);
    if (this.levels.dataset.sign !== sign) fill(this.levels, icon(sign)).dataset.sign = sign;
    this.buttons.members.hidden = !room;
    for (const [kind, button] of Object.entries(this.buttons)) button.setAttribute("aria-pressed", String(kind === open));
  }
}
