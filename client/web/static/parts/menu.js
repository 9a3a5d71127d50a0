// Small windows that belong to a button, such as menus.

import { el } from "../dom.js";

let close = () => {};

/** Close what is open, and give the focus back. */
export const closePopped = () => close(true);

/** Show an element beside an anchor until something else is clicked or Escape is pressed. */
export function pop(anchor, menu, first, keys = walk) {
  close();
  const before = document.activeElement;
  (anchor.closest("main, .side, dialog") ?? document.body).append(menu);
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
  menu.addEventListener("keydown", (event) => moves(event, menu, keys));
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

function moves(event, menu, keys) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(true);
  } else if (event.key === "Tab" && keys === walk) close(true);
  else keys(event, menu);
}

/** Move through the entries of a menu. */
function walk(event, menu) {
  const buttons = [...menu.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const next = { ArrowDown: (at + 1) % buttons.length, ArrowUp: at < 0 ? -1 : (at - 1 + buttons.length) % buttons.length, Home: 0, End: buttons.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  buttons.at(next)?.focus();
}

/** Show a menu. Each entry is `{ text, key, act, danger, checked }`; those that are false are left out. */
export function showMenu(anchor, entries, label) {
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label }, entries.filter(Boolean).map(({ text, key = "", act, danger, checked }) => el("button", {
    type: "button", role: checked === undefined ? "menuitem" : "menuitemradio", "aria-checked": checked === undefined ? null : String(checked), class: danger ? "bad" : "", onclick: () => { close(true); act(); },
  }, text, key ? el("kbd", { "aria-hidden": "true" }, key) : null, checked ? el("span", { "aria-hidden": "true" }, "✓") : null)));
  pop(anchor, menu, menu.querySelector("[aria-checked=true]"));
}
