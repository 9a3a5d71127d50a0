"""The durable store: one SQLite database, one connection that writes, one transaction and one fsync a batch.

SQLite before 3.51.3 has a bug in resetting the WAL if several connections write and checkpoint. Here only one
does.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from broker.core.contents import Contents
from broker.core.store import Entry, Part, Query, Snapshot, StoreBroken, StoreError
from broker.store.check import BackgroundCheck, check_definitions, describe_check
from broker.store.contents.disk import DiskContents
from broker.store.database import DATABASE, Database
from broker.store.erasing import Erasing
from broker.store.failures import failure, translated_errors
from broker.store.files.lock import lock_directory
from broker.store.reads import SqliteReads
from broker.store.replacing import recover
from broker.store.rows.conversations import Conversations
from broker.store.rows.gaps import Gaps
from broker.store.rows.index import Index, IndexDamagedError
from broker.store.rows.reading import Reader
from broker.store.rows.recent import RecentRows
from broker.store.rows.references import check_references
from broker.store.rows.searching import Finder
from broker.store.rows.writing import Writer, set_epoch
from broker.store.versions.migrations import migrate, version_of
from messages.replies import Durability

T = TypeVar("T")

CHECKPOINT = 4_000
"""Pages that are added to the log before they are moved into the database, even if the broker is busy."""

IDLE_CHECKPOINT = 1_000
"""The same while the broker is idle."""

SLICE = 0.004
"""Seconds for which messages are indexed at a time."""

CHECKED_AT_ONCE = 32 * 1024 * 1024
"""Bytes. A database up to this size is checked before use, a larger one during use."""


class SqliteStore(SqliteReads):
    """Implements `broker.core.store.Store` in `directory`, which it locks against other processes.

    A new database gets the epoch `new_epoch`, and so does one that has lost confirmed messages. Any other
    keeps its own. `report` gets sentences for the operator, one at a time, in the thread that uses the
    store. `alarm` gets the sentences about lost messages.
    """

    durability = Durability.DISK

    def __init__(
        self,
        directory: Path,
        new_epoch: str,
        report: Callable[[str], object] = str,
        alarm: Callable[[str], object] = str,
        checked_at_once: int = CHECKED_AT_ONCE,
    ) -> None:
        """Open the database, and make it if there is none. Raise StoreError or StoreBroken."""
        self.path = directory / DATABASE
        self.contents: Contents = DiskContents(directory)
        self._report = report
        self._broken = self._stale = self._closed = False
        self._check: BackgroundCheck | None = None
        self._lock = lock_directory(directory)
        try:
            with self._translated_errors():
                recover(directory, report)
                self._database = Database(self.path)
        except BaseException:
            os.close(self._lock)
            raise
        self._connection = self._database.connection
        self._conversations = Conversations(self._connection)
        self._index = Index(self._connection, self._conversations)
        recent, gaps = RecentRows(), Gaps()
        self._writer = Writer(self._connection, self._conversations, self._index, recent, gaps)
        self._reader = Reader(self._connection, self._conversations, recent, gaps)
        self._erasing = Erasing(self._index, self._database, self._transaction)
        try:
            with self._translated_errors():
                self._begin(new_epoch, checked_at_once, alarm)
        except BaseException:
            self._broken = True
            self.close()
            raise

    def _begin(self, new_epoch: str, checked_at_once: int, alarm: Callable[[str], object]) -> None:
        """Migrate the tables, check them and read them."""
        if self._database.lost:
            if version_of(self._connection, self.path):
                with self._database.transaction():  # first of all: another commit would hide the loss
                    set_epoch(self._connection, new_epoch)
            alarm(self._database.loss)
        migrate(self._connection, self.path)
        check_definitions(self._connection)
        (empty,) = self._connection.execute("SELECT NOT EXISTS (SELECT 1 FROM log)").fetchone()
        if empty:  # a new database
            with self._database.transaction():
                self._writer.save_log(new_epoch, 1)
                self._index.reset()
        elif self.path.stat().st_size <= checked_at_once:
            self._report(describe_check(self.path, self._connection))
        else:
            check_references(self._connection)  # else the broker could not start with it
            self._report(f"{self.path} is being checked")
            self._check = BackgroundCheck(self.path, self._database.reader)
        self._with_index(self._reload)
        if self._database.remains and self._checkpoint(-1):
            with suppress(StoreError):
                self.probe()  # starts the log from its beginning
        self._database.wait_no_longer()

    @property
    def checking(self) -> bool:
        """Whether a check of the database is running."""
        return self._check is not None

    def load(self) -> Snapshot:
        """Return everything but the messages."""
        with self._translated_errors():
            return self._reader.snapshot(self._writer.epoch, self._writer.next_user)

    def commit(self, entries: Sequence[Entry]) -> None:
        """Store all entries in one transaction, which is on disk when this returns.

        Raise StoreError if the store cannot do it now, StoreBroken if it is unknown what is on disk.
        """
        with self._translated_errors():
            self._with_index(lambda: self._store(entries))
        self._checkpoint(CHECKPOINT)

    def search(self, query: Query) -> Iterator[Part]:
        """Search in steps of a few milliseconds, and yield what each of them found."""
        finder = Finder(query, self._index, self._reader, self._conversations, self._index_some)
        while True:
            with self._translated_errors():
                part = self._with_index(finder.step)
            if part is None:
                return
            yield part

    def check_files(self) -> None:
        """Raise StoreError if the files have been removed or replaced."""
        self._database.files.check()

    def probe(self) -> None:
        """Write a row again as it is. Raise StoreError if that fails."""
        with self._translated_errors(), self._transaction():
            self._writer.save_log(self._writer.epoch, self._writer.next_user)

    def upkeep(self) -> bool:
        """Do some milliseconds of upkeep. Return whether more is left. Raise StoreBroken at damage."""
        with self._translated_errors():
            if self._check is not None and not self._check.running:
                check, self._check = self._check, None
                self._report(check.outcome())
            if self._checkpoint(IDLE_CHECKPOINT):
                return True
            return self._with_index(self._index_some) or self._with_index(self._erasing.advance)

    def close(self) -> None:
        """Close the database and unlock the directory. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.contents.close()
        if self._check is not None:
            self._check.stop()
        if self._broken or not self._database.files.intact:  # else another database may be there by now
            self._database.abandon()
        else:
            self._database.close()
        os.close(self._lock)

    def _store(self, entries: Sequence[Entry]) -> None:
        with self._transaction():
            self._writer.store(entries)

    @property
    def unindexed(self) -> int:
        """How many messages are not in the index of words yet."""
        return self._writer.last_number - self._index.upto

    def _index_some(self) -> bool:
        """Index a few messages. Return whether there are more to index; False also if the disk is full."""
        if self.unindexed <= 0:
            return False
        try:
            with self._transaction():
                return self._index.add_some(SLICE) > 0 and self.unindexed > 0
        except sqlite3.Error as error:
            if isinstance(failure(self.path, error), StoreBroken):
                raise
            self._reload()
            self._stale = False
            return False

    def _with_index(self, action: Callable[[], T]) -> T:
        """Return the result of an action. If the index is damaged, reset it and repeat the action."""
        try:
            return action()
        except IndexDamagedError:
            self._report(f"the index of words in {self.path} is damaged; the broker rebuilds it")
        with self._database.transaction():
            self._index.reset()
        if self._stale:  # the action was undone in the database, and not yet in memory
            self._reload()
            self._stale = False
        return action()

    def _reload(self) -> None:
        self._index.reload()
        self._conversations.reload()
        self._writer.reload()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Run the block as one transaction. If it fails, the values in memory are stale until a reload."""
        try:
            with self._database.transaction():
                yield
        except BaseException:
            self._stale = True
            raise

    def _checkpoint(self, pages: int) -> bool:
        """Move the log into the database if it has grown. After an error, a later call tries again."""
        try:
            with self._translated_errors():
                tried = self._database.checkpoint(pages)
                if complaint := self._database.complain():
                    self._report(complaint)
                return tried
        except StoreError as error:
            self._report(f"the log cannot be moved into the database: {error}")
            return False

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Raise StoreError or StoreBroken for other errors, and remember if the store is broken."""
        try:
            with translated_errors(self.path):
                if self._stale:
                    self._with_index(self._reload)
                    self._stale = False
                yield
        except StoreBroken:
            self._broken = True
            raise
