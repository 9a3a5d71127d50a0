"""The conversations table in memory: each conversation's number, and the range of its stored messages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from broker.store.checksums import CONVERSATIONS

_SAVE = (
    CONVERSATIONS.insert + " ON CONFLICT (number) DO UPDATE"
    " SET first = excluded.first, head = excluded.head, amended = excluded.amended, sum = excluded.sum"
)
"""To replace the whole row would also write the index of ids, which never changes."""


class StoredRange:
    """A conversation's number in the tables, and its stored entries: all seqs from `first` to `head`.

    `amended` is the seq of the last amendment, 0 if there is none.
    """

    __slots__ = ("amended", "first", "head", "id", "number")

    def __init__(self, number: int, id: str, first: int, head: int, amended: int = 0) -> None:
        self.number, self.id, self.first, self.head, self.amended = number, id, first, head, amended


class Conversations:
    """All conversations, by id and by number. A change must be saved, or undone by `reload`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._by_id: dict[str, StoredRange] = {}
        self._by_number: dict[int, StoredRange] = {}
        self._next = 1

    def reload(self) -> None:
        """Read the table. Raise DamagedError or sqlite3.Error."""
        rows = self._connection.execute(CONVERSATIONS.select())
        held = [StoredRange(*row) for row in CONVERSATIONS.checked(rows)]
        self._by_id = {one.id: one for one in held}
        self._by_number = {one.number: one for one in held}
        self._next = max(self._by_number, default=0) + 1

    def __iter__(self) -> Iterator[StoredRange]:
        return iter(self._by_id.values())

    def get(self, id: str) -> StoredRange | None:
        """Return the range of a conversation, or None if it has none."""
        return self._by_id.get(id)

    def by_number(self, number: int) -> StoredRange | None:
        """Return the range of the conversation with a number in the tables, or None if there is none."""
        return self._by_number.get(number)

    def get_or_add(self, id: str) -> StoredRange:
        """Return the range of a conversation. If it has none, add an empty one."""
        held = self._by_id.get(id)
        if held is None:
            held = StoredRange(self._next, id, 1, 0)
            self._next += 1
            self._by_id[id] = self._by_number[held.number] = held
            self.save([held])
        return held

    def save(self, changed: Iterable[StoredRange]) -> None:
        """Write the ranges of some conversations."""
        rows = [CONVERSATIONS.row(one.number, one.id, one.first, one.head, one.amended) for one in changed]
        self._connection.executemany(_SAVE, rows)

    def forget(self, held: StoredRange) -> None:
        """Remove a conversation. Its messages and members must be removed before."""
        self._connection.execute("DELETE FROM conversations WHERE number = ?", (held.number,))
        del self._by_id[held.id], self._by_number[held.number]
