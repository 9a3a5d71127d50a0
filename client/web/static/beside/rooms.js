// All rooms that one may know of: to look at, to join, and to make a new one.

import { el, fill } from "../dom.js";
import { ask } from "../parts/dialog.js";
import { memberWords, t } from "../texts.js";

/** Show the rooms in the panel, and follow which of them the person is in. Return what ends that. */
export function showRooms(panel) {
  const { on, store } = panel;
  const field = el("input", { class: "field", type: "search", "aria-label": t("filterRooms"), placeholder: t("filterRooms"), autocomplete: "off", oninput: () => draw() });
  const list = el("ul"), rest = el("p", { class: "nothing soft", role: "status" }, t("wait"));
  let known = null;
  const draw = () => {
    if (!known) return;
    const wanted = field.value.trim().toLowerCase();
    const shown = known.rooms.filter(({ room, topic }) => `${room} ${topic}`.toLowerCase().includes(wanted));
    fill(list, shown.map((one) => roomRow(panel, one)));
    rest.textContent = !shown.length ? t("nothingFound") : known.more ? t("roomsMore") : "";
  };
  panel.title.textContent = t("rooms");
  fill(panel.inside, el("form", { role: "search", onsubmit: (event) => { event.preventDefault(); list.querySelector("button")?.click(); } }, field,
    el("button", { type: "button", class: "plain", onclick: () => createRoom(on.chat, field.value.trim()) }, t("createRoom"))), list, rest);
  field.focus();
  const look = () => panel.ask("rooms").then((said) => { known = said; draw(); }, (refused) => { rest.textContent = refused.message || t("trying"); });
  let own = ownRooms(store);
  const came = () => {
    if (own === (own = ownRooms(store))) return;
    look();
  };
  store.addEventListener("conversations", came);
  look();
  return () => store.removeEventListener("conversations", came);
}

const ownRooms = ({ conversations }) => [...conversations.keys()].filter((name) => name.startsWith("#")).sort().join(" ");

function roomRow({ on }, { room, topic, members, joined }) {
  return el("li", {}, el("button", { type: "button", class: "room", onclick: () => on.chat.going.reach(room) },
    el("span", { class: "top" }, el("bdi", { class: "clip" }, room), el("small", { class: "soft" }, [joined ? t("joined") : "", memberWords(members)].filter(Boolean).join(" · "))),
    topic ? el("small", { class: "soft about" }, topic) : null));
}

/** Ask for the name and the topic of a new room, and enter it. */
export async function createRoom(chat, begun = "") {
  const answer = await ask({ title: t("createRoom"), hint: t("createHint"), prompts: [t("roomName"), t("topicMaybe")], values: [begun.replace(/^#/, ""), ""], yes: t("createDo") });
  const name = answer?.[0].trim().replace(/^#/, "");
  if (!name) return;
  const room = `#${name}`, topic = answer[1].trim();
  if (topic && !chat.store.conversations.has(room)) chat.topicOf = { room, topic };
  chat.going.reach(room);
}
