"""Entries that tests store, and all that a store returns."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from broker.core.store import (
    Query,
    Snapshot,
    Store,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
)
from messages.limits import MAX_SEQ

ALICE, BOB = StoredUser(1, "alice", None, 7), StoredUser(2, "bob", "lunch", 8, True)
CONVERSATIONS = ("#lobby", "#zmq", "@1|@2")
LOG_FILES = ("chat.db", "chat.db-wal", "synced")


class Everything(NamedTuple):
    """All that can be read from a store."""

    snapshot: Snapshot
    messages: dict[str, list[StoredMessage]]
    sent: list[StoredMessage | None]


def said(seq: int, conversation: str = "#lobby", size: int = 1) -> StoredMessage:
    """Return a message of alice or bob, in turn."""
    user = BOB if seq % 2 else ALICE
    to = "bob" if conversation.startswith("@") else ""
    text = f"fox number {seq} " * size
    return StoredMessage(
        conversation, seq, f"{conversation}-{seq}", user.id, user.name, text, 1_000 + seq, to
    )


def batch(first: int, count: int = 6) -> list[StoredMessage | StoredMember]:
    """Return messages from seq `first` on in each conversation, and members who have received them."""
    last = first + count - 1
    messages = [said(seq, name) for seq in range(first, last + 1) for name in CONVERSATIONS]
    return [*messages, *(StoredMember(name, 1, last, 0, first, 1_000 + last) for name in CONVERSATIONS)]


def fill(store: Store, batches: int = 3, first: int = 1) -> None:
    """Store two users, a room, and some batches in a commit each, indexed by halves."""
    store.commit([ALICE, BOB, StoredRoom("#lobby", "#lobby", ""), StoredRoom("#zmq", "#zmq", "sockets")])
    store.commit([StoredMember("@1|@2", BOB.id, 0)])
    for number in range(batches):
        store.commit(batch(first + number * 6))
        if number == batches // 2:
            while store.upkeep():
                pass


def read_everything(store: Store) -> Everything:
    """Read everything with each method of the store."""
    snapshot = store.load()
    messages = {name: store.page(name, 0, MAX_SEQ, 10_000) for name in CONVERSATIONS}
    assert messages == {name: store.last_page(name, MAX_SEQ, 10_000) for name in CONVERSATIONS}
    sent = [store.find_sent(2 if seq % 2 else 1, f"{n}-{seq}") for n in CONVERSATIONS for seq in range(1, 61)]
    return Everything(snapshot, messages, sent)


def search_all(store: Store) -> list[StoredMessage]:
    """Search for a word that each message has."""
    query = Query(("fox",), frozenset(CONVERSATIONS), None, 0, MAX_SEQ, None, 10_000)
    return find(store, query)


def find(store: Store, query: Query) -> list[StoredMessage]:
    """Return what a search finds, no more than its limit."""
    return [message for _, message in find_positions(store, query)]


def find_positions(store: Store, query: Query) -> list[tuple[int, StoredMessage]]:
    """Return the same with the messages' positions."""
    hits = (hit for part in store.search(query) for hit in part.hits)
    return list(islice(hits, query.limit))


def change(directory: Path, statement: str) -> None:
    """Damage the database in a way that its structure does not show."""
    with closing(sqlite3.connect(directory / "chat.db")) as connection, connection:
        connection.execute(statement)


def copy_as_a_crash_leaves_it(source: Path, target: Path) -> Path:
    """Copy the files of a store in use, except SQLite's shared memory. Return the directory `target`."""
    target.mkdir(parents=True)
    for name in LOG_FILES:
        if (source / name).exists():
            shutil.copy(source / name, target / name)
    return target
