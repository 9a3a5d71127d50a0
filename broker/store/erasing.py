"""Erases what was deleted from the index of words and from the log, a little at a time.

The database itself needs no such work, as SQLite overwrites deleted rows at once (`secure_delete`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from broker.store.database import Database
from broker.store.rows.index import Erase, Index

RESTING = 50
"""After a round nothing is erased for this multiple of its time, as a round rewrites the whole index."""

RETRY_SECONDS = 1.0
"""When to try again if another program still reads from the log."""


class Erasing:
    """Rounds of erasing. The index remembers how far a round is, so that none is lost in a crash."""

    def __init__(
        self, index: Index, database: Database, transaction: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._index = index
        self._database = database
        self._transaction = transaction
        self._spent = self._rests_until = 0.0

    def advance(self) -> bool:
        """Erase for some milliseconds. Return whether there is more to do now. Raise sqlite3.Error."""
        begun = time.monotonic()
        if self._index.erasing is Erase.NOTHING or begun < self._rests_until:
            return False
        if self._index.erasing is not Erase.LOG:
            with self._transaction():
                self._index.erase_some()
            self._spent += time.monotonic() - begun
            return True
        if not self._database.empty_log():
            self._rests_until = begun + RETRY_SECONDS
            return False
        with self._transaction():
            self._index.erased()
        now = time.monotonic()
        self._rests_until = now + RESTING * (self._spent + now - begun)
        self._spent = 0.0
        return False
