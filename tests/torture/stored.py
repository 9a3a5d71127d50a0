"""Compares the stored messages in a broker's database with the acknowledged ones."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eventually import DEADLINE

_LOG = """
    SELECT conversations.id, messages.seq, messages.sender, messages.id, messages.text,
        messages.kind, messages."of", messages.user, messages.at, messages.form
    FROM messages JOIN conversations ON conversations.number = messages.conversation
    ORDER BY messages.conversation, messages.seq
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One stored entry. `conversation` is the broker's own name of it."""

    conversation: str
    seq: int
    sender: str
    id: str
    text: str
    kind: str = ""
    of: int = 0
    user: int = 0
    at: int = 0
    form: str = ""


def read_log(directory: Path) -> list[Row]:
    """Return all that is stored in the data directory of a broker that has ended, in order of seq."""
    with closing(sqlite3.connect(f"file:{directory}/chat.db?mode=ro", uri=True)) as database:
        return [Row(*row) for row in database.execute(_LOG)]


def read_epoch(directory: Path) -> str:
    """Return the epoch of the log in the data directory of a broker."""
    with closing(sqlite3.connect(f"file:{directory}/chat.db?mode=ro", uri=True)) as database:
        return str(database.execute("SELECT epoch FROM log").fetchone()[0])


@dataclass(frozen=True, slots=True)
class Acked:
    """One acknowledgement, as its sender got it. `text` is None where the sender is another program."""

    id: str
    conversation: str
    seq: int
    text: str | None
    kind: str = ""
    of: int = 0


class Ledger:
    """All acknowledgements of a run, of all its senders."""

    def __init__(self) -> None:
        self.acked: dict[str, Acked] = {}
        self.renumbered: list[tuple[Acked, Acked]] = []
        self.refused: list[str] = []
        """The ids of amendments of messages that had been accepted."""
        self.changed: dict[str, str] = {}
        """The present texts of messages that were edited or deleted, by id."""
        self._lock = threading.Lock()
        self._alarm: tuple[int, Callable[[], None]] | None = None

    def enter(self, acked: Acked) -> None:
        """Note an acknowledgement; the same id acknowledged with another seq is a fault."""
        with self._lock:
            known = self.acked.setdefault(acked.id, acked)
            if known != acked:
                self.renumbered.append((known, acked))
            if self._alarm and len(self.acked) >= self._alarm[0]:
                (_, call), self._alarm = self._alarm, None
                call()

    def after(self, more: int, call: Callable[[], None]) -> None:
        """Call once when `more` further messages were acknowledged, from the last sender's thread."""
        with self._lock:
            self._alarm = (len(self.acked) + more, call)

    def wait_for(self, more: int) -> None:
        """Return when `more` further messages were acknowledged; fail if that takes too long."""
        reached = threading.Event()
        self.after(more, reached.set)
        assert reached.wait(DEADLINE), f"{more} messages were not acknowledged in time"


@dataclass(frozen=True)
class Findings:
    """The errors of a log. A broker promises that all are empty."""

    lost: list[Acked] = field(default_factory=list)
    misplaced: list[tuple[Acked, Row]] = field(default_factory=list)
    renumbered: list[tuple[Acked, Acked]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    holes: dict[str, list[int]] = field(default_factory=dict)
    misapplied: list[Row] = field(default_factory=list)
    """Messages whose present form is not what their amendments make of them."""


def compare(ledger: Ledger, rows: Iterable[Row]) -> Findings:
    """Compare a log with the acknowledgements. Ids and texts must be unique in the whole run."""
    rows = list(rows)
    by_id = {row.id: row for row in rows}
    counts = Counter(row.id for row in rows) + Counter(f"text {row.text}" for row in rows if row.text)
    return Findings(
        lost=[acked for acked in ledger.acked.values() if acked.id not in by_id],
        misplaced=[
            (acked, by_id[acked.id])
            for acked in ledger.acked.values()
            if acked.id in by_id and not _agree(ledger, acked, by_id[acked.id])
        ],
        renumbered=ledger.renumbered,
        refused=ledger.refused,
        twice=[what for what, count in counts.items() if count > 1],
        holes=_holes(rows),
        misapplied=misapplied(rows),
    )


def _agree(ledger: Ledger, acked: Acked, row: Row) -> bool:
    text = ledger.changed.get(acked.id, acked.text)
    same_room = not acked.conversation.startswith("#") or acked.conversation == row.conversation
    same_entry = (acked.seq, acked.kind, acked.of) == (row.seq, row.kind, row.of)
    return same_room and same_entry and text in (None, row.text)


def misapplied(rows: Iterable[Row]) -> list[Row]:
    """Return the messages that are not as their amendments make them. Takes all entries in order of seq."""
    messages: dict[tuple[str, int], Row] = {}
    expected: defaultdict[tuple[str, int], dict[str, Any]] = defaultdict(_unchanged)
    for row in rows:
        place = row.conversation, row.of
        if not row.kind:
            messages[row.conversation, row.seq] = row
        elif row.kind == "edited":
            expected[place]["edited"] = row.at
        elif row.kind == "deleted":
            expected[place] = _unchanged() | {"deleted": row.seq}
        elif row.kind == "reacted":
            did = json.loads(row.form)
            users = expected[place]["reactions"].setdefault(did["reaction"], {})
            if did.get("on", True):
                users[row.user] = row.seq
            else:
                users.pop(row.user, None)  # a log that lost entries may lack it
    return [row for place, row in messages.items() if _form(row) != _without_empty(expected[place])]


def _unchanged() -> dict[str, Any]:
    return {"edited": 0, "deleted": 0, "reactions": {}}


def _form(row: Row) -> dict[str, Any]:
    form = json.loads(row.form or "{}")
    given = {reaction: dict(users) for reaction, users in form.get("reactions", ())}
    return {"edited": form.get("edited", 0), "deleted": form.get("deleted", 0), "reactions": given}


def _without_empty(form: dict[str, Any]) -> dict[str, Any]:
    return form | {"reactions": {one: users for one, users in form["reactions"].items() if users}}


def _holes(rows: Iterable[Row]) -> dict[str, list[int]]:
    """Return the seqs of each conversation whose seqs are not 1, 2, 3 …"""
    seqs: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        seqs[row.conversation].append(row.seq)
    return {name: found for name, found in seqs.items() if found != list(range(1, len(found) + 1))}
