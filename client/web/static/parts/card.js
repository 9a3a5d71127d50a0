// The card of a person: who they are, and what can be done with them.

import { el, fill, hue } from "../dom.js";
import { moderationActions, personIn } from "../frame/moderation.js";
import { face } from "../log/message.js";
import { shortMoment, t } from "../texts.js";
import { ask, toast } from "./dialog.js";
import { closePopped, place, pop } from "./menu.js";

/**
 * What a card offers, in order. Each entry takes `(person, chat)` and returns `{ text, act, danger }`, a list of such, or
 * null if it does not fit. It is called when the card opens, and again when the profile or the members come.
 *
 * `person` has `name`; `self`, whether it is the reader; `room`, the room that is open, or ""; `member`, their entry among
 * its members, if these are known; `role`, the reader's own there; and `profile`, the document `person`, null until it is here.
 * `chat.request(type, fields)` and `chat.command(line)` do it, and show a refusal.
 */
const cardActions = [
  ({ self, name }, chat) => !self && { text: t("writeTo"), act: () => chat.going.enter(`@${name}`) },
  ({ self, name, room }, chat) => !self && room && { text: t("mention"), act: () => chat.composer.insert(`@${name} `) },
  ({ self, name, profile }, chat) => !self && profile && (profile.ignored
    ? { text: t("unignore"), act: () => chat.command(`/unignore ${name}`) }
    : { text: t("ignore"), danger: true, act: async () => { if (await ask({ title: t("ignoreAsk", { who: name }), yes: t("ignore"), danger: true })) chat.command(`/ignore ${name}`); } }),
  moderationActions,
];

/** Open a card where somebody clicks a face or a name in the log. With keys: `a` on a message, or its menu. */
export function openCards(chat) {
  chat.log.element.addEventListener("click", (event) => {
    const clicked = event.target.closest(".face, .who");
    const article = clicked?.closest("article[data-seq]");
    const said = article && chat.store.log(chat.store.current).messages.get(Number(article.dataset.seq));
    if (said) showCard(chat, clicked, said.sender);
  });
}

/** Show the card of a person beside an anchor. */
export async function showCard(chat, anchor, name) {
  const { store } = chat;
  const card = el("div", { class: `menu card ${hue(name)}`, role: "dialog", tabIndex: -1, "aria-label": t("aboutThem", { who: name }) });
  let profile = null;
  const draw = () => {
    const focused = [...card.querySelectorAll("button")].indexOf(document.activeElement);
    const person = { ...personIn(store, name), profile };
    const acts = cardActions.flatMap((one) => one(person, chat) || []).filter(Boolean);
    fill(card, el("div", { class: "top" }, face(name), el("div", {}, el("bdi", { class: "who" }, name), el("p", { class: "soft" }, notesOf(person).join(", ")))),
      facts(person),
      acts.length ? el("div", { class: "acts" }, acts.map(({ text, act, danger }) => el("button", { type: "button", class: danger ? "plain bad" : "plain", onclick: () => { closePopped(); act(); } }, text))) : null);
    if (focused >= 0) card.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
  };
  draw();
  pop(anchor, card, card);
  try {
    profile = await chat.connection.ask("who", { name });
  } catch (refused) {
    if (card.isConnected && refused.message) toast(refused.message);
  }
  if (!card.isConnected) return;
  draw();
  place(anchor, card);
}

function notesOf({ self, member, profile }) {
  const roles = profile?.roles?.map((role) => t(role)) ?? [];
  return [self && t("you"), ...roles, member?.role && member.role !== "member" && t(member.role), profile?.bot && t("bot"), profile?.guest && t("guest"), profile?.banned && t("isBanned")].filter(Boolean);
}

function facts({ profile }) {
  if (!profile) return el("p", { class: "soft" }, t("wait"));
  const { user_id: id = 0, fingerprints = [], addresses = [], since = 0 } = profile;
  const lines = [presence(profile), id && t("userId", { n: id }), since && t("keySince", { when: shortMoment(since) }), profile.ignored && t("ignoredNow"), ...addresses];
  return el("div", { class: "facts" }, lines.filter(Boolean).map((line) => el("p", {}, line)),
    fingerprints.length ? fingerprints.map((key) => el("p", { class: "soft key" }, t("keyOf", { key }))) : el("p", { class: "soft" }, t("noKey")));
}

/** Whether somebody is here, in words. */
function presence({ online = false, away, seen = 0, idle = 0 }) {
  if (away !== undefined && away !== null) return away ? t("awayWhy", { why: away }) : t("away");
  if (!online) return seen ? t("lastHere", { when: shortMoment(seen) }) : t("offline");
  return idle >= 60 ? t("hereIdle", { n: Math.floor(idle / 60) }) : t("hereNow");
}
