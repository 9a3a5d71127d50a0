"""Replacing the data of a data directory. After a kill at any point it has the old or the new data.

The new database becomes `chat.db.new` in one step, after a new key has become `curve.key.new`, and a new list
of invites `invites.new`. From then on the replacement is never undone: whoever uses the directory next
finishes it. The previous files are moved to `replaced` first, which gets a name with the time in the end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from broker.core.access.invites import LIST_FILE
from broker.core.store import StoreError
from broker.store.contents.places import FILES
from broker.store.database import DATABASE, SYNCED_MARK
from broker.store.files.naming import has_abandoned_part, new_part, sync, unused_name
from messages.keys import BROKER_KEY_FILE

Texts = Mapping[str, str]
"""The texts of files, by the files' names in a data directory."""

_OTHERS = (BROKER_KEY_FILE, LIST_FILE)
_NEW = f"{DATABASE}.new"
NEW_FILES = f"{FILES}.new"
"""The directory for the content of files that comes with a new database. It is made and synced before."""
_PREVIOUS = "replaced"
_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", SYNCED_MARK, FILES)


def replace(part: Path, directory: Path, files: Texts | None = None) -> Path | None:
    """Make a complete file the database of a locked data directory, and give other `files` there their texts.

    Return the directory with the previous files, or None if there were
    none.
    """
    for name, text in (files or {}).items():
        with new_part(directory / name, in_data=True) as text_part:
            text_part.write_text(text, encoding="utf-8")
            sync(text_part)
            text_part.replace(directory / f"{name}.new")
    sync(part)
    part.replace(directory / _NEW)
    sync(directory)
    return finish(directory)


def finish(directory: Path) -> Path | None:
    """Finish a replacement that was interrupted, if there is one, in a locked data directory.

    Return the directory with the previous files, or None if there are none.
    """
    new, previous = directory / _NEW, directory / _PREVIOUS
    others = [name for name in _OTHERS if (directory / f"{name}.new").exists()]
    if new.exists():
        previous.mkdir(mode=0o700, exist_ok=True)
        for file in (directory / name for name in (*_FILES, *others)):
            if file.exists():
                file.rename(previous / file.name)
        sync(previous, directory, os.O_NOFOLLOW | os.O_DIRECTORY)
        sync(directory)
        for name in others:
            (directory / f"{name}.new").rename(directory / name)
            sync(directory)
        if (directory / NEW_FILES).exists():
            (directory / NEW_FILES).rename(directory / FILES)
            sync(directory)
        new.rename(directory / DATABASE)
        sync(directory)
    else:
        for name in others:  # it was interrupted before its beginning
            (directory / f"{name}.new").unlink()
        shutil.rmtree(directory / NEW_FILES, ignore_errors=True)
    return _named(previous) if previous.exists() else None


def _named(previous: Path) -> Path | None:
    """Give the directory with the previous files its name, or remove it if it is empty."""
    aside = None
    if any(previous.iterdir()):
        aside = previous.rename(unused_name(previous.parent, _PREVIOUS))
    else:
        previous.rmdir()
    sync(previous.parent)
    return aside


def refuse_unfinished(path: Path) -> None:
    """Raise StoreError if the database at `path` is being replaced, or its replacement was interrupted."""
    if path.name == DATABASE and path.with_name(_NEW).exists():
        raise StoreError(
            f"the data in {path.parent} is being replaced; if that was interrupted, start the broker, which"
            " finishes it"
        )


def recover(directory: Path, report: Callable[[str], object]) -> None:
    """Finish a replacement that was interrupted in a locked data directory, and report it.

    Raise StoreError if a program was killed before it had the database that the directory lacks.
    """
    database = directory / DATABASE
    if not (database.exists() or (directory / _NEW).exists()) and has_abandoned_part(database):
        raise StoreError(
            f"a restore or import into {directory} was interrupted before it had all data; repeat it,"
            f" or remove the files {DATABASE}.*.part there to start without data"
        )
    aside = finish(directory)
    if aside is not None:
        report(f"a restore that was interrupted is finished; the previous data is in {aside}")
