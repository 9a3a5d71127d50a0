"""The index of words in the SQLite store. It may lag behind the messages, and can always be rebuilt."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from broker.core.store import Query, pair_of
from broker.store.checksums import INDEXING, MESSAGES, DamagedError, Row
from broker.store.conversations import Conversations
from broker.store.schema import INDEX
from broker.store.words import folded, is_searchable

SLICE = 256
"""Messages indexed at a time, in some milliseconds."""

_FIND = "SELECT rowid FROM found WHERE found MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
_ADD = "INSERT INTO found (rowid, text, place) VALUES (?, ?, ?)"
_REMOVE = "INSERT INTO found (found, rowid, text, place) VALUES ('delete', ?, ?, ?)"


class IndexDamagedError(Exception):
    """The index is damaged, and must be reset."""


class Index:
    """Finds messages by their words. It has all messages with numbers up to `upto`."""

    def __init__(self, connection: sqlite3.Connection, conversations: Conversations) -> None:
        self._connection = connection
        self._conversations = conversations
        self.upto = 0

    def reload(self) -> None:
        """Read `upto`. Raise IndexDamagedError if it is damaged."""
        try:
            ((self.upto,),) = INDEXING.checked(self._connection.execute(INDEXING.select()))
        except (DamagedError, ValueError):
            raise IndexDamagedError from None

    def reset(self) -> None:
        """Empty the index; `add_some` fills it again. Call this in a transaction."""
        self._connection.execute("DROP TABLE IF EXISTS found")
        self._connection.execute(INDEX)
        self._mark(0)

    def add_some(self, limit: int) -> int:
        """Index up to `limit` more messages; return how many. Call this in a transaction."""
        query = MESSAGES.select("WHERE number > ? ORDER BY number LIMIT ?")
        rows = list(MESSAGES.checked(self._connection.execute(query, (self.upto, limit))))
        if rows:
            with _detecting_damage():
                self._connection.executemany(_ADD, map(self._entry, rows))
            self._mark(rows[-1][0])
        return len(rows)

    def remove(self, rows: Iterable[Row]) -> None:
        """Remove messages that will be deleted next."""
        with _detecting_damage():
            self._connection.executemany(_REMOVE, [self._entry(row) for row in rows if row[0] <= self.upto])

    def put_back(self, rows: Iterable[Row]) -> None:
        """Add messages that were removed, and changed since."""
        with _detecting_damage():
            self._connection.executemany(_ADD, [self._entry(row) for row in rows if row[0] <= self.upto])

    def find(self, query: Query, conversations: Collection[int], numbers: tuple[int, int]) -> list[int]:
        """Return the numbers of matching messages within `numbers` (from, before), the latest first.

        `conversations` are the numbers in the tables of the query's conversations.
        """
        wanted = [_quoted(word) for word in query.words if is_searchable(word)]
        places = [f"c{number}" for number in conversations]
        if query.party is not None:
            places.append(f"p{query.party}")
        if not places or (query.words and not wanted):
            return []
        parts = [*(f"text : {word}" for word in wanted), f"place : ({' OR '.join(places)})"]
        if query.user is not None:
            parts.append(f"place : u{query.user}")
        values = (" AND ".join(parts), *numbers, query.limit)
        with _detecting_damage():
            return [number for (number,) in self._connection.execute(_FIND, values)]

    def _entry(self, row: Row) -> tuple[int, str, str]:
        number, conversation, _seq, _id, user, _sender, text, *_ = row
        held = self._conversations.by_number(conversation)
        if held is None:
            raise DamagedError(f"conversation {conversation} is missing")
        parties = "".join(f" p{party}" for party in pair_of(held.id))
        return number, folded(text), f"c{conversation} u{user}{parties}"

    def _mark(self, upto: int) -> None:
        self._connection.execute("DELETE FROM indexing")
        self._connection.execute(INDEXING.insert, INDEXING.row(upto))
        self.upto = upto


@contextmanager
def _detecting_damage() -> Iterator[None]:
    """Raise IndexDamagedError if the index, and not the database around it, is damaged."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_CORRUPT_VTAB":
            raise IndexDamagedError from error
        raise


def _quoted(word: str) -> str:
    """Return a word as a quoted phrase, so that FTS5 reads nothing in it as syntax."""
    bare = folded(word).removesuffix("*").replace('"', '""').replace("\0", " ")
    return f'"{bare}" *' if word.endswith("*") else f'"{bare}"'
