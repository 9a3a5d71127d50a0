"""Sums over rows: a changed bit that the database's own structure does not show is found at reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from zlib import crc32

import msgspec

Row = tuple[Any, ...]

_encode = msgspec.msgpack.Encoder().encode  # lengths come first, so no two rows look alike

COLUMNS: dict[str, str] = {
    "log": "epoch, next_user, sum",
    "users": "id, name, away, seen, discreet, sum",
    "rooms": "id, name, topic, sum",
    "facts": "kind, key, value, sum",
    "conversations": "number, id, first, head, sum",
    "members": "conversation, user, delivered, joined, read, at, sum",
    "last_sent": "conversation, user, seq, sum",
    "messages": 'number, conversation, seq, id, user, sender, text, at, "to", sum',
}
"""The columns of each table whose rows have sums, in the order that the sum is made over."""


class DamagedError(Exception):
    """A row is not what was written, or is not there. The text says which."""


def with_sum(*values: object) -> Row:
    """Return a row to be stored: the values and their sum."""
    return (*values, crc32(_encode(values)))


def checked(table: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield each row without its sum. Raise DamagedError at one that is not what was written."""
    for row in rows:
        values = row[:-1]
        if crc32(_encode(values)) != row[-1]:
            raise DamagedError(f"a row of {table} is not what was written")
        yield values


def insert(table: str, *, new: bool = False) -> str:
    """Return the statement that stores a row of a table, in the place of one with the same key.

    Messages never take the place of others, and `new` rows do not either.
    """
    columns = COLUMNS[table]
    marks = ", ".join("?" * (columns.count(",") + 1))
    verb = "INSERT" if new or table == "messages" else "INSERT OR REPLACE"
    return f"{verb} INTO {table} ({columns}) VALUES ({marks})"


def select(table: str, rest: str = "") -> str:
    """Return the statement that reads rows of a table for `checked`."""
    return f"SELECT {COLUMNS[table]} FROM {table} {rest}"  # noqa: S608
