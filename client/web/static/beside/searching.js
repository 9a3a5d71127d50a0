// Search: words, who said it, where, and when; and the way to a day.

import { el, fill } from "../dom.js";
import { toast } from "../parts/dialog.js";
import { t } from "../texts.js";
import { hitElement } from "./hits.js";

const HERE = "", ALL = "*";

/** Show the search in the panel. What was chosen stays for the next time. */
export function showSearch(panel) {
  const { store } = panel, { current } = store, kept = panel.searched ??= { where: HERE };
  const words = el("input", { class: "field", type: "search", "aria-label": t("searchHere", { where: current }), placeholder: t("searchWords"), enterkeyhint: "search", value: kept.words ?? "" });
  const from = el("input", { class: "field", value: kept.from ?? "", autocomplete: "off", autocapitalize: "none" });
  from.setAttribute("list", "search-names");
  const names = el("datalist", { id: "search-names" }, known(store).map((value) => el("option", { value })));
  const where = el("select", { class: "field" }, [[HERE, current], [ALL, t("searchAll")], ...store.sorted.filter(({ name }) => name !== current).map(({ name }) => [name, name])]
    .map(([value, text]) => el("option", { value, selected: value === kept.where }, text)));
  const since = el("input", { type: "date", class: "field", value: kept.since ?? "" }), upto = el("input", { type: "date", class: "field", value: kept.upto ?? "" });
  const found = el("div", { role: "region", "aria-live": "polite", "aria-label": t("found") });
  const filters = el("details", { open: Boolean(kept.from || kept.since || kept.upto) }, el("summary", {}, t("filters")),
    el("label", {}, t("saidBy"), from), names, el("label", {}, t("since"), since), el("label", {}, t("upto"), upto));
  const look = async (page) => {
    Object.assign(kept, { words: words.value, from: from.value, where: where.value, since: since.value, upto: upto.value });
    const fields = query(kept, current);
    if (!fields.words) return;
    if (!page) fill(found, el("p", { class: "nothing soft" }, t("wait")));
    try {
      const said = await panel.ask("search", page ? { ...fields, page } : fields);
      const list = said.hits.map((hit) => hitElement(hit, { on: panel.on, where: kept.where !== HERE }));
      found.querySelector(".more")?.remove();
      if (page) found.append(...list);
      else fill(found, list.length ? list : el("p", { class: "nothing soft" }, said.about || t("nothingFound")));
      if (said.next) found.append(el("p", { class: "more" }, el("button", { type: "button", class: "link", onclick: () => look(said.next) }, t("olderHits"))));
    } catch (refused) {
      panel.refused(refused, found);
    }
  };
  for (const one of [where, since, upto, from]) one.onchange = () => look();
  panel.title.textContent = t("search");
  fill(panel.inside, el("form", { role: "search", onsubmit: (event) => { event.preventDefault(); look(); } }, el("div", { class: "row" }, words, el("button", { class: "plain" }, t("palette"))), el("label", {}, t("searchIn"), where), filters), toDay(panel), found);
  words.focus();
}

/** The words for `search`. Days are those of this browser, so they go as times. */
function query({ words, from, where, since, upto }, current) {
  const day = (text, later) => { const [year, month, date] = text.split("-").map(Number); return `@${Math.floor(new Date(year, month - 1, date + later).getTime() / 1000)}`; };
  const name = from.trim().replace(/^@/, "");
  const all = [words.trim(), name && `from:${name}`, since && `after:${day(since, 0)}`, upto && `before:${day(upto, 1)}`].filter(Boolean).join(" ");
  const fields = { words: words.trim() || name ? all : "" };
  if (where !== ALL) fields.conversation = where || current;
  return fields;
}

function known({ members, conversations, log, current, me }) {
  const direct = [...conversations.keys()].filter((name) => name.startsWith("@")).map((name) => name.slice(1));
  return [...new Set([me.name, ...(members.get(current)?.members ?? []).map((one) => one.name), ...direct])].slice(0, 200);
}

/** Go to the first message of a day. */
function toDay(panel) {
  const field = el("input", { type: "date", class: "field", onchange: async () => {
    const { current } = panel.store;
    if (!field.value) return;
    try {
      const said = await panel.ask("fetch", { conversation: current, since: new Date(`${field.value}T00:00`).getTime() });
      if (said.seq) panel.on.jump(current, said.seq);
      else toast(t("nothingFound"));
    } catch (refused) { toast(refused.message); }
  } });
  return el("form", { onsubmit: (event) => event.preventDefault() }, el("label", {}, t("toDay"), field));
}
