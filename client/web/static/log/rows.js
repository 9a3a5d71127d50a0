// Which rows a log has: messages, days, gaps, the marker of what is new, sentences of the program, what is on its way.

import { dayOf } from "../texts.js";

const TOGETHER = 5 * 60_000;

/** Return the rows of a log, oldest first. Each has a `key` of its own, and a `version` that differs if it changed. */
export function arrange(log, pending) {
  const rows = [];
  const notices = [...log.notices];
  let before = null, shownDay = 0, marked = false;
  if (log.ready && !log.hasOlder) rows.push({ kind: "begin", key: "begin", version: log.begins });
  else rows.push({ kind: log.ready ? "older" : "wait", key: log.ready ? "older" : "wait", version: 0 });
  const tellUpto = (seq) => {
    while (notices.length && notices[0].after < seq) {
      const notice = notices.shift();
      rows.push({ kind: "notice", key: `n${notice.number}`, version: notice, notice });
      before = null;
    }
  };
  for (const seq of log.seqs) {
    const said = log.messages.get(seq);
    tellUpto(seq);
    const gap = before && !log.joined(before.seq, seq);
    if (gap) rows.push({ kind: "gap", key: `g${before.seq}`, version: seq, after: before.seq, before: seq });
    const day = !before || gap || dayOf(before.at) !== dayOf(said.at);
    const fresh = log.unread !== undefined && seq > log.unread && !marked;
    if (day && shownDay !== dayOf(said.at)) {
      shownDay = dayOf(said.at);
      rows.push({ kind: "day", key: `d${shownDay}`, version: 0, at: said.at });
    }
    if (fresh) {
      marked = true;
      rows.push({ kind: "new", key: "new", version: 0 });
    }
    const first = !said.action && (day || gap || fresh || before.action || said.reply !== undefined || said.pinned || before.deleted !== said.deleted
      || before.sender !== said.sender || said.at - before.at > TOGETHER);
    rows.push({ kind: "message", key: `m${seq}`, version: said, first, said, sent: log.sent.get(seq) });
    before = said;
  }
  tellUpto(Infinity);
  for (const waiting of pending) rows.push({ kind: "pending", key: `p${waiting.ref}`, version: waiting, waiting });
  return rows;
}

/** Whether two rows of the same key look the same. */
export const same = (one, other) => one.version === other.version && one.first === other.first && one.sent === other.sent;
