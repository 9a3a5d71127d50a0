"""Copies of the database: backing it up while a broker runs, verifying, restoring, compacting.

Nothing here writes to a database that a broker uses. A connection that reads sees one commit of it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from broker.core.store import StoreBroken, StoreError
from broker.store.check import check_all, check_definitions
from broker.store.checksums import DamagedError
from broker.store.contents.places import Places
from broker.store.database import DATABASE, SYNCED_MARK, last_number
from broker.store.failures import translated_errors
from broker.store.files.lock import InUseError, lock_directory, lock_for_reading
from broker.store.files.naming import new_part, publish
from broker.store.files.synced_mark import read_synced_mark
from broker.store.files.wal import WalIndex, read_log, was_lost
from broker.store.progress import Progress, copy_pages, ignore_progress, interruptible
from broker.store.replacing import NEW_FILES, Texts, finish, refuse_unfinished, replace
from broker.store.rows.writing import set_epoch
from broker.store.sqlite import SqliteStore
from broker.store.verbs.backup_files import put_files, read_files, take_files
from broker.store.verbs.contents import (
    Findings,
    HeldFile,
    check_contents,
    check_listed,
    copy_contents,
    drop_uploads,
    ignore_findings,
    places_beside,
    still_held,
)
from broker.store.verbs.readable import readable, temporary_directory
from broker.store.versions.migrations import migrate, version_of
from broker.store.versions.schema import STEPS


@contextmanager
def reading(path: Path, written: Path | None = None) -> Iterator[sqlite3.Connection]:
    """Give a connection that only reads. All of its reads see one commit of the database.

    Nothing need be writable. If the disk is full, the error names the place that is `written` to. Raise
    StoreError if there is no database, StoreBroken if it proves damaged.
    """
    refuse_unfinished(path)
    if not path.is_file():
        raise StoreError(f"there is no database at {path}")
    with (
        translated_errors(path, written or temporary_directory()),
        readable(path) as (_, uri),
        closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection,
    ):
        interruptible(connection).execute("BEGIN")
        yield connection


@contextmanager
def reading_newest(path: Path) -> Iterator[sqlite3.Connection]:
    """Like `reading`, but give a migrated copy if an earlier program wrote the database.

    Raise StoreError also if a later program wrote the database.
    """
    with reading(path) as connection:
        is_newest = version_of(connection, path) == len(STEPS)
        if is_newest:
            yield connection
    if not is_newest:
        with reading_copy(path) as copy:
            yield copy


@contextmanager
def reading_copy(path: Path, progress: Progress = ignore_progress) -> Iterator[sqlite3.Connection]:
    """Give a copy of one commit of a database, migrated if an earlier program wrote it.

    A broker does not notice how long the copy is read, but its log cannot shrink while a connection reads the
    database itself. SQLite keeps the copy in a temporary file without a name. Raise the same as `reading`,
    and StoreError if there is no room for the copy.
    """
    place = temporary_directory()
    with translated_errors(path, place), closing(sqlite3.connect("", isolation_level=None)) as copy:
        with reading(path, place) as connection:
            version_of(connection, path)
            check_definitions(connection)
            copy_pages(connection, interruptible(copy), progress)
        migrate(copy, path, keep=False)
        yield copy


def refuse_if_lost(path: Path) -> None:
    """Raise StoreBroken if the log beside a database has lost messages that were confirmed.

    A broker checks this when it starts, so nothing is checked while one runs. A backup has no log beside it.
    Raise StoreError if the database is being replaced.
    """
    refuse_unfinished(path)
    beside = (path.with_name(name) for name in (f"{DATABASE}-wal", SYNCED_MARK))
    if path.name != DATABASE or not any(file.exists() for file in beside):
        return
    try:
        lock = lock_for_reading(path.parent)
    except InUseError:
        return
    try:
        with translated_errors(path, temporary_directory()), readable(path) as (file, uri):
            lost = _has_lost(path, file, uri)
    finally:
        if lock != -1:
            os.close(lock)
    if lost:
        raise StoreBroken(
            f"{path} has lost its last messages to damage; start the broker once to continue without them,"
            " or restore a backup"
        )


def _has_lost(path: Path, file: Path, uri: str) -> bool:
    """Return whether messages are lost from the database at `path`, which SQLite reads as `file`."""
    noted = read_synced_mark(path.with_name(SYNCED_MARK))
    try:
        log = read_log(path)
    except ValueError as error:
        raise DamagedError(error) from None
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        version_of(connection, path)
        check_definitions(connection)
        held = last_number(connection)
        if log is None:
            return was_lost(log, 0, noted, held)
        shared = WalIndex(file)
        recovered, _ = shared.read()
    shared.close()
    return was_lost(log, recovered, noted, held)


def verify(path: Path, progress: Progress = ignore_progress) -> int:
    """Check every row and index of a database, and return how many messages it has.

    Raise StoreBroken if it is damaged or has lost messages, StoreError if it cannot be read.
    """
    refuse_if_lost(path)
    with reading_newest(path) as connection:
        check_definitions(connection)
        read_files(connection)
        count = check_all(connection, progress=progress)
        check_listed(connection)
        return count


def verify_files(path: Path, progress: Progress = ignore_progress) -> Findings:
    """Read the content of all files that belong to a database, and compare it with their hashes."""
    with reading_newest(path) as connection:
        count, wrong = check_contents(connection, places_beside(path), progress)
    return _findings(path, count, wrong)


def _findings(path: Path, count: int, wrong: list[tuple[HeldFile, str]]) -> Findings:
    """Return what is wrong with files, but for those that a broker has deleted meanwhile."""
    if wrong:
        with reading_newest(path) as connection:
            wrong = [(file, fault) for file, fault in wrong if still_held(connection, file)]
    return Findings(count, [f"{file.title} {fault}" for file, fault in wrong])


def back_up(
    directory: Path,
    target: Path,
    files: Texts | None = None,
    progress: Progress = ignore_progress,
    told: Callable[[Findings], object] = ignore_findings,
) -> int:
    """Copy the database of a data directory, also while a broker runs; return its number of messages.

    The backup also gets `files`, the texts of other files there. It is one file, and is checked and synced
    before it gets its name. If there is content of files, it is in a directory beside it, and `told` gets
    what is wrong with that. Raise StoreError or StoreBroken if no copy was made, FileExistsError if `target`
    or that directory exists already.
    """
    if target.exists():
        raise FileExistsError(target)
    database = directory / DATABASE
    refuse_if_lost(database)
    with new_part(target) as part:
        with reading(database) as connection:
            count, _ = _copy(connection, database, part, target, files=files, progress=progress)
        held, wrong = copy_contents(part, places_beside(database), places_beside(target), progress)
        publish(part, target)
    told(_findings(database, held, wrong))
    return count


def restore(
    backup: Path,
    directory: Path,
    epoch: str,
    chosen: Callable[[Texts], Texts] = lambda _: {},
    progress: Progress = ignore_progress,
    told: Callable[[Findings], object] = ignore_findings,
) -> tuple[int, Path | None]:
    """Replace the database of a data directory by a backup with a new epoch.

    `chosen` gets the texts of the other files in the backup. It returns the texts that files of the data
    directory get. Any other file stays as it is. `told` gets what is wrong with the content of files.

    Return the number of messages, and the directory with the previous files, if there were any. Raise
    StoreError if a broker uses the directory or the backup cannot be read, StoreBroken if the backup is
    damaged. Nothing is changed then.
    """
    lock = lock_directory(directory)
    try:
        finish(directory)
        with new_part(directory / DATABASE, in_data=True) as part:
            with reading(backup) as connection:
                count, files = _copy(connection, backup, part, directory / DATABASE, epoch, progress=progress)
            texts = chosen(files)
            found = copy_contents(part, places_beside(backup), Places(directory / NEW_FILES), progress)
            told(_findings(backup, *found))
            return count, replace(part, directory, texts)
    finally:
        os.close(lock)


def compact(directory: Path, epoch: str, progress: Progress = ignore_progress) -> tuple[int, int]:
    """Rewrite the database of a data directory without the space that deleted messages left.

    Return its size in bytes before and afterwards. If a crash has lost messages, it gets the new epoch, as
    nothing shows the loss afterwards. Raise StoreError if a broker uses the directory or the disk is full,
    StoreBroken if the database is damaged.
    """
    path = directory / DATABASE
    refuse_unfinished(path)
    if not path.is_file():
        raise StoreError(f"there is no database at {path}")
    SqliteStore(directory, epoch).close()
    lock = lock_directory(directory)
    try:
        with translated_errors(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
            before = path.stat().st_size
            version_of(interruptible(connection), path)
            check_definitions(connection)
            check_all(connection, progress=progress)
            progress("rewriting", 0, 0)
            connection.execute("INSERT INTO found (found) VALUES ('optimize')")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return before, path.stat().st_size
    finally:
        os.close(lock)


def _copy(
    connection: sqlite3.Connection,
    source: Path,
    part: Path,
    target: Path,
    epoch: str | None = None,
    files: Texts | None = None,
    progress: Progress = ignore_progress,
) -> tuple[int, Texts]:
    """Copy, migrate and check a database. An `epoch` replaces its own, and `files` the files in it.

    Return the number of messages, and the texts of the files that were in it. `connection` reads `source`,
    and `part` will become `target`. Errors name `source` and `target`.
    """
    with translated_errors(source, target), closing(sqlite3.connect(part, isolation_level=None)) as copy:
        version_of(connection, source)
        check_definitions(connection)
        copy_pages(connection, interruptible(copy), progress)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
        migrate(copy, source, keep=False)
        count = check_all(copy, progress=progress)
        drop_uploads(copy)
        held = take_files(copy)
        put_files(copy, files or {})
        if epoch is not None:
            set_epoch(copy, epoch)
    return count, held
