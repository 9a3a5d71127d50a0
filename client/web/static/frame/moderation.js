// What somebody with a role can do with another person of a room: each asks for its duration and reason first.

import { el } from "../dom.js";
import { ask, toast } from "../parts/dialog.js";
import { LOBBY } from "../store.js";
import { t } from "../texts.js";

const RANKS = { member: 0, moderator: 1, operator: 2 };
const DURATIONS = [[600, "for10m"], [3_600, "for1h"], [28_800, "for8h"], [86_400, "for1d"], [604_800, "for7d"], [2_592_000, "for30d"], [0, "forEver"]];
const WORDS = { // as an entry, as a question, as a button, when it is done
  mute: ["muteThem", "muteAsk", "muteDo", "muteDone"], kick: ["kickThem", "kickAsk", "kickDo", "kickDone"], ban: ["banThem", "banAsk", "banDo", "banDone"],
};

/**
 * Return what can be done as entries of a menu, `{ text, act, danger }`: none without a higher role than theirs.
 * `person` has `name`, `self`, `room` or "", `role`, the reader's own there, and `member`, the entry of the person if known.
 */
export function moderationActions({ self, name, room, role, member }, chat) {
  const own = RANKS[role] ?? 0, theirs = RANKS[member?.role] ?? 0;
  if (self || !room || !own || (own <= theirs && role !== "operator")) return [];
  const entry = (what) => ({ text: t(WORDS[what][0], { who: name }), danger: true, act: () => sanction(what, name, room, chat) });
  return [entry("mute"), ...(room === LOBBY ? [] : [entry("kick"), entry("ban")])];
}

/** What `moderationActions` wants to know of a person in the conversation that is open. */
export function personIn(store, name) {
  const room = store.current.startsWith("#") ? store.current : "";
  return { name, room, self: name === store.me.name, role: store.role(room), member: store.members.get(room)?.members.find((one) => one.name === name) };
}

async function sanction(what, name, room, chat) {
  const length = el("select", { class: "field" }, DURATIONS.map(([seconds, text]) => el("option", { value: String(seconds), selected: seconds === 3_600 }, t(text))));
  const timed = what !== "kick";
  const [, asked, yes, done] = WORDS[what];
  const line = `/un${what} ${room} ${name}`;
  const answer = await ask({
    title: t(asked, { who: name, where: room }), prompts: [t("reason")], yes: t(yes), danger: true, content: timed ? [el("label", {}, t("howLong"), length)] : [],
    hint: timed ? `${t("reasonHint")} ${t("endsInTerminal", { line })}` : t("reasonHint"),
  });
  if (!answer) return;
  const seconds = timed && Number(length.value);
  const fields = { conversation: room, name, what, reason: answer[0].trim() };
  if (await chat.request("sanction", seconds ? { ...fields, seconds } : fields)) toast(t(done, { who: name, where: room }));
}
