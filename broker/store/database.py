"""The open database: its connections, its log and its mark, from opening to closing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from broker.store.mark import Mark
from broker.store.rows import DamagedError
from broker.store.wal import Shared, read_log, was_lost

_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 0",  # it would pass over errors in silence
    "PRAGMA cache_size = -4000",
)


class _Part(Protocol):
    def close(self) -> None: ...


class Database:
    """A database at `path`. `lost` tells whether messages that had been confirmed are gone.

    `remains` tells whether frames of an earlier life lie behind the log's end. Where commits go on over them,
    another crash could make them look like what was lost: the log has to begin anew.

    `connection` is the only one that writes. `reader` reads, and as long as it is there, closing the other
    does not move the log into the database: what must not be done after a failure of the disk.
    """

    def __init__(self, path: Path) -> None:
        """Open it, making it if need be. Raise OSError, sqlite3.Error or DamagedError."""
        self.path = path
        self._mark = Mark(path.with_name("synced"))
        self._parts: list[_Part] = [self._mark]
        self._checkpoint_after = 0
        try:
            self._open()
        except BaseException:
            self.abandon()
            raise

    def _open(self) -> None:
        noted = self._mark.read()
        try:
            log = read_log(self.path)
        except ValueError as error:
            raise DamagedError(error) from None
        if (log or noted) and not (self.path.exists() and self.path.stat().st_size):
            raise DamagedError("it is empty, though it was not")
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # the log gets its mode
        self.connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self._parts.insert(0, self.connection)
        for setting in _SETTINGS:
            self.connection.execute(setting)
        self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self._shared = Shared(self.path)
        self._parts.insert(1, self._shared)
        self.reader = _open_reader(self.path)
        self._parts.insert(1, self.reader)
        recovered, _ = self._shared.read()
        self.lost = was_lost(log, recovered, noted)
        self.remains = log is not None and log.last > recovered

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all or nothing of what is inside; it is on disk afterwards."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        with suppress(OSError):  # the commit stands without it
            self._mark.write(*self._shared.read())

    def checkpoint(self, pages: int) -> bool:
        """Move the log into the database if it has grown past `pages`; return whether that was tried."""
        frames, _ = self._shared.read()
        if frames < self._checkpoint_after:
            self._checkpoint_after = 0  # the log has begun from its start
        if frames <= self._checkpoint_after + pages:
            return False
        self._checkpoint_after = frames
        self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return True

    def close(self) -> None:
        """Move the log into the database and close everything."""
        self.reader.close()
        with suppress(OSError):
            self._mark.clear()
        self.abandon()

    def abandon(self) -> None:
        """Close everything, and leave the files as they are."""
        for part in self._parts:
            part.close()


def _open_reader(path: Path) -> sqlite3.Connection:
    reader = sqlite3.connect(
        path.resolve().as_uri() + "?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    with closing(reader.execute("SELECT count(*) FROM sqlite_master")) as rows:
        rows.fetchone()
    return reader
