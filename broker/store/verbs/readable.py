"""Reading a database where nothing can be written, as on a disk that was mounted read-only to rescue it.

SQLite must write beside a database that has a log. If the directory is read-only and no broker uses it,
SQLite is told that nothing changes, or if there is a log, it gets a copy.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker.store.database import SYNCED_MARK
from broker.store.files.lock import InUseError, lock_for_reading

_HEADER = 32
"""Bytes of a log without frames."""


@contextmanager
def readable(path: Path) -> Iterator[tuple[Path, str]]:
    """Give the file that SQLite can read in the place of the database at `path`, and its URI.

    Raise OSError if there is no room for a copy.
    """
    if can_write(path.parent):
        yield path, _uri(path, "mode=ro")
        return
    try:
        lock = lock_for_reading(path.parent)
    except InUseError:  # the broker, which can write, has made the files that SQLite needs
        yield path, _uri(path, "mode=ro")
        return
    try:
        log = path.with_name(f"{path.name}-wal")
        if not log.exists() or log.stat().st_size <= _HEADER:
            yield path, _uri(path, "immutable=1")
            return
        with tempfile.TemporaryDirectory(prefix="chat-broker-", dir=temporary_directory()) as place:
            for file in (path, log, path.with_name(SYNCED_MARK)):
                if file.exists():
                    shutil.copyfile(file, Path(place) / file.name)
            yield Path(place) / path.name, _uri(Path(place) / path.name, "mode=ro")
    finally:
        if lock != -1:
            os.close(lock)


def can_write(directory: Path) -> bool:
    """Return whether files can be made in a directory."""
    return os.access(directory, os.W_OK)


def temporary_directory() -> Path:
    """Return the directory in which SQLite makes its temporary files."""
    named = [os.environ.get(name) for name in ("SQLITE_TMPDIR", "TMPDIR")]
    places = [place for place in (*named, "/var/tmp", "/usr/tmp", "/tmp") if place]  # noqa: S108 - as SQLite does
    return next((Path(place) for place in places if Path(place).is_dir()), Path())


def _uri(path: Path, options: str) -> str:
    return f"{path.resolve().as_uri()}?{options}"
