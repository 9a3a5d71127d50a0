// What a person prefers on this browser only: it stays in its local storage, and all tabs follow it.

import { keep, kept } from "../storage.js";

const USUAL = { theme: "system", language: "system", density: "normal", enter: "usual", sound: "off", bell: "mention" };
const KEY = (name) => `chat-set:${name}`;
const DARK = "(prefers-color-scheme: dark)", MORE = "(prefers-contrast: more)";
const ALWAYS = "(min-width: 0px)", NEVER = "(max-width: 0px)";
const written = new WeakMap(); // the condition of a rule as the style sheet has it
const listeners = new Set();

/** What is preferred; the usual value if nothing is, or the browser keeps nothing. */
export function preference(name) {
  return kept(KEY(name)) || USUAL[name];
}

export function prefer(name, value) {
  keep(KEY(name), value === USUAL[name] ? "" : value);
  changed(name);
}

/** Call a listener with the name of each preference that changes, here or in another tab. */
export function onPreference(listener, signal) {
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener));
}

function changed(name) {
  if (name === "language") { location.reload(); return; }
  applyLook();
  for (const listener of listeners) listener(name);
}

/** Let the page look as preferred: the conditions of the style sheet are replaced by what always or never holds. */
export function applyLook() {
  const theme = preference("theme");
  const dark = { dark: ALWAYS, light: NEVER }[theme] ?? DARK, more = theme === "contrast" ? ALWAYS : MORE;
  const put = (list, own) => {
    if (!written.has(own)) written.set(own, list.mediaText);
    list.mediaText = written.get(own).replace(DARK, dark).replace(MORE, more);
  };
  for (const sheet of document.styleSheets) for (const rule of sheet.cssRules) if (rule instanceof CSSMediaRule) put(rule.media, rule);
  document.querySelector("meta[name=color-scheme]").content = { dark: "dark", light: "light" }[theme] ?? "light dark";
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
    if (!written.has(meta)) written.set(meta, meta.media);
    const ofDark = written.get(meta) === DARK;
    meta.media = theme === "dark" || theme === "light" ? (ofDark === (theme === "dark") ? ALWAYS : NEVER) : written.get(meta);
  }
  document.documentElement.classList.toggle("compact", preference("density") === "compact");
}

/** Whether Enter sends. On a touch screen it usually breaks the line. */
export function enterSends() {
  const enter = preference("enter");
  return enter === "send" || (enter !== "break" && !matchMedia("(hover: none) and (pointer: coarse)").matches);
}

addEventListener("storage", ({ key }) => { if (key?.startsWith(KEY(""))) changed(key.slice(KEY("").length)); });
