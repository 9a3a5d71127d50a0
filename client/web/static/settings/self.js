// The menu of the person's own name: whether they are here, what they set, and their devices.

import { ask } from "../parts/dialog.js";
import { showCard } from "../parts/card.js";
import { showMenu } from "../parts/menu.js";
import { t } from "../texts.js";

/** Show the menu. */
export function showSelf(chat, anchor) {
  const { me } = chat.store;
  const open = (kind) => chat.panel.open(kind);
  const { away } = me;
  showMenu(anchor, [
    away === null ? { text: t("beAway"), act: () => goAway(chat) } : { text: t("beBack"), act: () => setAway(chat, null) },
    away !== null && { text: t("otherReason"), act: () => goAway(chat) },
    { text: t("aboutMe"), act: () => showCard(chat, anchor, me.name) },
    { text: t("settings"), act: () => open("settings") },
    { text: t("sessions"), act: () => open("sessions") },
    !me.guest && { text: t("linkDevice"), act: () => open("link") },
    { text: t("signOut"), act: () => chat.signOut() },
  ], t("meMenu"));
}

async function goAway(chat) {
  const answer = await ask({ title: t("beAway"), hint: t("awayHint"), prompts: [t("reason")], values: [chat.store.me.away ?? ""], yes: t("beAwayDo") });
  if (answer) setAway(chat, answer[0].trim());
}

async function setAway(chat, reason) {
  const { store } = chat;
  if (!await chat.request("set-away", reason === null ? {} : { reason })) return;
  store.me.away = reason;
  chat.side.draw();
}
