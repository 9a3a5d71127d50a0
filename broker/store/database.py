"""The open database: its connections, its log and its synced mark."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from broker.core.store import StoreBroken
from broker.ownership import open_or_make
from broker.store.checksums import DamagedError
from broker.store.files.lock import LOCK
from broker.store.files.naming import copy_aside
from broker.store.files.synced_mark import SyncedMark, SyncedMarkFile
from broker.store.files.wal import WalIndex, read_log, was_lost
from broker.store.files.watched import WatchedFiles
from broker.store.versions.migrations import version_of

DATABASE = "chat.db"
"""The database's name in the data directory."""

SYNCED_MARK = "synced"
"""The name of the synced mark's file in the data directory."""

LOG_LIMIT = 64 * 1024 * 1024
"""Bytes. A larger log is cut to this size when SQLite starts it from its beginning again."""

LOCK_WAIT = 50
"""Milliseconds to wait in use while another program holds the lock, as everybody waits meanwhile.

At the start, when nobody waits, it is SQLite's five seconds.
"""

LONG_LOG = 2 * LOG_LIMIT
"""Bytes. If another program keeps the log from shrinking, nobody need be told before it has this size."""

_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten
    "PRAGMA wal_autocheckpoint = 0",  # it would hide errors
    f"PRAGMA journal_size_limit = {LOG_LIMIT}",
    "PRAGMA cache_size = -4000",
)


class _Part(Protocol):
    def close(self) -> None: ...


class Database:
    """A database at `path`. `lost` says whether confirmed messages are missing.

    If so, `missing` is how many at least, and `aside` is the directory with copies of the files as they were.

    `remains` says whether old frames are behind the end of the log. If commits went on over them, another
    crash could make them look like a loss, so the log must begin anew.

    `files` are the open files and the lock of their directory. No transaction commits if one of them is gone.

    `held_up` says whether the last checkpoint could not move all of a long log, as another program reads what
    the database was before.

    `connection` is the only one that writes. `reader` reads. As long as it is open, closing `connection` does
    not move the log into the database, which must not happen after a failure of the disk.
    """

    def __init__(self, path: Path) -> None:
        """Open it, or make it. Raise OSError, sqlite3.Error, DamagedError or StoreBroken."""
        self.path = path
        self.aside: Path | None = None
        self.held_up = self._held_up_told = False
        self._checkpoint_after = 0
        self._open()
        if self.lost:
            self.abandon()  # to close a copied file would drop the locks that SQLite has on it
            files = (path.with_name(name) for name in (path.name, f"{path.name}-wal", SYNCED_MARK))
            self.aside = copy_aside(files, path.parent, "damaged")
            self._open()

    @property
    def loss(self) -> str:
        """The loss in a sentence."""
        much = f"at least the last {self.missing:,}" if self.missing else "some"
        return (
            f"{self.path} has lost {much} of its messages to damage; clients will be told,"
            f" and copies of the files are in {self.aside}"
        )

    def _open(self) -> None:
        self._mark = SyncedMarkFile(self.path.with_name(SYNCED_MARK))
        self._parts: list[_Part] = [self._mark]
        try:
            self._connect()
        except BaseException:
            self.abandon()
            raise

    def _connect(self) -> None:
        noted = self._mark.read()
        try:
            log = read_log(self.path)
        except ValueError as error:
            raise DamagedError(error) from None
        if (log or noted) and not (self.path.exists() and self.path.stat().st_size):
            raise self._empty()
        if not os.path.lexists(self.path):
            os.close(open_or_make(self.path))  # the log gets its mode and its owner
        self.connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self._parts.insert(0, self.connection)
        for setting in _SETTINGS:
            self.connection.execute(setting)
        (tables,) = self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if noted and not noted.frames and not tables:
            raise self._empty()
        self._wal_index = WalIndex(self.path)
        self._parts.insert(1, self._wal_index)
        self.reader = _open_reader(self.path)
        self._parts.insert(1, self.reader)
        names = (self.path.name, f"{self.path.name}-wal", f"{self.path.name}-shm", LOCK)
        self.files = WatchedFiles(filter(Path.exists, map(self.path.with_name, names)))
        recovered, _ = self._wal_index.read()
        held = last_number(self.connection) if version_of(self.connection, self.path) else 0
        self.lost = was_lost(log, recovered, noted, held)
        self.missing = max(0, noted.number - held) if noted else 0
        self.remains = log is not None and log.last > recovered

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block as one transaction. Afterwards it is on disk."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            number = last_number(self.connection)
            self.files.check_directory()
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        with suppress(OSError):  # the commit stands without it
            self._mark.write(SyncedMark(*self._wal_index.read(), number))

    def wait_no_longer(self) -> None:
        """From now on, wait only for a moment if another program holds the lock on the database."""
        self.connection.execute(f"PRAGMA busy_timeout = {LOCK_WAIT}")

    def checkpoint(self, pages: int) -> bool:
        """Move the log into the database if it grew by over `pages`; return whether this tried to."""
        frames, _ = self._wal_index.read()
        if frames < self._checkpoint_after:
            self._checkpoint_after = 0  # the log has begun from its start
        if frames <= self._checkpoint_after + pages:
            return False
        self._checkpoint_after = frames
        _, length, moved = self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        self.held_up = moved < length and self.log_size > LONG_LOG
        return True

    def empty_log(self) -> bool:
        """Move the log into the database, and leave nothing in it. Return whether that could be done."""
        busy, *_ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            self._checkpoint_after = 0
        return not busy

    @property
    def log_size(self) -> int:
        """The size of the log in bytes, 0 if there is none."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return log.stat().st_size if log.exists() else 0

    def complain(self) -> str:
        """Return a sentence if another program keeps the log long, once until it is short; else nothing."""
        told, self._held_up_told = self._held_up_told, self.held_up
        if told or not self.held_up:
            return ""
        return (
            f"the log of {self.path} has {self.log_size / 1e6:,.0f} MB and cannot shrink, as another program"
            " reads the database; end that program"
        )

    def close(self) -> None:
        """Move the log into the database and close everything."""
        self.reader.close()
        with suppress(OSError, sqlite3.Error):
            self._mark.write(SyncedMark(0, bytes(8), last_number(self.connection)))
            self._mark.sync()
        self.abandon()

    def abandon(self) -> None:
        """Close everything, and leave the files as they are."""
        for part in self._parts:
            part.close()

    def _empty(self) -> StoreBroken:
        left = [name for name in (f"{self.path.name}-wal", SYNCED_MARK) if self.path.with_name(name).exists()]
        return StoreBroken(
            f"{self.path} is empty, but it had data; restore a backup,"
            f" or remove {' and '.join(left)} to start without it"
        )


def last_number(connection: sqlite3.Connection) -> int:
    """Return the number of the last message that the database knows of. Raise sqlite3.Error."""
    query = (
        "SELECT max(ifnull((SELECT max(number) FROM messages), 0), ifnull((SELECT upto FROM indexing), 0))"
    )
    return int(connection.execute(query).fetchone()[0])


def _open_reader(path: Path) -> sqlite3.Connection:
    reader = sqlite3.connect(
        path.resolve().as_uri() + "?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    with closing(reader.execute("SELECT count(*) FROM sqlite_master")) as rows:
        rows.fetchone()
    return reader
