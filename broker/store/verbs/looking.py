"""Reads the database of a data directory for the verbs that show what is stored, also while a broker runs.

All functions raise StoreError or StoreBroken.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from broker.core.store import Snapshot, StoredMessage
from broker.store.checksums import LOG, MESSAGES, DamagedError
from broker.store.database import DATABASE, last_number
from broker.store.rows.conversations import Conversations
from broker.store.rows.gaps import Gaps
from broker.store.rows.reading import Reader
from broker.store.rows.recent import RecentRows
from broker.store.verbs.copies import reading_newest

SLICE = 20_000
"""Messages that are read at a time. Between them the broker can shorten its log."""


def load(directory: Path) -> Snapshot:
    """Return everything but the messages, as of the last commit."""
    with reading_newest(directory / DATABASE) as connection:
        rows = list(LOG.checked(connection.execute(LOG.select())))
        if len(rows) != 1:
            raise DamagedError("the row of log is missing")
        conversations = Conversations(connection)
        conversations.reload()
        return Reader(connection, conversations, RecentRows(), Gaps()).snapshot(*rows[0])


def count_sent(directory: Path, user: int) -> int:
    """Return how many messages of a user are stored."""
    with reading_newest(directory / DATABASE) as connection:
        query = "SELECT count(*) FROM messages WHERE user = ? AND kind = ''"
        return int(connection.execute(query, (user,)).fetchone()[0])


def sent(directory: Path, user: int) -> Iterator[StoredMessage]:
    """Yield the stored messages of a user, in the order in which they were accepted.

    Each slice of messages is read by itself, so a slow reader never holds up the broker.
    """
    path = directory / DATABASE
    with reading_newest(path) as connection:
        last = last_number(connection)
    where = MESSAGES.select("WHERE number > ? AND number <= ? AND user = ? AND kind = '' ORDER BY number")
    for begin in range(0, last, SLICE):
        with reading_newest(path) as connection:
            conversations = Conversations(connection)
            conversations.reload()
            reader = Reader(connection, conversations, RecentRows(), Gaps())
            rows = connection.execute(where, (begin, begin + SLICE, user)).fetchall()
            found = [reader.message(row) for row in MESSAGES.checked(rows)]
        yield from found
