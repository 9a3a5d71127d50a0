"""The files that a backup holds besides the database, like the broker's key: a table has the text of each."""

from __future__ import annotations

import sqlite3

from broker.core.access.invites import LIST_FILE
from broker.store.checksums import DamagedError, Table
from broker.store.replacing import Texts
from messages.keys import BROKER_KEY_FILE

_TABLES = {BROKER_KEY_FILE: Table("broker_key", "text"), LIST_FILE: Table("issued_invites", "text")}
_MEANINGS = {BROKER_KEY_FILE: "its key", LIST_FILE: "its list of invites"}


def put_files(connection: sqlite3.Connection, texts: Texts) -> None:
    """Add the texts of files to a backup."""
    for name, text in texts.items():
        table = _TABLES[name]
        connection.execute(f"CREATE TABLE {table.name} (text TEXT NOT NULL, sum INTEGER NOT NULL)")
        connection.execute(table.insert, table.row(text))


def read_files(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the texts of the files in a backup. Raise DamagedError."""
    return {name: text for name in _TABLES if (text := _read(connection, name)) is not None}


def _read(connection: sqlite3.Connection, name: str) -> str | None:
    table = _TABLES[name]
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table.name,)).fetchone():
        return None
    rows = list(table.checked(connection.execute(table.select())))
    if len(rows) != 1:
        raise DamagedError(f"{_MEANINGS[name]} is missing")
    return str(rows[0][0])


def take_files(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the texts of the files in a backup, and leave no byte of them there."""
    texts = read_files(connection)
    connection.execute("PRAGMA secure_delete = ON")
    for name in texts:
        connection.execute(f"DROP TABLE {_TABLES[name].name}")
    return texts
