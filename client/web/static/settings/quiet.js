// Quiet hours: spans of the week in which nothing calls the person, on any device.

import { el, iconButton } from "../dom.js";
import { dayShort, t } from "../texts.js";
import { section } from "./section.js";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MOST = 14;
const USUAL = { days: DAYS, start: "22:00", end: "07:00" };

/** The section. `change(type, fields)` sends what is set. */
export function quietSection({ spans = [], zone = "" }, change) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const put = (several, at = zone || here) => change("set-quiet-hours", { spans: several, zone: several.length ? at : "" });
  const replaced = (at, span) => put(spans.map((one, index) => (index === at ? { ...one, ...span } : one)));
  return section("quiet", "everywhere", spans.map((span, at) => spanRow(span, at, { set: (fields) => replaced(at, fields), remove: () => put(spans.filter((_, index) => index !== at)) })),
    spans.length ? el("p", { class: "soft" }, t("quietZone", { zone }), " ", zone !== here ? el("button", { type: "button", class: "link", onclick: () => put(spans, here) }, t("quietZoneHere", { zone: here })) : null)
      : el("p", { class: "soft" }, t("quietNone")),
    spans.length < MOST ? el("button", { type: "button", name: "quiet-add", class: "plain", onclick: () => put([...spans, USUAL]) }, t("quietAdd")) : null);
}

function spanRow({ days, start, end }, at, { set, remove }) {
  const toggle = (day) => {
    const chosen = DAYS.filter((one) => days.includes(one) !== (one === day));
    if (chosen.length) set({ days: chosen });
    else remove();
  };
  const time = (name, value, label) => {
    const field = el("input", { type: "time", class: "field", name: `quiet-${name}-${at}`, "aria-label": label, value, required: true, onchange: () => { if (field.value && field.value !== value) set({ [name]: field.value }); } });
    return field;
  };
  return el("fieldset", { class: "span" }, el("legend", { class: "said" }, t("quietSpan", { n: at + 1 })),
    el("div", { class: "days" }, DAYS.map((day, index) => el("button", { type: "button", name: `quiet-${day}-${at}`, class: "chip", "aria-pressed": String(days.includes(day)), onclick: () => toggle(day) }, dayShort(index)))),
    el("div", { class: "row" }, time("start", start, t("quietFrom")), el("span", {}, "–"), time("end", end, t("quietTo")), iconButton("close", t("quietRemove"), remove)));
}
