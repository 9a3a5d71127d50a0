"""What a failure of the database means to the broker: try again later, or end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker.core.store import StoreBroken, StoreError
from broker.store.rows import DamagedError

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_UNSYNCED = ("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC")


def damaged(path: Path, why: object) -> StoreBroken:
    """Return what to raise when a database proves damaged."""
    return StoreBroken(f"{path} is damaged ({why}); stop the broker and restore a backup")


def failure(path: Path, error: sqlite3.Error) -> StoreError | StoreBroken:
    """Return what to raise for an error of SQLite."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_DAMAGED) or str(error).startswith("Could not decode"):
        return damaged(path, error)
    if name in _UNSYNCED:
        return StoreBroken(
            f"{path}: the disk could not confirm a write; see to the disk, then start the broker"
        )
    if name == "SQLITE_FULL":
        return StoreError(f"the disk of {path} is full; make room there")
    if name.startswith("SQLITE_IOERR"):
        return StoreError(f"the disk of {path} fails ({name}); see to the disk")
    return StoreError(f"{path} cannot be used: {error}")


@contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """Raise StoreError or StoreBroken in the place of the database's own errors."""
    try:
        yield
    except sqlite3.Error as error:
        raise failure(path, error) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror}") from error
    except DamagedError as error:
        raise damaged(path, error) from error
