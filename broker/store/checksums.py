"""Checksums of rows: they show a changed bit that the structure of the database does not show.

A checksum is the CRC-32 of a row's other values, and above its 32 bits a version. The version says which
columns the checksum covers. So a migration can add columns, and the rows that were there before stay valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zlib import crc32

import msgspec

Row = tuple[Any, ...]

_encode = msgspec.msgpack.Encoder().encode  # lengths come first, so two different rows never encode alike

_VERSION_SHIFT = 32
_CRC = 0xFFFFFFFF


class DamagedError(Exception):
    """A row is missing, or differs from what was written. The text names the table."""


class Table:
    """A table whose rows have checksums, kept in its last column `sum`.

    `columns` are the columns that version 0 of the checksum covers, in its order, as SQL writes them. The
    first `key` of them are the primary key. Each mapping in `added` makes one more version, which also covers
    the mapping's columns. Its values are their defaults, which a row with an earlier version has there.
    """

    def __init__(self, name: str, columns: str, *added: Mapping[str, Any], key: int = 1) -> None:
        self.name = name
        self.key = key
        self._first, self._added = columns, added
        names = columns.split(", ")
        self._widths = [len(names)]  # the number of columns that each version covers
        for more in added:
            names += more
            self._widths.append(len(names))
        self.columns = tuple(names)
        self._defaults = tuple(value for more in added for value in more.values())
        self._version_bits = len(added) << _VERSION_SHIFT
        listed = ", ".join((*names, "sum"))
        marks = ", ".join("?" * (len(names) + 1))
        self._select = f"SELECT {listed} FROM {name} "  # noqa: S608
        self.insert = f"INSERT INTO {name} ({listed}) VALUES ({marks})"  # noqa: S608
        """The statement that stores a row. A row that is there with the same key makes it fail."""
        self.replace = f"INSERT OR REPLACE INTO {name} ({listed}) VALUES ({marks})"  # noqa: S608
        """The statement that stores a row, also in the place of one with the same key."""

    def at(self, version: int) -> Table:
        """Return the table as it was when `version` was the latest version of its checksum."""
        return Table(self.name, self._first, *self._added[:version], key=self.key)

    def row(self, *values: object) -> Row:
        """Return a row to store: the values of all columns and their checksum."""
        return (*values, crc32(_encode(values)) | self._version_bits)

    def checked(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield each row without its checksum. Raise DamagedError at one that is not what was written."""
        bits = self._version_bits
        for row in rows:
            values = row[:-1]
            if crc32(_encode(values)) | bits != row[-1] and not self._matches_earlier(row):
                key = ", ".join(map(repr, row[: self.key]))
                raise DamagedError(f"a row of {self.name} is not what was written: {key}")
            yield values

    def is_whole(self, row: Row) -> bool:
        """Return whether a row, given with its checksum, is what was written."""
        return crc32(_encode(row[:-1])) | self._version_bits == row[-1] or self._matches_earlier(row)

    def select(self, rest: str = "") -> str:
        """Return the statement that reads rows with their checksums."""
        return self._select + rest

    def _matches_earlier(self, row: Row) -> bool:
        """Return whether a row is what was written when the checksum had an earlier version."""
        checksum = row[-1]
        if not isinstance(checksum, int) or not 0 <= checksum < self._version_bits:
            return False
        width = self._widths[checksum >> _VERSION_SHIFT]
        defaults = self._defaults[width - self._widths[0] :]
        return crc32(_encode(row[:width])) == checksum & _CRC and _encode(row[width:-1]) == _encode(defaults)


LOG = Table("log", "epoch, next_user")
USERS = Table("users", "id, name, away, seen, discreet")
ROOMS = Table("rooms", "id, name, topic")
FACTS = Table("facts", "kind, key, value", key=2)
CONVERSATIONS = Table("conversations", "number, id, first, head", {"amended": 0})
MEMBERS = Table("members", "conversation, user, delivered, joined, read, at", key=2)
LAST_SENT = Table("last_sent", "conversation, user, seq", key=2)
MESSAGES = Table(
    "messages",
    'number, conversation, seq, id, user, sender, text, at, "to"',
    {'"of"': 0, "kind": "", "form": ""},
)
INDEXING = Table("indexing", "upto", {"erasing": 0})
BLOCKS = Table("blocks", "first")

TABLES = (LOG, USERS, ROOMS, FACTS, CONVERSATIONS, MEMBERS, LAST_SENT, MESSAGES)
"""The tables whose rows are checked. Those of the index of words are not, as it can always be rebuilt."""
