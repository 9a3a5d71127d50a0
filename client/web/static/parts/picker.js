// The picker of emoji: what was used last, all by group, and a search by name, with the mouse or by keys.

import { el, fill } from "../dom.js";
import { t } from "../texts.js";
import { findEmoji, inTone, loadEmoji, nameOf, noteEmoji, recentEmoji, setTone, tone } from "./emoji.js";
import { closePopped, pop } from "./menu.js";

const GROUPS = [["😀", "groupFaces"], ["👋", "groupPeople"], ["🐻", "groupNature"], ["🍕", "groupFood"], ["🚗", "groupPlaces"], ["⚽", "groupActivities"], ["💡", "groupObjects"], ["🔣", "groupSymbols"], ["🏁", "groupFlags"]];
const MOST_FOUND = 90, MOST_RECENT = 18;

/** Show the picker beside a button, and pass on what is chosen: an emoji, or with `words` also a short word. */
export function showPicker(anchor, picked, { words = false, title = t("pickReaction") } = {}) {
  const menu = el("div", { class: "menu picker", role: "dialog", "aria-label": title });
  const list = el("div", { class: "list" });
  const pick = (emoji) => { closePopped(); noteEmoji(emoji); picked(emoji); };
  const hint = t(words ? "otherReaction" : "findEmoji");
  const field = el("input", { class: "field", type: "search", "aria-label": hint, placeholder: hint, autocomplete: "off", maxLength: 32 });
  const form = el("form", {}, field);
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const named = /^:?[\p{L}\p{N}_ +-]+:?$/u.test(text) && findEmoji(text, 1)[0];
    if (named) pick(inTone(named, tone()));
    else if (text && words) pick(text);
  };
  field.oninput = () => draw(list, field.value);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) pick(button.textContent);
  });
  const tabs = el("div", { class: "tabs" }, GROUPS.map(([emoji, name], at) => el("button", {
    type: "button", title: t(name), "aria-label": t(name), onclick: () => { field.value = ""; draw(list, ""); goTo(list, at); },
  }, emoji)));
  fill(menu, form, tabs, list, tones(() => draw(list, field.value)));
  draw(list, "");
  pop(anchor, menu, matchMedia("(hover: none)").matches ? list.querySelector("button") : field, keys);
  loadEmoji().then(() => { if (menu.isConnected) draw(list, field.value, true); }).catch(() => {});
}

/** Draw the groups, or what was found. The button that has the focus keeps it. */
function draw(list, text, keepFocus = false) {
  const focused = keepFocus && list.contains(document.activeElement) ? document.activeElement.textContent : "";
  const wanted = text.trim();
  const found = wanted && findEmoji(wanted, MOST_FOUND);
  if (wanted) fill(list, found.length ? section(t("found"), found) : el("p", { class: "soft" }, t("nothingFound")));
  else {
    fill(list, section(t("groupRecent"), recentEmoji(MOST_RECENT).map((emoji) => ({ emoji, label: nameOf(emoji), codes: [] }))));
    loadEmoji().then((groups) => { if (list.childElementCount === 1 && !wanted) list.append(...groups.map((group, at) => section(t(GROUPS[at][1]), group))); }).catch(() => {});
  }
  const buttons = [...list.querySelectorAll("button")];
  const again = focused && buttons.find((one) => one.textContent === focused);
  if (buttons.length) (again || buttons[0]).tabIndex = 0;
  if (again) again.focus({ preventScroll: true });
}

function section(name, entries) {
  const now = tone();
  return el("section", { "aria-label": name }, el("h3", { "aria-hidden": "true" }, name), el("div", { class: "grid" }, entries.map((one) =>
    el("button", { type: "button", tabIndex: -1, "aria-label": one.label, title: one.codes[0] ? `${one.label} :${one.codes[0]}:` : one.label }, inTone(one, now)))));
}

/** Bring a group into sight and go to its first emoji. */
function goTo(list, at) {
  loadEmoji().then(() => {
    const wanted = list.children[at + 1];
    if (!wanted) return;
    list.scrollTop = wanted.offsetTop - list.offsetTop;
    focus(list, wanted.querySelector("button"));
  }).catch(() => {});
}

function focus(list, button) {
  for (const one of list.querySelectorAll("button[tabindex='0']")) one.tabIndex = -1;
  button.tabIndex = 0;
  button.focus({ preventScroll: true });
  button.scrollIntoView({ block: "nearest" });
}

/** Keys in the picker: arrows move from the field into the emoji and through them. */
function keys(event, menu) {
  const list = menu.querySelector(".list");
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const inField = document.activeElement.tagName === "INPUT";
  let next = null;
  if (event.key === "ArrowDown" && at < 0) [next] = buttons;
  else if (at >= 0) next = { ArrowRight: buttons[at + 1], ArrowLeft: buttons[at - 1], Home: buttons[0], End: buttons.at(-1), ArrowDown: beside(buttons, at, 1), ArrowUp: beside(buttons, at, -1) ?? menu.querySelector("input") }[event.key];
  if (!next || (inField && event.key !== "ArrowDown")) return;
  event.preventDefault();
  if (next.tagName === "INPUT") next.focus();
  else focus(list, next);
}

/** The button in the next row, or the one before, that is nearest to another. */
function beside(buttons, at, step) {
  const { offsetTop: top, offsetLeft: left } = buttons[at];
  let row = null, best = null;
  for (let one = at + step; one >= 0 && one < buttons.length; one += step) {
    const button = buttons[one];
    if (button.offsetTop === top) continue;
    row ??= button.offsetTop;
    if (button.offsetTop !== row) break;
    if (!best || Math.abs(button.offsetLeft - left) < Math.abs(best.offsetLeft - left)) best = button;
  }
  return best;
}

/** The skin tones. The choice is kept on this browser. */
function tones(changed) {
  const hand = { emoji: "✋", toned: true };
  const row = el("div", { class: "tones", role: "group", "aria-label": t("skinTone") });
  const show = () => fill(row, [0, 1, 2, 3, 4, 5].map((one) => el("button", {
    type: "button", "aria-label": t("skinToneN", { n: one + 1 }), "aria-pressed": String(one === tone()), onclick: () => { setTone(one); show(); row.children[one].focus(); changed(); },
  }, inTone(hand, one))));
  show();
  return row;
}
