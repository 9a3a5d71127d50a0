"""Checks a whole database: its structure, the numbers of its messages, and the checksum of each row."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from broker.core.store import StoreBroken, StoreError
from broker.store.checksums import MESSAGES, TABLES, DamagedError, Table
from broker.store.failures import translated_errors
from broker.store.progress import Progress, ignore_progress
from broker.store.rows.forms import check_entry
from broker.store.rows.references import check_references, check_senders
from broker.store.versions.migrations import definitions, expected_definitions
from broker.store.versions.schema import STEPS, Step
from messages.text import counted

SLICE = 256
"""Rows to check before other threads can run."""

_HOLES = """
    SELECT c.id FROM conversations c LEFT JOIN (
        SELECT conversation, count(*) AS held, min(seq) AS first, max(seq) AS head,
            max(CASE WHEN kind <> '' THEN seq END) AS amended
        FROM messages GROUP BY conversation
    ) m ON m.conversation = c.number
    WHERE coalesce(m.held, 0) <> c.head - c.first + 1 OR m.first <> c.first OR m.head <> c.head
        OR coalesce(m.amended, min(c.amended, c.first - 1)) <> c.amended
    UNION ALL
    SELECT 'an unknown conversation' FROM messages
    WHERE conversation NOT IN (SELECT number FROM conversations)
"""


def check_definitions(connection: sqlite3.Connection, steps: Sequence[Step] = STEPS) -> None:
    """Raise DamagedError if the tables are not defined as the steps of the database's version define them.

    Other tables do no harm. Triggers, views, and further indexes of the broker's tables could change, hide or
    refuse what it writes.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    found, expected = definitions(connection), expected_definitions(steps[: max(version, 0)])
    if version < 1 or not found >= expected:
        raise DamagedError("its tables are not defined as they were")
    own = {table for _, _, table, _ in expected}
    for kind, name, table, _ in sorted(found - expected):
        if kind in ("trigger", "view") or table in own:
            raise DamagedError(f"it has the {kind} {name}, which the broker has not made")


def check_all(
    connection: sqlite3.Connection,
    stop: threading.Event | None = None,
    tables: Iterable[Table] = TABLES,
    progress: Progress = ignore_progress,
) -> int:
    """Check everything, and return the number of messages. Raise DamagedError or sqlite3.Error.

    If `stop` is given, setting it ends the check early, and other threads can run between slices of rows.
    """
    progress("checking", 0, 0)
    verdicts = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdicts[0] != "ok":
        raise DamagedError(verdicts[0])
    hole = connection.execute(_HOLES).fetchone()
    if hole is not None:
        raise DamagedError(f"messages of {hole[0]} are missing")
    check_references(connection)
    check_senders(connection)
    count = 0
    for table in tables:
        if table.name == MESSAGES.name:
            count = _check_messages(connection, table, stop, progress)
        else:
            for _ in table.checked(connection.execute(table.select())):
                pass
    return count


def _check_messages(
    connection: sqlite3.Connection, table: Table, stop: threading.Event | None, progress: Progress
) -> int:
    count = last = 0
    (total,) = connection.execute("SELECT max(number) FROM messages").fetchone()
    query = table.select("WHERE number > ? ORDER BY number LIMIT ?")
    next_user = next(iter(connection.execute("SELECT next_user FROM log")), (0,))[0]
    while rows := list(table.checked(connection.execute(query, (last, SLICE)).fetchall())):
        for row in rows:
            if row[10] or row[11] or row[9] or not row[6]:
                check_entry(row, next_user)
        count += len(rows)
        last = rows[-1][0]
        progress("checking", last, total)
        if stop is not None and stop.wait(0.002):
            break
    return count


class BackgroundCheck:
    """A check of a large database in its own thread, with a connection that only reads."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._stop = threading.Event()
        self._said = ""
        self._failure: StoreBroken | StoreError | None = None
        self._thread = threading.Thread(target=self._run, name="check", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the check is running."""
        return self._thread.is_alive()

    def outcome(self) -> str:
        """Return the outcome in a sentence, after the check. Raise StoreBroken if there is damage."""
        if self._failure is not None:
            raise self._failure
        return self._said

    def stop(self) -> None:
        """Stop the check, and wait for its end."""
        self._stop.set()
        while self._thread.is_alive():
            self._connection.interrupt()
            self._thread.join(0.02)

    def _run(self) -> None:
        try:
            with translated_errors(self._path):
                self._said = describe_check(self._path, self._connection, self._stop)
        except (StoreBroken, StoreError) as failure:
            if not self._stop.is_set():
                self._failure = failure


def describe_check(path: Path, connection: sqlite3.Connection, stop: threading.Event | None = None) -> str:
    """Check everything, and return the outcome in a sentence."""
    begun = time.monotonic()
    count = check_all(connection, stop)
    seconds = time.monotonic() - begun
    return f"{path} is whole: {counted(count, 'message')} checked in {seconds:.1f} s"
