// A message in a list beside the log, and lists of such.

import { el, fill, hue } from "../dom.js";
import { fileLinks } from "../log/files.js";
import { textNodes } from "../log/runs.js";
import { clock, dayName, t } from "../texts.js";

/** A message that was found; `where` also says in which conversation. A click goes to it. */
export function hitElement({ conversation, message }, { on, where = false }) {
  return el("div", { class: `hit ${hue(message.sender)}` },
    el("button", { type: "button", class: "top", onclick: () => on.jump(conversation, message.seq) },
      el("bdi", { class: "who" }, message.sender), el("span", { class: "soft" }, where ? `${conversation} · ` : "", `${dayName(message.at)} ${clock(message.at)}`)),
    el("div", { class: "text", dir: "auto" }, message.deleted ? t("deleted") : textNodes(message.pieces ?? [])),
    message.deleted ? null : fileLinks(message, conversation));
}

/** Show the pinned messages of the current conversation, and follow them. Return what ends that. */
export function showPins(panel) {
  const { store } = panel, place = store.current, still = panel.stays();
  let known = "";
  const pinned = () => [...store.log(place).messages.values()].filter((said) => said.pinned).map((said) => said.seq).join(" ");
  const look = async () => {
    known = pinned();
    try {
      const { hits } = await panel.ask("pins", { conversation: place });
      if (!still()) return;
      if (hits.length) fill(panel.inside, hits.map((hit) => hitElement(hit, panel)));
      else panel.say(t("noPins"));
    } catch (refused) {
      if (still()) panel.refused(refused);
    }
  };
  const came = (event) => { if (event.detail.conversation === place && pinned() !== known) look(); };
  panel.title.textContent = t("pins");
  store.addEventListener("log", came);
  look();
  return () => store.removeEventListener("log", came);
}
