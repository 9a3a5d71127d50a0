"""Files that get their name only once they are complete and on the disk."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO


def new_part(target: Path) -> Path:
    """Make the file that is to become `target`, empty and for its owner only, and return its path.

    Nobody else gets the same one, so several may write at once: who is first gets the name. Raise OSError
    that names `target` if there can be none.
    """
    try:
        descriptor, part = mkstemp(".part", f"{target.name}.", target.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    os.close(descriptor)
    return Path(part)


def discard(part: Path) -> None:
    """Remove a file that was begun, if it is still there, with what SQLite may have left beside it."""
    for ending in ("", "-journal", "-wal", "-shm"):
        part.with_name(part.name + ending).unlink(missing_ok=True)


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which becomes `target` if all goes well.

    Raise FileExistsError if that is taken.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    part = new_part(target)
    try:
        with part.open("wb") as file:
            yield file
        publish(part, target)
    finally:
        discard(part)


def new_aside(directory: Path, word: str) -> Path:
    """Make a directory `<word>-<time>` in which to put aside what is in a data directory."""
    stamp = time.strftime(f"{word}-%Y%m%d-%H%M%S")
    for name in (stamp, *(f"{stamp}-{number}" for number in range(2, 100))):
        with suppress(FileExistsError):
            (directory / name).mkdir(mode=0o700)
            return directory / name
    raise FileExistsError(errno.EEXIST, "too many of these are there already", str(directory / stamp))


def copy_aside(files: Iterable[Path], directory: Path, word: str) -> Path:
    """Copy those files that are there into a new directory, and return it, once all is on the disk."""
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
    """Sync a file that is complete and give it its name. Raise FileExistsError if that is taken."""
    sync(part)
    try:
        os.link(part, target)  # which replaces nothing
        part.unlink()
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
    except OSError:  # some file systems have no second name for a file
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        part.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Have a file or a directory written to the disk. Raise OSError if that cannot be confirmed."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
