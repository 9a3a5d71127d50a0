"""Files that get their name only once they are complete and on the disk."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def begin(target: Path) -> Path:
    """Make the file that is to become `target`, empty and for its owner only, and return its path."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return part


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
        raise
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
