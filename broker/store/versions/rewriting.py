"""Rewriting the rows of a table in a migration, in slices, without making a damaged row look whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from broker.store.checksums import DamagedError, Row, Table

SLICE = 1_000
"""Rows that are in memory at a time."""

Compute = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Gets a row's values by column, and returns those that change. A row's key must not change."""


def rewrite(connection: sqlite3.Connection, table: Table, compute: Compute) -> None:
    """Change each row that is whole, and give it the latest version of the checksum.

    A row is checked first, under the version that its checksum has. If it is damaged, it stays as it is, and
    its old checksum still shows the damage. Call this in a transaction. Raise DamagedError if a damaged key
    hides which rows come next, ValueError if `compute` changes a key, sqlite3.Error, or what `compute`
    raises.
    """
    keys = " AND ".join(f"{column} = ?" for column in table.columns[: table.key])
    values = ", ".join(f"{column} = ?" for column in (*table.columns[table.key :], "sum"))
    update = f"UPDATE {table.name} SET {values} WHERE {keys}"  # noqa: S608
    with undecoded_text_as_bytes(connection):
        for rows in _slices(connection, table):
            changed = [_changed(table, row, compute) for row in rows if table.is_whole(row)]
            connection.executemany(update, [row[table.key :] + row[: table.key] for row in changed])


def _changed(table: Table, row: Row, compute: Compute) -> Row:
    names = [column.strip('"') for column in table.columns]
    values = dict(zip(names, row[:-1], strict=True))
    changes = dict(compute(values))
    if not changes.keys() <= set(names[table.key :]):
        raise ValueError(f"{table.name} has no such columns to change: {', '.join(changes)}")
    return table.row(*(values | changes).values())


def _slices(connection: sqlite3.Connection, table: Table) -> Iterator[list[Row]]:
    """Yield all rows in the order of their keys."""
    key = ", ".join(table.columns[: table.key])
    marks = ", ".join("?" * table.key)
    further = table.select(f"WHERE ({key}) > ({marks}) ORDER BY {key} LIMIT {SLICE}")
    rows = connection.execute(table.select(f"ORDER BY {key} LIMIT {SLICE}")).fetchall()
    while rows:
        yield rows
        last = rows[-1][: table.key]
        if any(isinstance(value, bytes) for value in last):
            raise DamagedError(f"a row of {table.name} has a key that is not text")
        rows = connection.execute(further, last).fetchall()


@contextmanager
def undecoded_text_as_bytes(connection: sqlite3.Connection) -> Iterator[None]:
    """Read damaged text that is not UTF-8 as bytes, instead of raising an error."""
    before = connection.text_factory
    connection.text_factory = _decoded
    try:
        yield
    finally:
        connection.text_factory = before


def _decoded(text: bytes) -> str | bytes:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text
