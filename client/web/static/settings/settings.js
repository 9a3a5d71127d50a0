// The panel of settings: what is of the person is at the broker and holds everywhere; what is of the browser stays here.

import { el, fill } from "../dom.js";
import { ask, toast } from "../parts/dialog.js";
import { t } from "../texts.js";
import { LEVELS, levelWords } from "./levels.js";
import { preference, prefer } from "./preferences.js";
import { quietSection } from "./quiet.js";
import { section } from "./section.js";
import { play } from "./sound.js";

const MOST_WORDS = 50;

/** Show the settings in the panel. */
export async function showSettings(panel) {
  const still = panel.stays();
  panel.title.textContent = t("settings");
  try {
    await panel.ask("settings");
    if (still()) drawSettings(panel);
  } catch (refused) {
    if (still()) panel.refused(refused);
  }
}

/** Show them as they are now. */
export function drawSettings(panel) {
  const { store, inside } = panel;
  if (!store.settings) return;
  const { scrollTop } = inside;
  const focused = document.activeElement?.closest?.(".panel") ? document.activeElement.name : "";
  const typed = inside.querySelector("input[name=word]")?.value ?? "";
  const change = async (type, fields) => {
    try { await panel.ask(type, fields); } catch (refused) { toast(refused.message || t("trying")); drawSettings(panel); }
  };
  fill(inside, notices(panel, change, typed), quietSection(store.settings, change), privacy(store, change), look(), account(panel));
  inside.scrollTop = scrollTop;
  if (focused) inside.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** A choice of one of several. */
export function choice(name, label, now, options, onchange) {
  const made = el("select", { class: "field", name, onchange: () => onchange(made.value) }, options.map(([value, text]) => el("option", { value, selected: value === now }, text)));
  return el("label", {}, label, made);
}

function tick(name, label, on, onchange) {
  const box = el("input", { type: "checkbox", name, checked: on, onchange: () => onchange(box.checked) });
  return el("label", { class: "check" }, box, label);
}

function notices(panel, change, typed) {
  const { store } = panel;
  const bells = ["all", "mention", "direct", "off"].map((value) => [value, t({ all: "bellAll", mention: "bellMention", direct: "bellDirect", off: "bellOff" }[value])]);
  const chosen = [...store.conversations.values()].filter((one) => one.level && one.level !== "default");
  return section("notices", "",
    choice("bell", t("bell"), preference("bell"), bells, (value) => { prefer("bell", value); change("set-bell", { level: value }); }),
    tick("sound", t("sound"), preference("sound") === "on", (on) => { prefer("sound", on ? "on" : "off"); if (on) play(); }),
    browserNotices(panel), el("p", { class: "soft where" }, t("onlyBrowser")),
    words(store.settings.keywords ?? [], change, typed),
    el("h3", {}, t("levelsOwn")), chosen.length ? chosen.map((one) => choice(`level ${one.name}`, el("bdi", {}, one.name), one.level, LEVELS.map((level) => [level, levelWords(level, one.name)]),
      (level) => change("set-level", { conversation: one.name, level }))) : el("p", { class: "soft" }, t("levelsHint")));
}

function browserNotices(panel) {
  const allowed = "Notification" in window ? Notification.permission : "missing";
  if (allowed === "granted") return el("p", { class: "soft" }, t("noticesAre"));
  if (allowed === "denied") return el("p", { class: "soft" }, t("noticesBlocked"));
  if (allowed === "missing" || !isSecureContext) return el("p", { class: "soft" }, t("noticesMissing"));
  return el("button", { type: "button", name: "allow", class: "plain", onclick: async () => { await panel.on.notices(); drawSettings(panel); } }, t("noticesOn"));
}

function words(known, change, typed) {
  const field = el("input", { class: "field", name: "word", "aria-label": t("newWord"), placeholder: t("newWord"), autocomplete: "off", maxLength: 64, value: typed });
  const put = (several) => change("set-keywords", { words: several });
  const form = el("form", { class: "row", onsubmit: (event) => {
    event.preventDefault();
    const added = field.value.split(/[\s,]+/).filter(Boolean);
    field.value = "";
    if (added.length) put([...known, ...added].slice(0, MOST_WORDS));
  } }, field, el("button", { class: "plain" }, t("add")));
  return [el("h3", {}, t("words")), el("p", { class: "soft" }, t("wordsHint")),
    known.length ? el("ul", { class: "chips" }, known.map((word) => el("li", { class: "chip" }, el("bdi", {}, word), " ",
      el("button", { type: "button", "aria-label": t("removeWord", { word }), title: t("removeWord", { word }), onclick: () => put(known.filter((one) => one !== word)) }, "×")))) : null, form];
}

function privacy(store, change) {
  const { read = true, typing = true } = store.settings;
  return section("privacy", "everywhere",
    tick("read", t("tellRead"), read, (on) => change("set-told", { what: "read", on })),
    tick("typing", t("tellTyping"), typing, (on) => change("set-told", { what: "typing", on })));
}

function look() {
  const some = (name, words) => choice(name, t(name), preference(name), words.map(([value, text]) => [value, t(text)]), (value) => prefer(name, value));
  return section("look", "onlyBrowser",
    some("theme", [["system", "asSystem"], ["light", "light"], ["dark", "dark"], ["contrast", "contrast"]]),
    some("density", [["normal", "roomy"], ["compact", "compact"]]),
    choice("language", t("language"), preference("language"), [["system", t("asSystem")], ["en", "English"], ["de", "Deutsch"]], (value) => prefer("language", value)),
    some("enter", [["usual", "enterUsual"], ["send", "enterSend"], ["break", "enterBreak"]]));
}

function account(panel) {
  const { me } = panel.store;
  const button = (name, act) => el("button", { type: "button", name, class: "plain", onclick: act }, t(name));
  if (me.guest) return section("account", "", el("p", { class: "soft" }, t("guestHint")));
  return section("account", "", el("p", {}, t("yourName"), " ", el("strong", {}, el("bdi", {}, me.name))), el("p", { class: "soft" }, t("nameHint")),
    el("div", { class: "row" }, me.abilities.includes("account") ? button("changePassword", () => changePassword(panel)) : null,
      button("sessions", () => panel.open("sessions")), button("linkDevice", () => panel.open("link"))));
}

async function changePassword(panel) {
  const answer = await ask({ title: t("changePassword"), hint: t("passwordHint"), prompts: [t("passwordNow"), t("passwordNew"), t("passwordAgain")], secret: true, yes: t("change") });
  if (!answer) return;
  const [current, password, again] = answer;
  if (password !== again) { toast(t("passwordsDiffer")); return; }
  try {
    await panel.ask("change-password", { current, password });
    toast(t("passwordChanged"));
  } catch (refused) { toast(refused.message || t("trying")); }
}
