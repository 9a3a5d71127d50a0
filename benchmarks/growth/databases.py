"""Databases with many messages, written by the broker's own store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from broker.core.store import StoredMember, StoredMessage, StoredRoom, StoredUser
from broker.store.sqlite import SqliteStore

_AT_ONCE = 20_000
_FIRST_AT = 1_700_000_000_000
_WORDS = 1_000
_STEPS = (1, 3, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
_UNFINISHED = ".unfinished"


def provide(parent: Path, room: str, users: list[str], messages: int) -> Path:
    """Return the data directory with so many messages in `parent`, and write it if it is not there yet."""
    directory = parent / f"stored-{messages}-{len(users)}"
    if not directory.exists():
        unfinished = directory.with_suffix(_UNFINISHED)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        write(unfinished, room, users, messages)
        unfinished.rename(directory)
    return directory


def write(directory: Path, room: str, users: list[str], messages: int) -> None:
    """Write a database with a room that all `users` are members of, who said the messages in turn.

    All messages are indexed.
    """
    store = SqliteStore(directory, "growth")
    try:
        numbered = list(enumerate(users, 1))
        store.commit([StoredUser(number, name, None) for number, name in numbered])
        store.commit([StoredRoom(room, room, ""), *(StoredMember(room, number, 0) for number, _ in numbered)])
        for first in range(1, messages + 1, _AT_ONCE):
            seqs = range(first, min(first + _AT_ONCE, messages + 1))
            store.commit(list(_make(room, users, seqs)))
        while store.unindexed:
            store.upkeep()
    finally:
        store.close()


def copy(source: Path, target: Path) -> None:
    """Copy a data directory, and wait until the copy is on disk, so that later commits need not."""
    shutil.copytree(source, target)
    for path in target.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _make(room: str, users: list[str], seqs: range) -> Iterator[StoredMessage]:
    """Yield messages of some 100 characters. Their words come again often, as in talk."""
    for seq in seqs:
        words = " ".join(f"word{seq * step % _WORDS}" for step in _STEPS)
        user = seq % len(users)
        yield StoredMessage(room, seq, f"m{seq}", user + 1, users[user], words, _FIRST_AT + seq)
