// One room: its whole topic, its rules, who is banned, a link to it, and the way out.

import { el, fill } from "../dom.js";
import { ask } from "../parts/dialog.js";
import { copyText, linkTo } from "../parts/links.js";
import { LOBBY } from "../store.js";
import { memberWords, shortMoment, t } from "../texts.js";

/** Show what there is to know of the current room, and what the person may do about it. */
export function showRoom(panel) {
  const { store, on } = panel, room = store.current;
  const draw = () => {
    const about = store.rooms.get(room);
    if (!about || store.current !== room) return;
    const { topic = "", members, role = "member", private: hidden = false, topic_locked: locked = false } = about;
    const mayTopic = !locked || role !== "member";
    const facts = [
      [t("topic"), el("span", { class: "whole", dir: "auto" }, topic || t("noTopic"), " ", mayTopic && el("button", { type: "button", class: "link", onclick: () => setTopic(on.chat) }, t("change")))],
      [t("members"), el("button", { type: "button", class: "link", onclick: () => panel.open("members") }, memberWords(members))],
      [t("access"), t(hidden ? "roomPrivate" : "roomOpen")], [t("topicBy"), t(locked ? "topicLocked" : "topicOpen")], [t("yourRole"), t(role)],
    ];
    fill(panel.inside, el("dl", { class: "facts" }, facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
      role === "operator" ? el("p", { class: "nothing soft" }, t("rulesInTerminal")) : null,
      el("div", { class: "acts" }, el("button", { type: "button", class: "plain", onclick: () => copyText(linkTo(room)) }, t("copyRoomLink")),
        room === LOBBY ? null : el("button", { type: "button", class: "plain bad", onclick: () => leave(on.chat, room, about) }, t("leaveRoom"))),
      role === "member" || room === LOBBY ? null : bans);
  };
  const bans = el("section", { "aria-label": t("banned") });
  panel.title.textContent = room;
  const still = panel.stays(), came = (event) => { if (event.detail === room) draw(); };
  store.addEventListener("room", came);
  panel.ask("room", { conversation: room }).then(() => { if (store.role(room) !== "member" && room !== LOBBY) listBans(panel, room, bans); }, (refused) => { if (still()) panel.refused(refused); });
  return () => store.removeEventListener("room", came);
}

async function listBans(panel, room, section) {
  const said = await panel.ask("bans", { conversation: room }).catch(() => null);
  if (!said) return;
  fill(section, el("h2", {}, t("banned")), said.bans.length ? el("ul", {}, said.bans.map((one) => banRow(room, one))) : el("p", { class: "nothing soft" }, t("nobodyBanned")),
    said.more ? el("p", { class: "nothing soft" }, t("andMoreBans")) : null);
}

/** A ban. No gateway may end one, so its line for a terminal is what is offered. */
function banRow(room, { name, key, address, by, until = 0, reason = "" }) {
  const whom = name ?? key ?? address, line = `/unban ${room} ${whom}`;
  return el("li", { class: "hit" }, el("div", { class: "top" }, el("bdi", { class: "who clip" }, whom)),
    el("p", { class: "soft" }, until ? t("bannedUntil", { when: shortMoment(until), by }) : t("bannedForEver", { by })), reason ? el("p", {}, reason) : null,
    el("p", { class: "soft" }, t("endsInTerminal", { line }), " ", el("button", { type: "button", class: "link", onclick: () => copyText(line) }, t("copyLine"))));
}

/** Ask for a new topic of the current room. */
export async function setTopic(chat) {
  const { current, rooms, conversations } = chat.store;
  const known = rooms.get(current)?.topic ?? conversations.get(current)?.topic ?? "";
  const answer = await ask({ title: t("setTopic"), prompts: [t("setTopic")], values: [known], hint: t("topicEmpty") });
  if (!answer || answer[0].trim() === known) return;
  if (await chat.request("topic", { conversation: current, topic: answer[0].trim() })) chat.knowRoom(current);
}

/** Leave a room: at once, unless it could not be entered again as it was. */
async function leave(chat, room, { members, role = "member", private: hidden = false }) {
  const hint = hidden ? t("leavePrivate") : members === 1 ? t("leaveLast") : role !== "member" ? t("leaveRole") : "";
  if (hint && !await ask({ title: t("leaveAsk", { where: room }), hint, yes: t("leaveRoom"), danger: true })) return;
  chat.request("command", { conversation: room, line: `/leave ${room}` });
}
