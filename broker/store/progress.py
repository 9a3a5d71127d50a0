"""How far a long task is, and how a signal can end it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Gets the name of a task, how much of it is done, and how much it is in all, or 0 if nobody knows."""

_STEPS = 100_000
"""Steps of SQLite's machine, some milliseconds."""

_PAGES = 1_000
"""Pages to copy at a time."""


def ignore_progress(task: str, done: int, total: int) -> None:
    """Say nothing about a task."""


def interruptible(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Let the handlers of signals run during long statements. One that raises ends the statement."""
    connection.set_progress_handler(_go_on, _STEPS)
    return connection


def copy_pages(source: sqlite3.Connection, target: sqlite3.Connection, progress: Progress) -> None:
    """Copy a whole database from which `source` reads one commit."""
    source.backup(
        target,
        pages=_PAGES,
        progress=lambda _, remaining, total: progress("copying", total - remaining, total),
    )


def _go_on() -> int:
    return 0
