// The palette: conversations, rooms, people, commands with their help, and what the page can do, found by some letters.

import { createRoom } from "../beside/rooms.js";
import { el, fill } from "../dom.js";
import { memberWords, t } from "../texts.js";

const MOST = 40;

/** Show the palette, and do what is chosen. */
export function showPalette(chat) {
  const { store } = chat, before = document.activeElement;
  let entries = all(chat), found = [], at = 0;
  const list = el("div", { class: "list", role: "listbox", id: "palette-list", "aria-label": t("palette") });
  const rest = el("p", { class: "nothing soft", role: "status", hidden: true }, t("nothingFound"));
  const field = el("input", { class: "field", type: "text", role: "combobox", "aria-label": t("paletteField"), placeholder: t("paletteField"), autocomplete: "off", autocapitalize: "none", spellcheck: false, "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", oninput: () => look() });
  const dialog = el("dialog", { class: "palette", "aria-label": t("palette"), onclose: () => closed() },
    el("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); take(found[at]); } }, field), list, rest);
  const closed = () => {
    const elsewhere = document.activeElement !== document.body && !dialog.contains(document.activeElement) && document.activeElement !== before;
    dialog.remove();
    if (elsewhere || !before?.isConnected) return;
    before.blur(); // else Chromium may leave the caret in the dialog that is gone
    before.focus({ preventScroll: true });
  };
  const mark = (next) => {
    at = next;
    [...list.children].forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    if (list.children[at]) field.setAttribute("aria-activedescendant", `palette-${at}`);
    else field.removeAttribute("aria-activedescendant");
  };
  const look = () => {
    found = fitting(entries, field.value, chat).slice(0, MOST);
    rest.hidden = found.length > 0;
    fill(list, found.map((one, place) => el("button", { type: "button", role: "option", id: `palette-${place}`, tabIndex: -1, onclick: () => take(one) },
      el("bdi", {}, one.name), el("small", { class: "soft clip" }, one.help ?? ""))));
    mark(0);
  };
  const take = (one) => {
    if (!one) return;
    dialog.close();
    one.act();
  };
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !found.length) return;
    event.preventDefault();
    mark((at + step + found.length) % found.length);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  look();
  let others = [];
  const grown = () => {
    if (!dialog.isConnected) return;
    entries = [...all(chat), ...others];
    const chosen = found[at]?.name;
    look();
    const again = found.findIndex((one) => one.name === chosen);
    if (again > 0) mark(again);
  };
  chat.knowMembers().then(grown);
  chat.connection.ask("rooms").then(({ rooms }) => {
    others = rooms.filter(({ joined }) => !joined).map(({ room, topic, members }) => ({ name: room, help: topic || memberWords(members), act: () => chat.going.reach(room) }));
    grown();
  }).catch(() => {});
}

function all(chat) {
  const { store } = chat;
  const places = store.sorted.map(({ name, topic }) => ({ name, help: topic ?? "", act: () => chat.going.enter(name) }));
  const known = [...store.members.values()].flatMap(({ members }) => members).map(({ name }) => `@${name}`);
  const people = [...new Set(known)].filter((name) => name !== `@${store.me.name}` && !store.conversations.has(name)).map((name) => ({ name, help: t("direct"), act: () => chat.going.enter(name) }));
  const page = [["rooms", "rooms"], ["members", "members"], ["search", "search"], ["pins", "pins"], ["aboutRoom", "room"], ["settings", "settings"], ["sessions", "sessions"], ...(store.me.guest ? [] : [["linkDevice", "link"]])]
    .filter(([, kind]) => store.current.startsWith("#") || !["members", "room"].includes(kind))
    .map(([text, kind]) => ({ name: t(text), act: () => chat.panel.open(kind) }));
  const more = [{ name: t("createRoom"), act: () => createRoom(chat) }, { name: t("keys"), act: () => chat.keys.show() }, { name: t("signOut"), act: () => chat.signOut() }];
  const commands = store.me.commands.map(({ name, usage, help }) => ({ name, help: `${usage.replace(name, "").trim()}  ${help}`.trim(), act: () => begin(chat, name, usage) }));
  return [...places, ...people, ...page, ...more, ...commands];
}

/** Run a command that needs nothing more, else begin its line. */
function begin(chat, name, usage) {
  let shorter = usage, before = "";
  while (shorter !== before) { before = shorter; shorter = before.replace(/\[[^[\]]*\]/g, ""); }
  if (shorter.trim().split(/\s+/).length === 1) chat.command(name);
  else {
    chat.composer.put(`${name} `);
    chat.composer.focus();
  }
}

/** The entries with all words, those whose names begin with the text first; then what a new name could mean. */
function fitting(entries, text, chat) {
  const wanted = text.trim().toLowerCase(), words = wanted.split(/\s+/).filter(Boolean);
  const rank = ({ name, help = "" }) => {
    const own = name.toLowerCase(), bare = own.replace(/^[#@/]/, "");
    if (own === wanted || bare === wanted) return 0;
    if (own.startsWith(wanted) || bare.startsWith(wanted)) return 1;
    if (words.every((word) => own.includes(word))) return 2;
    return words.every((word) => `${own} ${help.toLowerCase()}`.includes(word)) ? 3 : 4;
  };
  const found = entries.map((one) => [rank(one), one]).filter(([at]) => at < 4).sort(([one], [other]) => one - other).map(([, one]) => one);
  const typed = /^[#@]?[^\s/#@]+$/.test(text.trim()) && text.trim();
  if (!typed || found.some(({ name }) => name.toLowerCase() === wanted)) return found;
  const named = /^[#@]/.test(typed) ? [typed] : [`#${typed}`, `@${typed}`];
  const fresh = named.filter((name) => !entries.some((one) => one.name.toLowerCase() === name.toLowerCase()))
    .map((name) => ({ name, help: t(name.startsWith("#") ? "goRoom" : "goPerson"), act: () => chat.going.reach(name) }));
  return /^[#@]/.test(typed) ? [...fresh, ...found] : [...found, ...fresh];
}
