"""Deletion is real: no file of the data directory holds a text that was edited, deleted or pruned."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from stored import copy_as_a_crash_leaves_it, fill

from broker.core.entries import EntryKind, Form, digest
from broker.core.store import Pruned, ReplacedMessage, StoredMessage
from broker.store import erasing
from broker.store.rows.index import Erase
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import verify

SECRET = "xylophone quicksilver"
WORDS = [word.encode() for word in SECRET.split()]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    monkeypatch.setattr(erasing, "RESTING", 0)
    with closing(SqliteStore(directory, "epoch")) as store:
        fill(store, 30)
        yield store


def held(directory: Path) -> set[str]:
    """Return the names of the files that hold a word of the secret."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    return {path.name for path in files if any(word in path.read_bytes() for word in WORDS)}


def tell(store: SqliteStore) -> StoredMessage:
    secret = StoredMessage("#lobby", 181, "secret", 1, "alice", SECRET, 5_000)
    store.commit([secret])
    return secret


def erase(store: SqliteStore) -> None:
    while store.upkeep():
        pass


EDITED, DELETED = Form(edited=6_000, digest=digest(SECRET)), Form(deleted=182, digest=digest(SECRET))


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize(("kind", "text", "form"), [("edited", "x", EDITED), ("deleted", "", DELETED)])
def test_a_text_that_was_edited_or_deleted_is_in_no_file(
    store: SqliteStore, directory: Path, kind: str, text: str, form: Form, indexed: bool
) -> None:
    secret = tell(store)
    if indexed:
        erase(store)
    assert held(directory)
    entry = StoredMessage("#lobby", 182, "d", 1, "alice", "", 6_000, "", 181, EntryKind(kind).value)
    store.commit([entry, ReplacedMessage(replace(secret, text=text, form=form))])
    erase(store)
    assert held(directory) == set()
    assert verify(directory / "chat.db") > 0
    store.commit([StoredMessage("#lobby", 183, "next", 1, "alice", "after", 7_000)])
    assert held(directory) == set()


def test_a_pruned_text_is_in_no_file(store: SqliteStore, directory: Path) -> None:
    tell(store)
    erase(store)
    store.commit([Pruned("#lobby", 182)])
    erase(store)
    assert held(directory) == set()


def test_what_a_crash_leaves_is_erased_by_the_next_broker(
    store: SqliteStore, directory: Path, tmp_path: Path
) -> None:
    secret = tell(store)
    erase(store)
    store.commit([ReplacedMessage(replace(secret, text="", form=DELETED))])
    copy = copy_as_a_crash_leaves_it(directory, tmp_path / "crashed")
    assert held(copy)
    with closing(SqliteStore(copy, "other")) as later:
        assert later.load().epoch == "epoch"
        erase(later)
        assert held(copy) == set()


def test_a_program_that_reads_the_database_delays_it(store: SqliteStore, directory: Path) -> None:
    secret = tell(store)
    erase(store)
    with closing(sqlite3.connect(directory / "chat.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM messages").fetchone()
        store.commit([ReplacedMessage(replace(secret, text="", form=DELETED))])
        erase(store)
        assert store._index.erasing is Erase.LOG
    store._erasing._rests_until = 0.0
    erase(store)
    assert store._index.erasing is Erase.NOTHING
    assert held(directory) == set()


def test_erasing_rests_for_a_multiple_of_the_time_it_took(
    store: SqliteStore, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "RESTING", 1_000_000)
    secret = tell(store)
    erase(store)
    store.commit([ReplacedMessage(replace(secret, text="first"))])
    erase(store)
    store.commit([ReplacedMessage(replace(secret, text="second"))])
    erase(store)
    assert store._index.erasing is Erase.ALL
