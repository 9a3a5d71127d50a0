"""Copies of the database: taken while a broker runs, checked, and put in the place of what is there.

Nothing here writes to a database that a broker uses: a connection that reads sees one commit of it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from broker.core.store import StoreError
from broker.store.check import check_all, check_definitions
from broker.store.failures import said_plainly
from broker.store.lock import lock_directory
from broker.store.migrations import migrate
from broker.store.rows import checked, insert, select, with_sum
from broker.store.sqlite import DATABASE, SqliteStore

_BESIDE = ("", "-wal", "-shm")
"""What SQLite calls the files of one database, behind its name."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that only reads, at one commit of the database from its first read on.

    Raise StoreError if there is no database, StoreBroken if it proves damaged.
    """
    if not path.is_file():
        raise StoreError(f"there is no database at {path}")
    with said_plainly(path):
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            yield connection


def verify(path: Path) -> int:
    """Check every row and index of a database, and return how many messages it has.

    Raise StoreBroken if it is damaged, StoreError if it cannot be read.
    """
    with reading(path) as connection:
        check_definitions(connection)
        return check_all(connection)


def back_up(directory: Path, target: Path) -> int:
    """Copy the database of a data directory, whether or not a broker runs, and return its messages' number.

    The copy is one file, checked and synced before it gets its name. Raise StoreError or StoreBroken if there
    is none then, FileExistsError if `target` is there already.
    """
    if target.exists():
        raise FileExistsError(target)
    part = begin(target)
    try:
        with reading(directory / DATABASE) as connection:
            count = _copy(connection, part)
        publish(part, target)
    finally:
        part.unlink(missing_ok=True)
    return count


def begin(target: Path) -> Path:
    """Make the file that is to become `target`, empty and for its owner only, and return its path."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return part


def publish(part: Path, target: Path) -> None:
    """Sync a file that is complete and give it its name. Raise FileExistsError if that is taken."""
    _sync(part)
    os.link(part, target)  # which replaces nothing
    part.unlink()
    _sync(target.parent)


def restore(backup: Path, directory: Path, epoch: str) -> tuple[int, Path | None]:
    """Put a backup in the place of what a data directory holds, as a log with a new epoch.

    Return the number of its messages, and where what was there before lies now. Raise StoreError if a broker
    uses the directory or the backup cannot be read, StoreBroken if that is damaged; nothing is changed then.
    """
    lock = lock_directory(directory)
    part = begin(directory / DATABASE)
    try:
        with reading(backup) as connection:
            count = _copy(connection, part, epoch)
        replaced = _put_aside(directory)
        publish(part, directory / DATABASE)
        return count, replaced
    finally:
        part.unlink(missing_ok=True)
        os.close(lock)


def compact(directory: Path, epoch: str) -> tuple[int, int]:
    """Write a data directory's database anew without the room that deleted messages left.

    Return its size in bytes before and afterwards. It gets the new epoch if a crash has lost messages: after
    this nobody could find that out. Raise StoreError if a broker uses the directory or there is not enough
    room, StoreBroken if it is damaged.
    """
    path = directory / DATABASE
    if not path.is_file():
        raise StoreError(f"there is no database at {path}")
    SqliteStore(directory, epoch).close()
    lock = lock_directory(directory)
    try:
        with said_plainly(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
            before = path.stat().st_size
            check_definitions(connection)
            check_all(connection)
            connection.execute("INSERT INTO found (found) VALUES ('optimize')")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return before, path.stat().st_size
    finally:
        os.close(lock)


def _copy(source: sqlite3.Connection, target: Path, epoch: str | None = None) -> int:
    """Copy, bring up to date and check a database, perhaps with another epoch; return its messages."""
    with said_plainly(target), closing(sqlite3.connect(target, isolation_level=None)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
        migrate(copy, target)
        check_definitions(copy)
        count = check_all(copy)
        if epoch is not None:
            ((_, next_user),) = checked("log", copy.execute(select("log")).fetchall())
            copy.execute("DELETE FROM log")
            copy.execute(insert("log"), with_sum(epoch, next_user))
    return count


def _put_aside(directory: Path) -> Path | None:
    """Move what makes up the present database into a directory of its own, if there is one."""
    files = [directory / f"{DATABASE}{ending}" for ending in _BESIDE] + [directory / "synced"]
    present = [file for file in files if file.exists()]
    if not present:
        return None
    aside = directory / time.strftime("replaced-%Y%m%d-%H%M%S")
    aside.mkdir(mode=0o700)
    for file in present:
        file.rename(aside / file.name)
    return aside


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
