// Small windows that belong to a button: menus, and the picker of reactions.

import { el } from "../dom.js";
import { t } from "../texts.js";
import { EMOJI, findEmoji, USUAL } from "./emoji.js";

let close = () => {};

/** Close what is open, and give the focus back. */
export const closePopped = () => close(true);

/** Show an element beside an anchor until something else is clicked or Escape is pressed. */
export function pop(anchor, menu, first) {
  close();
  const before = document.activeElement;
  (anchor.closest("main, aside") ?? document.body).append(menu);
  place(anchor, menu);
  const button = anchor.matches("button");
  if (button) anchor.setAttribute("aria-expanded", "true");
  anchor.closest(".msg")?.classList.add("chosen");
  const outside = (event) => { if (!menu.contains(event.target)) close(); };
  close = (back = false) => {
    close = () => {};
    if (back && before?.isConnected) before.focus({ preventScroll: true });
    menu.remove();
    if (button) anchor.setAttribute("aria-expanded", "false");
    anchor.closest(".msg")?.classList.remove("chosen");
    document.removeEventListener("pointerdown", outside, true);
  };
  document.addEventListener("pointerdown", outside, true);
  menu.addEventListener("keydown", (event) => moves(event, menu));
  (first ?? menu.querySelector("button"))?.focus({ preventScroll: true });
}

/** Put what is popped beside its anchor, again if its size has changed: under the end of a button, or the begin of a text. */
export function place(anchor, menu) {
  const at = anchor.getBoundingClientRect(), own = menu.getBoundingClientRect();
  const below = at.bottom + 4 + own.height <= innerHeight;
  const left = anchor.matches("button") ? at.right - own.width : at.left;
  menu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - 4 - own.height)}px`;
  menu.style.left = `${Math.max(8, Math.min(innerWidth - own.width - 8, left))}px`;
}

function moves(event, menu) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(true);
    return;
  }
  const buttons = [...menu.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const wide = menu.classList.contains("picker") ? Math.round(menu.querySelector(".grid").clientWidth / (buttons[0]?.offsetWidth || 1)) : 1;
  const step = { ArrowDown: wide, ArrowUp: -wide, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || (at < 0 && !(event.key === "ArrowDown"))) return;
  event.preventDefault();
  buttons[at < 0 ? 0 : (at + step + buttons.length) % buttons.length]?.focus();
}

/** Show a menu. Each entry is `{ text, key, act, danger, checked }`; those that are false are left out. */
export function showMenu(anchor, entries, label) {
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label }, entries.filter(Boolean).map(({ text, key = "", act, danger, checked }) => el("button", {
    type: "button", role: checked === undefined ? "menuitem" : "menuitemradio", "aria-checked": checked === undefined ? null : String(checked), class: danger ? "bad" : "", onclick: () => { close(true); act(); },
  }, text, key ? el("kbd", { "aria-hidden": "true" }, key) : null, checked ? el("span", { "aria-hidden": "true" }, "✓") : null)));
  pop(anchor, menu, menu.querySelector("[aria-checked=true]"));
}

/** Show the picker of reactions, and pass on what is chosen. */
export function showPicker(anchor, picked) {
  const pick = (reaction) => { close(true); picked(reaction); };
  const button = ([emoji, name]) => el("button", { type: "button", "aria-label": name.replaceAll("_", " "), title: `:${name}:`, onclick: () => pick(emoji) }, emoji);
  const names = new Map(EMOJI.map(([emoji, name]) => [emoji, name]));
  const all = [...USUAL.map((emoji) => [emoji, names.get(emoji) ?? "heart"]), ...EMOJI.filter(([emoji]) => !USUAL.includes(emoji))];
  const grid = el("div", { class: "grid" }, all.map(button));
  const field = el("input", { class: "field", "aria-label": t("otherReaction"), placeholder: t("otherReaction"), autocomplete: "off", maxLength: 32 });
  field.oninput = () => {
    const wanted = field.value.trim().replaceAll(":", "");
    grid.replaceChildren(...(wanted && /^[\w]+$/.test(wanted) ? findEmoji(wanted, 54) : all).map(button));
  };
  const form = el("form", { onsubmit: (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const named = findEmoji(text.replaceAll(":", ""), 1)[0];
    if (text) pick(/^:?\w+:?$/.test(text) && named ? named[0] : text);
  } }, field);
  pop(anchor, el("div", { class: "menu picker", role: "dialog", "aria-label": t("pickReaction") }, form, grid), matchMedia("(hover: none)").matches ? null : field);
}
