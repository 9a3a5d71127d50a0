// The members of a room, with their roles and whether they are here.

import { el, fill, hue, iconButton } from "../dom.js";
import { moderationActions, personIn } from "../frame/moderation.js";
import { face } from "../log/message.js";
import { showMenu } from "../parts/menu.js";
import { memberWords, t } from "../texts.js";

const MANY = 12;

/** Show the members of the current room, and follow them. Return what ends that. */
export function showMembers(panel) {
  const { store } = panel;
  const field = el("input", { class: "field", type: "search", "aria-label": t("filterNames"), placeholder: t("filterNames"), autocomplete: "off", oninput: () => draw() });
  const form = el("form", { hidden: true, onsubmit: (event) => event.preventDefault() }, field);
  const list = el("ul"), rest = el("p", { class: "nothing soft", hidden: true });
  const draw = () => {
    const known = store.members.get(store.current);
    if (!known) return;
    const { members, more, online } = known, wanted = field.value.trim().toLowerCase();
    panel.title.textContent = [memberWords(more ? `${members.length}+` : members.length), online && t("onlineCount", { n: online })].filter(Boolean).join(", ");
    form.hidden = members.length < MANY && !more;
    const focused = list.contains(document.activeElement) ? [document.activeElement.dataset.name, document.activeElement.className] : null;
    const shown = members.filter(({ name }) => name.toLowerCase().includes(wanted));
    fill(list, shown.map((one) => memberRow(panel, one)));
    if (focused) [...list.querySelectorAll("button")].find((one) => one.dataset.name === focused[0] && one.className === focused[1])?.focus({ preventScroll: true });
    rest.hidden = shown.length > 0 && !more;
    rest.textContent = shown.length ? t("membersMore") : t("nothingFound");
  };
  panel.title.textContent = t("members");
  fill(panel.inside, form, list, rest);
  const came = (event) => { if (event.detail === store.current) draw(); };
  store.addEventListener("members", came);
  draw();
  const still = panel.stays();
  panel.ask("members", { conversation: store.current }).catch((refused) => { if (still()) panel.refused(refused); });
  return () => {
    store.removeEventListener("members", came);
    panel.ask("members").catch(() => {});
  };
}

function memberRow(panel, one) {
  const { store, on } = panel, self = one.name === store.me.name;
  const state = one.away !== undefined && one.away !== null ? "away" : one.online ? "online" : "offline";
  const notes = [one.role && one.role !== "member" ? t(one.role) : "", one.bot ? t("bot") : "", one.guest ? t("guest") : "", self ? t("you") : ""].filter(Boolean);
  const acts = moderationActions(personIn(store, one.name), on.chat);
  return el("li", { class: "member" },
    el("button", { type: "button", class: `person ${hue(one.name)}`, "data-name": one.name, title: one.away ?? "", disabled: self, onclick: () => on.enter(`@${one.name}`) },
      face(one.name, true), el("bdi", { class: "clip" }, one.name), notes.length ? el("small", { class: "soft" }, notes.join(", ")) : null,
      el("span", { class: `dot ${state}`, "aria-hidden": "true" }), el("span", { class: "said" }, t(state))),
    acts.length ? iconButton("more", t("moreAbout", { who: one.name }), (event) => showMenu(event.currentTarget, acts), { "data-name": one.name, "aria-haspopup": "menu" }) : null);
}
