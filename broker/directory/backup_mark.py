"""When the last backup was made: the time of a file in the data directory."""

from __future__ import annotations

import os
from pathlib import Path

FILE = "backed-up"
"""The file's name in the data directory. It is empty."""


def mark_backup(directory: Path) -> None:
    """Note that a backup was made now. Raise OSError if the directory is not writable."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(directory / FILE, flags, 0o600)
    try:
        if os.geteuid() == 0:  # the broker may run as the directory's owner
            place = directory.stat()
            os.fchown(descriptor, place.st_uid, place.st_gid)
        os.utime(descriptor)
    finally:
        os.close(descriptor)


def last_backup(directory: Path) -> int | None:
    """Return when the last backup was made (Unix ms), or None if none is known."""
    try:
        return (directory / FILE).stat().st_mtime_ns // 1_000_000
    except OSError:
        return None
