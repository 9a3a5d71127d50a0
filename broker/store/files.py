"""Files that get their name only when they are complete and on the disk."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def new_part(target: Path) -> Iterator[Path]:
    """Give an empty file beside `target`, which only its owner can read, until it is published or given up.

    Each call makes another file, so several programs can write at once, and the first to `publish` gets the
    name. At the end, or after an exception, a file that is not published is removed, with the files that
    SQLite left beside it. Raise OSError, which names `target`.
    """
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(target)) from None
        yield part
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            beside = part.with_name(part.name + ending)
            if os.path.lexists(beside):  # False without permission to look: then nothing was made
                beside.unlink()


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
    stamp = time.strftime(f"{word}-%Y%m%d-%H%M%S")
    for name in (stamp, *(f"{stamp}-{number}" for number in range(2, 100))):
        with suppress(FileExistsError):
            (directory / name).mkdir(mode=0o700)
            return directory / name
    raise FileExistsError(errno.EEXIST, "too many of these exist", str(directory / stamp))


def copy_aside(files: Iterable[Path], directory: Path, word: str) -> Path:
    """Copy the files that exist into a new directory, sync them, and return the directory."""
    aside = new_aside(directory, word)
    try:
        for file in files:
            if file.exists():
                shutil.copy2(file, aside / file.name)
                sync(aside / file.name)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    sync(aside)
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


def sync(path: Path) -> None:
    """Sync a file or a directory to the disk. Raise OSError if the disk cannot confirm it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
