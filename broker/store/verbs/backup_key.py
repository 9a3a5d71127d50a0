"""The broker's key in a backup: the text of its file, in a table that only backups have."""

from __future__ import annotations

import sqlite3

from broker.store.checksums import DamagedError, Table

_KEY = Table("broker_key", "text")


def put_key(connection: sqlite3.Connection, text: str) -> None:
    """Add the text of a key file to a backup."""
    connection.execute("CREATE TABLE broker_key (text TEXT NOT NULL, sum INTEGER NOT NULL)")
    connection.execute(_KEY.insert, _KEY.row(text))


def read_key(connection: sqlite3.Connection) -> str | None:
    """Return the text of the key file in a backup, or None if it has none. Raise DamagedError."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'broker_key'").fetchone():
        return None
    rows = list(_KEY.checked(connection.execute(_KEY.select())))
    if len(rows) != 1:
        raise DamagedError("its key is missing")
    return str(rows[0][0])


def take_key(connection: sqlite3.Connection) -> str | None:
    """Return the text of the key file in a backup, and leave no byte of it there."""
    text = read_key(connection)
    if text is not None:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("DROP TABLE broker_key")
    return text
