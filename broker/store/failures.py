"""Translates errors of the database: StoreError means try again later, StoreBroken means stop."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker.core.store import StoreBroken, StoreError
from broker.store.checksums import DamagedError

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_UNSYNCED = ("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC")
FULL = (errno.ENOSPC, errno.EDQUOT)
_ROOM = 64 * 1024

LOCKED = "another program has locked its database"
"""The reason that everybody is told."""


def damaged(path: Path, why: object) -> StoreBroken:
    """Return the error for a damaged database: a broker's, which has a lock beside it, or a copy."""
    reason = " ".join(str(why).split())
    if path.with_name("lock").exists():
        return StoreBroken(f"{path} is damaged ({reason}); stop the broker and restore a backup")
    return StoreBroken(f"{path} is damaged, or not a backup of a chat ({reason}); use another one")


def failure(path: Path, error: sqlite3.Error, written: Path | None = None) -> StoreError | StoreBroken:
    """Return the error to raise for an error of SQLite with `path`, or with the file `written` from it."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_DAMAGED) or str(error).startswith("Could not decode"):
        return damaged(path, error)
    target = written or path
    if name in _UNSYNCED:
        return StoreBroken(
            f"{target}: the disk could not confirm a write; check the disk, then start the broker"
        )
    if name == "SQLITE_FULL":
        return _full(target)
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")):
        for place in (target, path):
            if _has_no_room(place):
                return _full(place)
    return _passing(path, error, name)


def _passing(path: Path, error: sqlite3.Error, name: str) -> StoreError:
    """Return the error for a failure that may pass, though the disk has room."""
    if name.startswith("SQLITE_IOERR"):
        return StoreError(f"the disk of {path} fails ({name}); check the disk", "its disk fails")
    if name.startswith("SQLITE_BUSY"):
        return StoreError(
            f"another program holds the lock on {path}; end the program (fuser {path} lists it)", LOCKED
        )
    return StoreError(f"{path} cannot be used: {error}")


def _full(path: Path) -> StoreError:
    return StoreError(f"the disk of {path} is full; free some space", "its disk is full")


def _has_no_room(path: Path) -> bool:
    """Return whether the disk is full. For some writes SQLite reports that as another failure."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_blocks > 0 and disk.f_bavail * disk.f_frsize < _ROOM


@contextmanager
def translated_errors(path: Path, written: Path | None = None) -> Iterator[None]:
    """Raise StoreError or StoreBroken for the database's own errors.

    They name `path`. If the disk is full, they name the file that is `written` from it.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise failure(path, error, written) from error
    except OSError as error:
        if error.errno in FULL:
            raise _full(written or path) from error
        raise StoreError(f"{path} cannot be used: {error.strerror}") from error
    except DamagedError as error:
        raise damaged(path, error) from error
