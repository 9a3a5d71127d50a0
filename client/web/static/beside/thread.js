// A thread: a message and all that answers it, which goes on while it is open, with a box to answer.

import { el, fill, iconButton } from "../dom.js";
import { draftOf, keepDraft } from "../parts/drafts.js";
import { toast } from "../parts/dialog.js";
import { textOf } from "../log/runs.js";
import { enterSends } from "../settings/preferences.js";
import { moment, t } from "../texts.js";
import { hitElement } from "./hits.js";

/** Show the thread of a message, and follow it. Return what ends that. */
export function showThread(panel, { seq }) {
  const { store, on } = panel, place = store.current;
  const messages = new Map(); // by seq, in the order of the thread
  let complete = false;
  const list = el("div", { role: "group", "aria-label": t("thread"), "aria-live": "off" }, el("p", { class: "nothing soft" }, t("wait")));
  const draw = () => {
    const atEnd = panel.inside.scrollHeight - panel.inside.scrollTop - panel.inside.clientHeight < 40;
    const sorted = [...messages.values()].sort((one, other) => one.seq - other.seq);
    fill(list, sorted.length ? sorted.map((message) => hitElement({ conversation: place, message }, { on })) : el("p", { class: "nothing soft" }, t("nothingFound")));
    if (atEnd) panel.inside.scrollTop = panel.inside.scrollHeight;
  };
  const follow = () => {
    let changed = false;
    for (const said of store.log(place).messages.values()) {
      const belongs = messages.has(said.seq) ? messages.get(said.seq) !== said : said.reply && messages.has(said.reply.seq);
      if (belongs) { messages.set(said.seq, said); changed = true; }
    }
    if (!changed) return;
    list.setAttribute("aria-live", "polite");
    draw();
  };
  const came = (event) => { if (complete && event.detail.conversation === place) follow(); };
  store.addEventListener("log", came);
  panel.title.textContent = t("thread");
  fill(panel.inside, list);
  panel.put(el("div", { class: "acts" }, el("button", { type: "button", class: "link", onclick: () => save(place, seq, [...messages.values()].sort((one, other) => one.seq - other.seq)) }, t("saveThread"))), answerBox(panel, place, seq));
  panel.ask("thread", { conversation: place, seq }).then((said) => {
    for (const { message } of said.hits) messages.set(message.seq, message);
    complete = true;
    follow();
    draw();
  }, (refused) => panel.refused(refused, list));
  return () => store.removeEventListener("log", came);
}

function answerBox({ store, on }, place, seq) {
  const draft = `${place} ${seq}`;
  const field = el("textarea", { class: "field", rows: 2, "aria-label": t("replyHere"), placeholder: t("replyHere"), maxLength: 16000, value: draftOf(store.me.name, draft), oninput: () => keepDraft(store.me.name, draft, field.value) });
  const send = () => {
    const text = field.value.trim();
    if (!text) return;
    if ([...text].length > store.me.text) { toast(t("tooLong", { n: store.me.text })); return; }
    on.send(text, seq, place);
    field.value = "";
    keepDraft(store.me.name, draft, "");
    field.focus();
  };
  field.onkeydown = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing || !(enterSends() || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };
  return el("form", { class: "answer", onsubmit: (event) => { event.preventDefault(); send(); } }, field, iconButton("send", t("sendReply"), send));
}

/** Save messages as a file of text. */
export function save(place, name, messages) {
  const text = messages.map((said) => `${moment(said.at)}  ${said.sender}\n${said.deleted ? t("deleted") : textOf(said)}\n`).join("\n");
  const source = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  el("a", { href: source, download: `${place.slice(1)}-${name}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(source), 60_000);
}
