"""The content of files in backups and exports, and checks that all of it is there and as it was sent."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple

from broker.core.facts.collection import decode_fact
from broker.core.facts.files import Attached, Held, Uploading
from broker.core.store import pair_of
from broker.store.checksums import FACTS, MESSAGES, USERS, DamagedError
from broker.store.contents.places import FILES, Places
from broker.store.database import DATABASE
from broker.store.failures import translated_errors
from broker.store.files.naming import sync
from broker.store.progress import Progress, ignore_progress
from broker.store.rows.forms import form_from_text
from messages.text import neutralise

PIECE = 1024 * 1024
"""Bytes that are read at a time."""

_WITH_FILES = "WHERE form LIKE '%\"files\":%' ORDER BY number"


class HeldFile(NamedTuple):
    """A file of a message. `place` names the conversation and the number for people."""

    conversation: str
    seq: int
    place: str
    name: str
    hash: str
    size: int

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{neutralise(self.name)} of {self.place}"


class Findings(NamedTuple):
    """How many files there are, and sentences about those whose content is not as it was sent."""

    files: int
    wrong: list[str]

    def sentence(self, most: int = 20) -> str:
        """Return the first sentences as one, or nothing."""
        more = [f"and {len(self.wrong) - most:,} more"] if len(self.wrong) > most else []
        return "; ".join([*self.wrong[:most], *more])


def ignore_findings(found: Findings) -> None:
    """Ignore what is wrong with files."""


def places_beside(database: Path) -> Places:
    """Return where the content is that belongs to a database: of a data directory, or of a backup."""
    name = FILES if database.name == DATABASE else f"{database.name}.{FILES}"
    return Places(database.with_name(name))


def files_of(connection: sqlite3.Connection) -> Iterator[HeldFile]:
    """Yield the files of all messages, in order. Raise DamagedError or sqlite3.Error."""
    ids = dict(connection.execute("SELECT number, id FROM conversations"))
    names = {row[0]: row[1] for row in USERS.checked(connection.execute(USERS.select()))}
    for row in MESSAGES.checked(connection.execute(MESSAGES.select(_WITH_FILES))):
        conversation, seq = ids[row[1]], row[2]
        pair = " and ".join(f"@{names.get(user, '?')}" for user in pair_of(conversation))
        for file in form_from_text(row[11]).files:
            place = f"message {seq} in {pair or conversation}"
            yield HeldFile(conversation, seq, place, file.name, file.hash, file.size)


def check_listed(connection: sqlite3.Connection) -> None:
    """Raise DamagedError unless the facts list the same contents as the messages, each with one size."""
    held: dict[tuple[str, int], list[Held]] = {}
    sizes: dict[str, int] = {}
    for file in files_of(connection):
        if sizes.setdefault(file.hash, file.size) != file.size:
            raise DamagedError(f"{file.title} has another size than the same content elsewhere")
        held.setdefault((file.conversation, file.seq), []).append(Held(file.hash, file.size))
    for fact in _attached(connection):
        if held.pop((fact.conversation, fact.seq), None) != list(fact.contents):
            raise DamagedError(f"the files of message {fact.seq} of {fact.conversation} are not its own")
    for conversation, seq in held:
        raise DamagedError(f"the files of message {seq} of {conversation} are not listed")


def _attached(connection: sqlite3.Connection) -> Iterator[Attached]:
    select = FACTS.select("WHERE kind = ?")
    for kind, _, value in FACTS.checked(connection.execute(select, (Attached.KIND,))):
        fact = decode_fact(kind, value)
        assert isinstance(fact, Attached)  # noqa: S101 - its kind says so
        yield fact


def still_held(connection: sqlite3.Connection, file: HeldFile) -> bool:
    """Return whether a message has its files, as a broker may have deleted it meanwhile."""
    return any((one.conversation, one.seq) == (file.conversation, file.seq) for one in _attached(connection))


def check_contents(
    connection: sqlite3.Connection, places: Places, progress: Progress = ignore_progress
) -> tuple[int, list[tuple[HeldFile, str]]]:
    """Read the content of all files. Return how many there are, and what is wrong with which."""
    count, wrong, known = 0, list[tuple[HeldFile, str]](), dict[str, str]()
    total = _total(connection)
    for file in files_of(connection):
        count += 1
        if file.hash not in known:
            known[file.hash] = _fault(places, file)
        if known[file.hash]:
            wrong.append((file, known[file.hash]))
        progress("checking files", count, total)
    return count, wrong


def _total(connection: sqlite3.Connection) -> int:
    return sum(len(one.contents) for one in _attached(connection))


def _fault(places: Places, file: HeldFile) -> str:
    """Return what is wrong with a content, or nothing."""
    try:
        with places.open_content(file.hash) as content:
            return _copy_checked(content, None, file)
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _copy_checked(source: BinaryIO, target: BinaryIO | None, file: HeldFile) -> str:
    """Read a content, and write it to `target`. Of one that is too large a part is enough to see that."""
    hashed, size = sha256(), 0
    while size <= file.size and (piece := source.read(PIECE)):
        hashed.update(piece)
        size += len(piece)
        if target is not None:
            target.write(piece)
    return "" if (size, hashed.hexdigest()) == (file.size, file.hash) else "is damaged"


def _copy_all(
    connection: sqlite3.Connection, source: Places, target: Places, progress: Progress = ignore_progress
) -> tuple[int, list[tuple[HeldFile, str]]]:
    """Copy the content of all files, like `copy_contents`.

    Content that is damaged is copied as it is. All is on disk when this returns. Raise OSError.
    """
    count, wrong, known = 0, list[tuple[HeldFile, str]](), dict[str, str]()
    total = _total(connection)
    for file in files_of(connection):
        count += 1
        if file.hash not in known:
            known[file.hash] = _copy(source, target, file)
        if known[file.hash]:
            wrong.append((file, known[file.hash]))
        progress("copying files", count, total)
    for shard in {target.content(one).parent for one in known if target.size(one) is not None}:
        sync(shard)
    return count, wrong


def _copy(source: Places, target: Places, file: HeldFile) -> str:
    try:
        content = source.open_content(file.hash)
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    with content, target.new_content(file.hash) as copy:
        fault = _copy_checked(content, copy, file)
        copy.flush()
        os.fsync(copy.fileno())
    return fault


def copy_contents(
    database: Path, source: Places, target: Places, progress: Progress
) -> tuple[int, list[tuple[HeldFile, str]]]:
    """Copy the content of all files of a database, if there is any, into a new directory.

    Return how many files there are, and what is wrong with which. Raise StoreError.
    """
    with (
        translated_errors(source.root, target.root),
        closing(sqlite3.connect(database, isolation_level=None)) as connection,
    ):
        if next(files_of(connection), None) is None:
            return 0, []
        with new_directory(target.root):
            return _copy_all(connection, source, target, progress)


def drop_uploads(connection: sqlite3.Connection) -> None:
    """Leave uploads that no message names out of a copy, as they end after a day."""
    connection.execute("DELETE FROM facts WHERE kind = ?", (Uploading.KIND,))


@contextmanager
def new_directory(path: Path) -> Iterator[Places]:
    """Give a new directory for content, which is removed again if anything is raised.

    Raise FileExistsError if there is one.
    """
    places = Places(path)
    if path.exists():
        raise FileExistsError(errno.EEXIST, "there is a directory already", str(path))
    try:
        places.make()  # a signal can end the program as soon as it is there
        yield places
        sync(path)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise


class Writing:
    """Writes contents that come in pieces, one after the other, and checks each."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._hash = ""
        self._size = 0
        self._hashed = sha256()
        self._file: BinaryIO | None = None

    def add(self, hash: str, offset: int, data: bytes) -> None:
        """Write a piece. Raise ValueError if it does not fit."""
        if hash != self._hash:
            self.finish()
            self._hash, self._size, self._hashed = hash, 0, sha256()
            try:
                self._file = self._places.new_content(hash)
            except FileExistsError:
                raise ValueError(f"the content {hash} comes twice") from None
        if offset != self._size or self._file is None:
            raise ValueError(f"a part of the content {hash} is missing")
        self._file.write(data)
        self._hashed.update(data)
        self._size += len(data)

    def finish(self) -> None:
        """Finish the content whose pieces came. Raise ValueError if its hash is another one."""
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self.close()
        if self._hashed.hexdigest() != self._hash:
            raise ValueError(f"the content {self._hash} is damaged")
        sync(self._places.content(self._hash).parent)

    def close(self) -> None:
        """Close the file of a content that is not finished."""
        if self._file is not None:
            self._file.close()
        self._file = None


def missing_contents(connection: sqlite3.Connection, places: Places) -> int:
    """Return how many contents are not there, or have another size."""
    sizes = {one.hash: one.size for fact in _attached(connection) for one in fact.contents}
    return sum(places.size(one) != size for one, size in sizes.items())
