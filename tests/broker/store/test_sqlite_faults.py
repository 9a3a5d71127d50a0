"""Disks that are full or fail: nothing is half stored, and the store goes on when it can."""

import resource
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from stored import (
    CONVERSATIONS,
    batch,
    copy_as_a_crash_leaves_it,
    fill,
    find,
    read_everything,
    said,
    search_all,
)

from broker.core.store import ForgottenUser, Pruned, Query, StoreBroken, StoreError
from broker.store.failures import failure
from broker.store.sqlite import SqliteStore
from messages.limits import MAX_SEQ

POINTS = range(0, 50, 2)


@pytest.fixture
def reports() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, reports: list[str]) -> Iterator[SqliteStore]:
    """A store with 54 messages."""
    store = SqliteStore(tmp_path / "data", "first", reports.append)
    fill(store)
    yield store
    store.close()


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let writes behind `size` bytes of any file fail meanwhile."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def large_batch() -> list[Any]:
    """Return entries that need more than 50 pages, and others before and behind."""
    return [ForgottenUser(2), *(said(seq, size=800) for seq in range(19, 59)), *batch(1)[-3:-2]]


def only_rooms(entries: Sequence[Any]) -> list[Any]:
    return [entry for entry in entries if getattr(entry, "conversation", "#lobby") == "#lobby"]


@pytest.mark.parametrize("point", POINTS)
def test_a_full_disk_stores_nothing_and_later_all(store: SqliteStore, point: int) -> None:
    before, found = read_everything(store), search_all(store)
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages + point}")
    entries = only_rooms(large_batch())
    with pytest.raises(StoreError, match=r"the disk of .*chat.db is full; free some space"):
        store.commit(entries)
    assert read_everything(store) == before
    store._connection.execute("PRAGMA max_page_count = 1000000")
    assert search_all(store) == found
    store.commit(entries)
    assert store.load().heads == {"#lobby": 58, "#zmq": 18}


@pytest.mark.parametrize("point", POINTS)
def test_a_failing_write_stores_nothing_and_later_all(store: SqliteStore, point: int, tmp_path: Path) -> None:
    before = read_everything(store)
    size = (tmp_path / "data" / "chat.db-wal").stat().st_size
    entries = only_rooms(large_batch())
    with (
        files_no_larger_than(size + point * 1_000),
        pytest.raises(StoreError, match=r"the disk of .* fails|full"),
    ):
        store.commit(entries)
    assert read_everything(store) == before
    crashed = SqliteStore(copy_as_a_crash_leaves_it(tmp_path / "data", tmp_path / "copy"), "second")
    assert read_everything(crashed) == before
    crashed.close()
    store.probe()
    store.commit(entries)
    assert store.load().heads == {"#lobby": 58, "#zmq": 18}


def test_a_probe_tells_whether_it_can_store_again(store: SqliteStore, tmp_path: Path) -> None:
    before = store.load()
    with files_no_larger_than((tmp_path / "data" / "chat.db-wal").stat().st_size):
        for _ in range(2):
            with pytest.raises(StoreError):
                store.probe()
    store.probe()
    assert store.load() == before


def test_a_log_that_cannot_be_moved_is_reported_and_moved_later(
    store: SqliteStore, tmp_path: Path, reports: list[str]
) -> None:
    database = tmp_path / "data" / "chat.db"
    for seq in range(19, 59):
        store.commit([said(seq, size=5_000)])
    size = database.stat().st_size
    assert size < 1_000_000
    with files_no_larger_than(size):
        assert not store._checkpoint(0)
    assert reports[-1].startswith("the log cannot be moved into the database: the disk of ")
    store.commit([said(59)])
    assert store._checkpoint(0)
    assert database.stat().st_size > 2_000_000


def test_a_full_disk_hinders_no_search_and_the_index_waits(store: SqliteStore, tmp_path: Path) -> None:
    query = Query(("fox",), frozenset(CONVERSATIONS), None, 0, MAX_SEQ, None, 100)
    search_all(store)
    store.commit(batch(19))
    with files_no_larger_than((tmp_path / "data" / "chat.db-wal").stat().st_size):
        assert (len(find(store, query)), store.unindexed) == (54, 18)
        assert not store.upkeep()
    assert (len(find(store, query)), store.unindexed) == (72, 0)


class Unsynced:
    """A connection whose disk cannot confirm what one statement wrote."""

    def __init__(self, connection: sqlite3.Connection, statement: str) -> None:
        self._connection = connection
        self._statement = statement

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement.startswith(self._statement):
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
            raise error
        return self._connection.execute(statement, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.mark.parametrize(
    ("statement", "action"),
    [
        ("COMMIT", lambda store: store.commit(batch(19))),
        ("COMMIT", lambda store: store.probe()),
        ("COMMIT", lambda store: store.commit([Pruned("#lobby", 3)])),
        ("PRAGMA wal_checkpoint", lambda store: store._checkpoint(0)),
    ],
)
def test_a_failed_sync_breaks_the_store_and_its_files_are_left_alone(
    statement: str, action: Callable[[SqliteStore], object], tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path, "first")
    fill(store)
    before = read_everything(store)
    store._database.connection = Unsynced(store._database.connection, statement)  # type: ignore[assignment]
    with pytest.raises(StoreBroken, match="the disk could not confirm a write; check the disk"):
        action(store)
    files = {path: path.read_bytes() for path in (tmp_path / "chat.db", tmp_path / "chat.db-wal")}
    store.close()
    assert files == {path: path.read_bytes() for path in files}
    again = SqliteStore(tmp_path, "second")
    assert read_everything(again) == before
    again.close()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_IOERR_FSYNC", StoreBroken),
        ("SQLITE_IOERR_DIR_FSYNC", StoreBroken),
        ("SQLITE_CORRUPT", StoreBroken),
        ("SQLITE_CORRUPT_INDEX", StoreBroken),
        ("SQLITE_NOTADB", StoreBroken),
        ("SQLITE_FULL", StoreError),
        ("SQLITE_IOERR_WRITE", StoreError),
        ("SQLITE_BUSY", StoreError),
        ("", StoreError),
    ],
)
def test_an_error_of_the_database_breaks_the_store_or_passes(name: str, kind: type[Exception]) -> None:
    error = sqlite3.OperationalError("something")
    if name:
        error.sqlite_errorname = name
    raised = failure(Path("/data/chat.db"), error)
    assert type(raised) is kind
    assert "/data/chat.db" in str(raised)
