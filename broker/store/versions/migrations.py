"""Migrations bring a database to the version that this program writes, and keep a copy of the old one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from broker.core.store import StoreError
from broker.store.files.naming import new_part, remove_beside, sync
from broker.store.versions.schema import STEPS, Step


def migrate(
    connection: sqlite3.Connection, path: Path, steps: Sequence[Step] = STEPS, *, keep: bool = True
) -> None:
    """Take the database through the steps it lacks. A step that fails leaves it as it was before that step.

    Before each step the database is copied to `<path>.v<version>`. A new database goes through all of them at
    once, and is not copied; none is if `keep` is false. Raise StoreError if a later program wrote the
    database, and whatever a step raises.
    """
    version = version_of(connection, path, steps)
    if not version:
        _take(connection, [action for step in steps for action in step], len(steps))
        return
    for number in range(version, len(steps)):
        if keep:
            _copy(connection, path.with_name(f"{path.name}.v{number}"))
        _take(connection, steps[number], number + 1)


def _take(connection: sqlite3.Connection, step: Step, version: int) -> None:
    """Act as a step says, and note the version that the database has now, both or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for action in step:
            if isinstance(action, str):
                connection.execute(action)
            else:
                action(connection)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection, path: Path, steps: Sequence[Step] = STEPS) -> int:
    """Return how many steps a database has gone through. Raise StoreError if it has more than `steps`."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(steps):
        raise StoreError(f"{path} was written by a later version of chat-broker; use that version")
    return int(version)


def definitions(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    """Return how the database defines its tables and indexes, without those inside the index of words."""
    query = r"""
        SELECT type, name, tbl_name, sql FROM sqlite_master
        WHERE type <> 'table' OR name NOT LIKE 'found\_%' ESCAPE '\'
    """
    return {tuple(map(str, row)) for row in connection.execute(query)}


@cache
def expected_definitions(steps: tuple[Step, ...]) -> set[tuple[str, ...]]:
    """Return what `definitions` says of a database that went through these steps."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        migrate(model, Path(), steps, keep=False)
        return definitions(model)


def _copy(connection: sqlite3.Connection, path: Path) -> None:
    """Copy a database to one file. It replaces an earlier copy and what SQLite left beside it."""
    with new_part(path, in_data=True) as part:
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        sync(part)
        remove_beside(path)
        part.replace(path)
    sync(path.parent)
