"""The database's tables, by version. Each step takes a database from one `user_version` to the next.

Each row has a `sum` over its other values in their order, see `broker.store.checksums`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from broker.store.checksums import INDEXING
from broker.store.versions.earlier_facts import rename_all

Action = str | Callable[[sqlite3.Connection], None]
"""A statement in SQL, or a function that uses the connection and leaves its transaction open."""

Step = Sequence[Action]
"""Actions of one transaction."""

INDEX = "CREATE VIRTUAL TABLE found USING fts5(words, content = '', tokenize = 'ascii')"
"""The index of words. `rowid` is the number of a message, `words` are its terms; see the module `index`."""

MENTIONS = """form >= '{"mentions":' AND form < '{"mentions;'"""
"""Whether a message mentions somebody: then `mentions` is the first field of its form. `;` follows `:`."""

_INDEX_OF_TEXTS = """
    CREATE VIRTUAL TABLE found USING fts5(
        text, place, content = '', tokenize = 'unicode61 remove_diacritics 2'
    )
"""
_INDEX_ANEW: Step = (
    "DELETE FROM indexing",
    "INSERT INTO indexing (upto, sum) VALUES ({}, {})".format(*INDEXING.at(0).row(0)),  # noqa: S608
)

STEPS: tuple[Step, ...] = (
    (
        "CREATE TABLE log (epoch TEXT NOT NULL, next_user INTEGER NOT NULL, sum INTEGER NOT NULL)",
        """
        CREATE TABLE users (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, away TEXT, seen INTEGER NOT NULL,
            discreet INTEGER NOT NULL, sum INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE rooms (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, topic TEXT NOT NULL, sum INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE conversations (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, first INTEGER NOT NULL,
            head INTEGER NOT NULL, sum INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE members (
            conversation INTEGER NOT NULL, user INTEGER NOT NULL, delivered INTEGER NOT NULL,
            joined INTEGER NOT NULL, read INTEGER NOT NULL, at INTEGER NOT NULL, sum INTEGER NOT NULL,
            PRIMARY KEY (conversation, user)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE last_sent (
            conversation INTEGER NOT NULL, user INTEGER NOT NULL, seq INTEGER NOT NULL,
            sum INTEGER NOT NULL, PRIMARY KEY (conversation, user)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE messages (
            number INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, seq INTEGER NOT NULL,
            id TEXT NOT NULL, user INTEGER NOT NULL, sender TEXT NOT NULL, text TEXT NOT NULL,
            at INTEGER NOT NULL, "to" TEXT NOT NULL, sum INTEGER NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX said ON messages (conversation, seq)",
        "CREATE UNIQUE INDEX sent ON messages (user, id)",
        "CREATE TABLE indexing (upto INTEGER NOT NULL, sum INTEGER NOT NULL)",
        _INDEX_OF_TEXTS,
    ),
    # `place` also gets the parties, so the index is rebuilt
    ("DROP TABLE found", _INDEX_OF_TEXTS, *_INDEX_ANEW),
    (
        """
        CREATE TABLE facts (
            kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, sum INTEGER NOT NULL,
            PRIMARY KEY (kind, key)
        ) WITHOUT ROWID
        """,
    ),
    (rename_all,),  # the audit log's entries have other names
    # the terms of each block of messages are separate now
    (
        "DROP TABLE found",
        INDEX,
        "CREATE TABLE blocks (first INTEGER PRIMARY KEY, sum INTEGER NOT NULL)",
        *_INDEX_ANEW,
    ),
    # entries that amend messages
    (
        'ALTER TABLE messages ADD COLUMN "of" INTEGER NOT NULL DEFAULT 0',
        "ALTER TABLE messages ADD COLUMN kind TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE messages ADD COLUMN form TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE conversations ADD COLUMN amended INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE indexing ADD COLUMN erasing INTEGER NOT NULL DEFAULT 0",
        'CREATE INDEX about ON messages (conversation, "of") WHERE "of" <> 0',
    ),
    # answers are found before amendments, however many there are
    ("DROP INDEX about", 'CREATE INDEX about ON messages (conversation, "of", kind) WHERE "of" <> 0'),
    (f"CREATE INDEX mentioning ON messages (conversation, seq) WHERE {MENTIONS}",),
)
"""The number of steps is the version this program writes."""
