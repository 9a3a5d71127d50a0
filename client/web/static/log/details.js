// What is known of one message: its number, when it was said and changed, and who has it.

import { linkTo } from "../parts/links.js";
import { el } from "../dom.js";
import { ask } from "../parts/dialog.js";
import { list, moment, size, t } from "../texts.js";
import { receiptNames } from "./message.js";

/** Show the details of a message of a conversation. */
export function showDetails(said, conversation, sent) {
  const facts = [
    [t("number"), String(said.seq)], [t("saidBy"), [said.sender, said.bot && t("bot"), said.guest && t("guest")].filter(Boolean).join(", ")], [t("saidAt"), moment(said.at)],
    said.edited && [t("changedAt"), moment(said.edited)], said.pinned && [t("pins"), t("yes")],
    ...(said.reactions ?? []).map(({ reaction, users, count }) => [reaction, list(users.length < count ? [...users, t("andMore", { n: count - users.length })] : users)]),
    ...(said.files ?? []).map(({ name, size: bytes }) => [name, size(bytes)]),
    sent && [t("whoHas"), receiptNames(sent).join("\n")], [t("link"), el("a", { href: linkTo(conversation, said.seq) }, linkTo(conversation, said.seq))],
  ];
  return ask({ title: t("details"), yes: "", content: el("dl", { class: "details" }, facts.filter(Boolean).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])) });
}
