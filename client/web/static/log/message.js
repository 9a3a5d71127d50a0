// One row of the log as elements.

import { el, hue, iconButton } from "../dom.js";
import { clock, dayName, list, moment, once, t } from "../texts.js";
import { filesElement } from "./files.js";
import { textNodes } from "./runs.js";

/** A square with the first letter of a name. */
export function face(name, small = false) {
  return el("span", { class: `face ${small ? "small " : ""}${hue(name)}`, "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "");
}

/** Return the element of a row. `on` has what its buttons do. */
export function rowElement(row, { conversation, me, on }) {
  switch (row.kind) {
    case "message": return messageElement(row, conversation, me, on);
    case "pending": return pendingElement(row.waiting, me, on);
    case "day": return el("div", { class: "line", role: "separator" }, dayName(row.at));
    case "new": return el("div", { class: "line new", role: "separator" }, t("newMessages"));
    case "gap": return el("div", { class: "line gap" }, el("span", {}, t("gap"), " ",
      el("button", { type: "button", class: "link", onclick: () => on.gap(row) }, t("loadGap"))));
    case "away": return el("div", { class: "line gap" }, t("awayHere"));
    case "wait": return el("div", { class: "line gap late" }, t("wait"));
    case "older": return el("div", { class: "line gap" }, t("loading"));
    case "begin": return el("div", { class: "begin" }, el("strong", {}, el("bdi", {}, conversation)),
      conversation.startsWith("@") ? t("beginningDirect", { who: conversation.slice(1) }) : t("beginning", { where: conversation }));
    default: return noticeElement(row.notice);
  }
}

/** A sentence of the program, or the result of a command. What a terminal shows in two columns has two here. */
function noticeElement({ kind, text }) {
  if (kind !== "result") return el("div", { class: `event${kind === "refusal" ? " bad" : ""}` }, text);
  return el("div", { class: "event told" }, text.split("\n").map((line) => {
    const pair = /^\s*(\S.*?) {2,}(\S.*)$/.exec(line);
    return pair ? el("div", { class: "pair" }, el("span", {}, pair[1]), el("span", {}, pair[2])) : el("div", {}, line);
  }));
}

function messageElement({ said, first, sent }, conversation, me, on) {
  const pings = said.concern === "mention" || said.concern === "keyword";
  const body = el("div", { class: "body" }, quote(said, on));
  if (said.deleted) body.append(el("p", { class: "text gone" }, t("deleted")));
  else {
    const bare = !said.pieces?.length && !said.action && said.files?.length;
    const mark = said.own ? receipt(sent, on, said) : null;
    const large = !said.action && isOnlyEmoji(said.pieces ?? []);
    if (!bare) body.append(el("div", { class: `text${large ? " large" : ""}`, dir: "auto" }, said.action ? [el("bdi", { class: "who" }, said.sender), " "] : null, textNodes(said.pieces ?? [], pings ? me.name : ""),
      said.edited ? el("small", { class: "mark-edited", title: moment(said.edited) }, `(${t("edited")})`) : null,
      mark));
    if (said.files?.length) body.append(filesElement(said, conversation, bare ? mark : null));
  }
  const chips = reactions(said, me, on);
  if (chips) body.append(chips);
  const notes = [said.pinned && t("pinnedBy"), said.bot && t("bot"), said.guest && t("guest")].filter(Boolean).join(", ");
  return el("article", { class: `msg ${hue(said.sender)}${first ? " first" : ""}${said.own ? " own" : ""}${pings ? " pings" : ""}${said.action ? " action" : ""}${on.marked(said.seq) ? " marked" : ""}`, tabIndex: -1, "data-seq": said.seq },
    first ? face(said.sender) : null,
    el("bdi", { class: "who" }, said.sender),
    notes ? el("span", { class: "note" }, notes) : null,
    body,
    el("time", { dateTime: new Date(said.at).toISOString() }, clock(said.at)),
    said.deleted ? null : tools(said, on));
}

const EMOJI = /^(?:(?:\p{RI}{2}|\p{Emoji_Presentation}\p{Emoji_Modifier}?|\p{Extended_Pictographic}\uFE0F)(?:\u200D\p{Extended_Pictographic}\uFE0F?)*\s?){1,6}$/u;

/** Whether a message is a few emoji and nothing else. */
const isOnlyEmoji = (pieces) => pieces.length === 1 && pieces[0].text.length < 80 && EMOJI.test(pieces[0].text);

/** The beginning of a text without the commonest signs of the markup. */
const unmarked = (text) => text.replace(/\*\*|~~|`+/g, "");

function quote(said, on) {
  if (!said.reply) return null;
  const { seq, sender, excerpt } = said.reply;
  return el("button", { type: "button", class: "quote", onclick: () => on.jump(seq) },
    sender ? [el("strong", {}, el("bdi", {}, sender)), el("span", { class: "clip" }, unmarked(excerpt ?? ""))] : t("replyToMissing"));
}

const TOOLS = once(() => el("div", { class: "tools" }, ["react", "reply", "more"].map((act) =>
  iconButton(act, t(act), undefined, { "data-act": act, "aria-haspopup": act === "more" && "menu" }))));

/** The buttons of a message: copies, as making them for each of many takes long. */
function tools(said, on) {
  const made = TOOLS().cloneNode(true);
  made.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) on[button.dataset.act](said, button);
  });
  return made;
}

/** Give a time its day when somebody points at it. */
export function dated({ target }) {
  if (target.tagName === "TIME" && !target.title) target.title = moment(target.dateTime);
}

function reactions(said, me, on) {
  if (!said.reactions?.length) return null;
  return el("div", { class: "chips" }, said.reactions.map(({ reaction, count, users }) => {
    const own = users.includes(me.name);
    const who = list(users.length < count ? [...users, t("andMore", { n: count - users.length })] : users);
    const label = t("reactedBy", { reaction, who });
    return el("button", { type: "button", class: "chip", title: label, "aria-label": label, "aria-pressed": own, onclick: () => on.toggle(said, reaction, !own) },
      el("span", {}, reaction), ` ${count}`);
  }));
}

const MARKS = { sending: "…", accepted: "✓", delivered: "✓✓", read: "✓✓", failed: "!" };

/** The state of an own message in words. */
function receiptWords(sent) {
  const { state, recipients = 0, delivered = 0, readers = 0, error = "" } = sent;
  if (state === "failed") return t("refused", { why: error });
  const words = state === "delivered" && recipients > 1 ? t("deliveredTo", { n: delivered, of: Math.max(recipients, delivered) })
    : t(state === "read" && recipients > 1 ? "delivered" : state);
  return readers && recipients > 1 ? `${words}, ${t("readBy", { n: readers })}` : words;
}

/** The state with names, as far as they are known. */
export function receiptNames(sent) {
  const { delivered_to: delivered = [], read_by: read = [] } = sent;
  const rest = delivered.filter((name) => !read.includes(name));
  return [receiptWords(sent), read.length && t("readNames", { who: list(read) }), rest.length && t("deliveredNames", { who: list(rest) })].filter(Boolean);
}

function receipt(sent, on, said) {
  if (!sent) return null;
  const words = receiptNames(sent).join("\n");
  return el("span", { class: `receipt ${sent.state}`, role: "img", title: words, "aria-label": receiptWords(sent), onclick: () => on.whoHas(said) }, MARKS[sent.state]);
}

function pendingElement(waiting, me, on) {
  const failed = waiting.state === "failed", parts = on.parts(waiting);
  const text = parts.length && waiting.body?.text === "" ? "" : waiting.text; // the files have their names
  return el("article", { class: `msg first own ${hue(me.name)}`, tabIndex: -1 }, face(me.name), el("bdi", { class: "who" }, me.name),
    el("div", { class: "body" }, el("div", { class: "text", dir: "auto" }, text,
      el("span", { class: `receipt ${failed ? "bad" : ""}`, role: "img", "aria-label": t(failed ? "refused" : "sending", { why: waiting.error }) }, failed ? "" : "…")),
    el("div", { class: "files" }, parts),
    failed && el("p", { class: "note" }, el("span", { class: "bad" }, t("refused", { why: waiting.error }))),
    (failed || (waiting.files && waiting.body)) && el("p", { class: "note" },
      failed && el("button", { type: "button", class: "link", onclick: () => on.retry(waiting) }, t("sendAgain")), " ",
      el("button", { type: "button", class: "link", onclick: () => on.putBack(waiting) }, t("putBack")))),
    el("time", { dateTime: new Date(waiting.at).toISOString() }, clock(waiting.at)));
}
