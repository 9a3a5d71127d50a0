// Which messages of a conversation call the person: a menu, and how the list shows it.

import { icon } from "../dom.js";
import { showMenu } from "../parts/menu.js";
import { t } from "../texts.js";

export const LEVELS = ["default", "all", "mentions", "none"];
const WORDS = { all: "levelAll", mentions: "levelMentions", none: "levelNone" };
const SIGNS = { all: "bell", mentions: "at", none: "muted" };

/** A level in words. By default a direct conversation calls always, and a room by mentions. */
export const levelWords = (level, name) => (level === "default" ? t(name.startsWith("@") ? "levelUsualDirect" : "levelUsualRoom") : t(WORDS[level]));

/** The sign of a level above a conversation. */
export const bellSign = (level) => SIGNS[level] ?? "bell";

/** What the list shows of a level: a sign and words, or nothing if none is chosen. */
export const levelSign = (level) => (SIGNS[level] ? { sign: icon(SIGNS[level]), words: t(WORDS[level]) } : null);

/** Show the menu of a conversation's level. */
export function showLevels(chat, anchor, name) {
  const now = chat.store.conversations.get(name)?.level ?? "default";
  showMenu(anchor, LEVELS.map((level) => ({ text: levelWords(level, name), checked: level === now, act: () => chat.request("set-level", { conversation: name, level }) })), t("levelOf", { where: name }));
}
