"""Files that get their name only when they are complete and on the disk."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from typing import BinaryIO

from broker.ownership import give_to_owner

_PART = re.compile(r"\.chat-[0-9a-f]{8}\.part\Z")
_BESIDE = ("-journal", "-wal", "-shm")
"""The endings of the files that SQLite may leave beside a database."""


@contextmanager
def new_part(target: Path, *, in_data: bool = False) -> Iterator[Path]:
    """Give an empty file beside `target`, which only its owner can read, until it is published or given up.

    If the file is `in_data`, in a data directory, it belongs to the directory's owner.

    Each call makes another file, so several programs can write at once, and the first to `publish` gets the
    name. At the end, or after an exception, a file that is not published is removed, with the files that
    SQLite left beside it. So are those that killed programs have left in the directory. Raise OSError, which
    names `target`.
    """
    part, lock = None, -1
    try:
        try:
            while lock == -1:
                part = target.with_name(f"{target.name}.chat-{secrets.token_hex(4)}.part")
                lock = _make_locked(part)
            if in_data:
                give_to_owner(lock, target.parent)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(target)) from None
        _remove_abandoned(target.parent)
        assert part is not None  # noqa: S101 - the loop has set it
        yield part
    finally:
        if part is not None:
            _remove(part)
        if lock != -1:
            os.close(lock)


def has_abandoned_part(target: Path) -> bool:
    """Return whether a program was killed before its file could become `target`."""
    for path in _parts(target.parent):
        if path.name.startswith(f"{target.name}.chat-"):
            lock = _lock_abandoned(path)
            if lock != -1:
                os.close(lock)
                return True
    return False


def _parts(directory: Path) -> list[Path]:
    return [path for path in directory.iterdir() if _PART.search(path.name)]


def _make_locked(part: Path) -> int:
    """Make a file with a lock that shows that its program lives. Return its descriptor.

    Return -1 if another program takes it for abandoned, and so removes it.
    """
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        abandoned = not os.fstat(descriptor).st_nlink
    except BlockingIOError:
        abandoned = True
    except OSError:  # some file systems have no locks: then nothing is taken for abandoned
        abandoned = False
    if abandoned:
        os.close(descriptor)
        return -1
    return descriptor


def _lock_abandoned(part: Path) -> int:
    """Lock the file of a killed program and return its descriptor, or return -1 if the program lives."""
    try:
        descriptor = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return -1
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return -1
    return descriptor


def _remove_abandoned(directory: Path) -> None:
    with suppress(OSError):  # one may write to a directory that one may not read
        for part in _parts(directory):
            _remove_if_abandoned(part)


def _remove_if_abandoned(part: Path) -> None:
    lock = _lock_abandoned(part)
    if lock != -1:
        with suppress(OSError):  # it is another user's
            _remove(part)
        os.close(lock)


def _remove(part: Path) -> None:
    _remove_existing(part)
    remove_beside(part)


def remove_beside(database: Path) -> None:
    """Remove the files that SQLite left beside a database."""
    for ending in _BESIDE:
        _remove_existing(database.with_name(database.name + ending))


def _remove_existing(path: Path) -> None:
    if os.path.lexists(path):  # False without permission to look: then nothing was made
        path.unlink()


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """Give a file to write to. It becomes `target` if nothing is raised.

    Raise FileExistsError if `target` exists.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    with new_part(target) as part:
        with part.open("wb") as file:
            yield file
        publish(part, target)


def new_aside(directory: Path, word: str) -> Path:
    """Make a directory `<word>-<time>` in a data directory, for files to keep, and return it."""
    aside = unused_name(directory, word)
    aside.mkdir(mode=0o700)
    return aside


def unused_name(directory: Path, word: str) -> Path:
    """Return a path `<word>-<time>` in a locked data directory that does not exist yet."""
    stamp = time.strftime(f"{word}-%Y%m%d-%H%M%S")
    names = chain((stamp,), (f"{stamp}-{number}" for number in count(2)))
    return next(path for path in (directory / name for name in names) if not os.path.lexists(path))


def copy_aside(files: Iterable[Path], directory: Path, word: str) -> Path:
    """Copy the files that exist into a new directory, sync them, and return the directory."""
    aside = new_aside(directory, word)
    try:
        for file in files:
            if file.exists():
                shutil.copy2(file, aside / file.name)
                sync(aside / file.name, directory)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    sync(aside, directory, os.O_NOFOLLOW | os.O_DIRECTORY)
    sync(directory)
    return aside


def publish(part: Path, target: Path) -> None:
    """Sync a complete file and give it its name. Raise FileExistsError if `target` exists."""
    sync(part)
    try:
        os.link(part, target)  # never replaces a file
        part.unlink()
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
    except OSError:  # some file systems have no second name for a file
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        part.replace(target)
    sync(target.parent)


def sync(path: Path, given_to_owner_of: Path | None = None, flags: int = os.O_NOFOLLOW) -> None:
    """Sync a file or a directory to the disk. Raise OSError if the disk cannot confirm it.

    One that was just made in a data directory is given to the owner of that directory before. For that it is
    opened with `flags`.
    """
    descriptor = os.open(path, os.O_RDONLY | (flags if given_to_owner_of else 0))
    try:
        if given_to_owner_of is not None:
            give_to_owner(descriptor, given_to_owner_of)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
