"""When the last backup was made: the time of a file in the data directory."""

from __future__ import annotations

import os
from pathlib import Path

from broker.ownership import open_to_add

FILE = "backed-up"
"""The file's name in the data directory. It is empty."""


def mark_backup(directory: Path) -> None:
    """Note that a backup was made now. Raise OSError if the directory is not writable."""
    descriptor = open_to_add(directory / FILE)
    try:
        os.utime(descriptor)
    finally:
        os.close(descriptor)


def last_backup(directory: Path) -> int | None:
    """Return when the last backup was made (Unix ms), or None if none is known."""
    try:
        return (directory / FILE).stat().st_mtime_ns // 1_000_000
    except OSError:
        return None
