"""All that is known of a message: who has it, who has read it and since when, and who has reacted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from client.core.events import Sent
from client.screen.log.transcript import Marks, Seen
from client.screen.tones import BOLD, DIM, PLAIN, Row
from client.text.entries import isolated
from client.text.times import local_time
from messages.events import Message
from messages.text import reveal

_NO_RECEIPTS: list[Row] = [
    [("Who has it is told only to its sender, by receipts that come while the client runs.", DIM)]
]


def about_rows(message: Message, sent: Sent | None, seen: Mapping[str, Seen], marks: Marks) -> list[Row]:
    """Return the rows about a message; `sent` and `seen` if it is the user's own, with its receipts."""
    rows: list[Row] = [_row("said", f"{_when(message.at)} by {reveal(message.sender)}")]
    if message.edited:
        rows.append(_row("edited", _when(message.edited)))
    if message.deleted:
        rows.append(_row("deleted", "its text is gone"))
    if message.reply_to:
        rows.append(_row("answers", f"{message.reply_to:,}"))
    if marks.pinned:
        rows.append(_row("pinned", "yes"))
    for one in message.reactions:
        others = one.count - len(one.users)
        more = f" and {others:,} others" if others > 0 else ""
        names = ", ".join(reveal(user) for user in one.users)
        rows.append(_row("reacted", f"{isolated(one.reaction)}  {names}{more}"))
    return rows + (_receipts(sent, seen) if sent else _NO_RECEIPTS)


def _receipts(sent: Sent, seen: Mapping[str, Seen]) -> list[Row]:
    rows = [_row("state", sent.state)]
    for user in sorted(sent.delivered_to | sent.read_by):
        at = seen.get(user, Seen())
        words = []
        if user in sent.delivered_to:
            words.append(f"got it{_since(at.delivered)}")
        if user in sent.read_by:
            words.append(f"read it{_since(at.read)}")
        rows.append(_row(reveal(user), ", ".join(words)))
    unnamed = max(sent.delivered - len(sent.delivered_to), 0), max(sent.read - len(sent.read_by), 0)
    if any(unnamed):
        rows.append(_row("others", f"{unnamed[0]:,} got it, {unnamed[1]:,} read it"))
    return rows


def _since(at: datetime | None) -> str:
    return f" {at:%H:%M:%S}" if at else ""


def _when(at: int) -> str:
    return f"{local_time(at):%Y-%m-%d %H:%M:%S}"


def _row(word: str, text: str) -> Row:
    return [(f"{word:>12}  ", BOLD), (text, PLAIN)]
