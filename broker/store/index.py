"""The index of words in the SQLite store. It may lag behind the messages, and can always be made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from broker.store.rows import DamagedError, Row, checked, select, with_sum
from broker.store.schema import INDEX
from broker.store.words import is_searchable, plain

SLICE = 256
"""Messages indexed in one go: some milliseconds."""

_FIND = "SELECT rowid FROM found WHERE found MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
_ADD = "INSERT INTO found (rowid, text, place) VALUES (?, ?, ?)"
_REMOVE = "INSERT INTO found (found, rowid, text, place) VALUES ('delete', ?, ?, ?)"


class IndexDamagedError(Exception):
    """The index cannot be used; it has to begin anew."""


class Index:
    """Which messages have which words. All messages with numbers up to `upto` are in it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.upto = 0

    def learn(self) -> None:
        """Read how far the index goes. Raise IndexDamagedError if that is not known."""
        try:
            rows = self._connection.execute("SELECT upto, sum FROM indexing")
            ((self.upto,),) = checked("indexing", rows)
        except (DamagedError, ValueError):
            raise IndexDamagedError from None

    def begin_anew(self) -> None:
        """Drop what is indexed, in a transaction. The messages go in again little by little."""
        self._connection.execute("DROP TABLE IF EXISTS found")
        self._connection.execute(INDEX)
        self._mark(0)

    def add_some(self, limit: int) -> int:
        """Index up to `limit` messages that are not yet; return how many. To be called in a transaction."""
        query = select("messages", "WHERE number > ? ORDER BY number LIMIT ?")
        rows = list(checked("messages", self._connection.execute(query, (self.upto, limit))))
        if rows:
            with _noticing_damage():
                self._connection.executemany(_ADD, map(_entry, rows))
            self._mark(rows[-1][0])
        return len(rows)

    def remove(self, rows: Iterable[Row]) -> None:
        """Take messages out that are about to be deleted."""
        with _noticing_damage():
            self._connection.executemany(_REMOVE, [_entry(row) for row in rows if row[0] <= self.upto])

    def find(
        self,
        words: Sequence[str],
        conversations: Collection[int],
        user: int | None,
        numbers: tuple[int, int],
        limit: int,
    ) -> list[int]:
        """Return the numbers of matching messages within `numbers` (from, before), the latest first."""
        wanted = [_quoted(word) for word in words if is_searchable(word)]
        if not conversations or (words and not wanted):
            return []
        places = " OR ".join(f"c{number}" for number in conversations)
        parts = [*(f"text : {word}" for word in wanted), f"place : ({places})"]
        if user is not None:
            parts.append(f"place : u{user}")
        values = (" AND ".join(parts), *numbers, limit)
        with _noticing_damage():
            return [number for (number,) in self._connection.execute(_FIND, values)]

    def _mark(self, upto: int) -> None:
        self._connection.execute("DELETE FROM indexing")
        self._connection.execute("INSERT INTO indexing VALUES (?, ?)", with_sum(upto))
        self.upto = upto


@contextmanager
def _noticing_damage() -> Iterator[None]:
    """Raise IndexDamagedError if the index, and not the database around it, is damaged."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_CORRUPT_VTAB":
            raise IndexDamagedError from error
        raise


def _entry(row: Row) -> tuple[int, str, str]:
    number, conversation, _seq, _id, user, _sender, text, *_ = row
    return number, plain(text), f"c{conversation} u{user}"


def _quoted(word: str) -> str:
    """Return a word as a phrase that cannot be taken for a part of the query's language."""
    bare = plain(word).removesuffix("*").replace('"', '""').replace("\0", " ")
    return f'"{bare}" *' if word.endswith("*") else f'"{bare}"'
