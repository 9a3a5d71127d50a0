"""The database as JSON Lines, for other programs and versions. It is written and read in one pass.

The first line has the format's version. Then come users, rooms, facts, conversations, members, the last seq
that each member sent, all messages in the order in which they were accepted, the content of their files in
pieces, and a last line.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from broker.core.entries import EntryKind
from broker.core.store import StoreError
from broker.store.check import check_all
from broker.store.checksums import (
    CONVERSATIONS,
    FACTS,
    LAST_SENT,
    LOG,
    MEMBERS,
    MESSAGES,
    ROOMS,
    USERS,
    DamagedError,
    Row,
    Table,
)
from broker.store.contents.places import Places
from broker.store.database import DATABASE
from broker.store.failures import translated_errors
from broker.store.files.lock import lock_directory
from broker.store.files.naming import new_part
from broker.store.progress import Progress, ignore_progress, interruptible
from broker.store.replacing import NEW_FILES, finish, replace
from broker.store.rows.forms import form_from_text, form_to_text
from broker.store.verbs.contents import (
    Findings,
    Writing,
    check_contents,
    check_listed,
    drop_uploads,
    files_of,
    ignore_findings,
    missing_contents,
    new_directory,
    places_beside,
)
from broker.store.verbs.copies import reading_copy
from broker.store.verbs.lines import (
    VERSION,
    Content,
    Conversation,
    End,
    Fact,
    Header,
    LastSent,
    Line,
    Member,
    Message,
    Room,
    User,
    decoded,
)
from broker.store.versions.migrations import migrate

_PIECE = 48 * 1024
"""Bytes of a content in a line."""


def export(
    path: Path,
    write: Callable[[bytes], object],
    progress: Progress = ignore_progress,
    told: Callable[[Findings], object] = ignore_findings,
) -> int:
    """Write a database as lines, at one of its commits, and return the number of its messages.

    `told` gets what is wrong with the content of files. What is damaged is left out.

    `write` may take as long as it likes: it does not hold up a broker that uses the database. Raise
    StoreError or StoreBroken if it cannot be read, and whatever `write` raises.
    """
    encode = msgspec.json.Encoder().encode
    count = 0
    for line in _lines_of(path, progress, told):
        write(encode(line) + b"\n")
        count += isinstance(line, Message)
    return count


def load(
    lines: Iterable[bytes],
    directory: Path,
    epoch: str,
    progress: Progress = ignore_progress,
    missing: Callable[[int], object] = int,
) -> int:
    """Make the database of a data directory from exported lines, with a new epoch.

    Return the number of its messages. `missing` gets the number of contents that are not in the lines. Raise
    StoreError if there is a database already or a broker uses the directory, ValueError if the lines are not
    what `export` writes. Then no database is made.
    """
    lock = lock_directory(directory)
    try:
        finish(directory)
        if (directory / DATABASE).exists():
            raise StoreError(f"{directory / DATABASE} exists already; import into another directory")
        with new_part(directory / DATABASE, in_data=True) as part:
            with (
                new_directory(directory / NEW_FILES) as places,
                translated_errors(directory / DATABASE),
                closing(sqlite3.connect(part, isolation_level=None)) as connection,
                closing(Writing(places)) as writing,
            ):
                migrate(interruptible(connection), part)
                count = _Loader(connection, epoch, writing).load(decoded(lines))
                _check(connection, progress)
                missing(missing_contents(connection, places))
            replace(part, directory)
        return count
    finally:
        os.close(lock)


def _lines_of(path: Path, progress: Progress, told: Callable[[Findings], object]) -> Iterator[Line]:
    with reading_copy(path, progress) as connection:
        drop_uploads(connection)
        (total,) = connection.execute("SELECT count(*) FROM messages").fetchone()
        for number, line in enumerate(_lines(connection)):
            progress("writing", number, total)
            yield line
        places = places_beside(path)
        count, wrong = check_contents(connection, places, progress)
        told(Findings(count, [f"{file.title} {fault}" for file, fault in wrong]))
        damaged = {file.hash for file, _ in wrong}
        yield from _contents(places, (file.hash for file in files_of(connection) if file.hash not in damaged))
        yield End()


def _contents(places: Places, hashes: Iterable[str]) -> Iterator[Content]:
    """Yield the pieces of contents, each content once. Stop early with one that is deleted meanwhile."""
    for one in dict.fromkeys(hashes):
        offset = 0
        with suppress(FileNotFoundError), places.open_content(one) as file:
            while data := file.read(_PIECE):
                yield Content(one, offset, data)
                offset += len(data)
            if not offset:
                yield Content(one, 0, b"")


def _lines(connection: sqlite3.Connection) -> Iterator[Line]:
    def rows(table: Table, rest: str = "") -> Iterator[Row]:
        return table.checked(connection.execute(table.select(rest)))

    for epoch, next_user in rows(LOG):
        yield Header(VERSION, epoch, next_user)
    for user, name, away, seen, discreet in rows(USERS):
        yield User(user, name, away, seen, bool(discreet))
    yield from (Room(*row) for row in rows(ROOMS))
    yield from (Fact(kind, key, msgspec.Raw(value)) for kind, key, value in rows(FACTS))
    ids = {}
    for number, *row in rows(CONVERSATIONS):
        conversation = Conversation(*row)
        ids[number] = conversation.id
        yield conversation
    yield from (Member(ids[number], *row) for number, *row in rows(MEMBERS))
    yield from (LastSent(ids[number], *row) for number, *row in rows(LAST_SENT))
    for _, number, *row, kind, form in rows(MESSAGES, "ORDER BY number"):
        yield Message(ids[number], *(*row, EntryKind(kind), form_from_text(form)))


def _check(connection: sqlite3.Connection, progress: Progress) -> None:
    try:
        check_all(connection, progress=progress)
        check_listed(connection)
    except DamagedError as error:
        raise ValueError(f"this export contradicts itself: {error}") from None


class _Loader:
    """Writes decoded lines into empty tables, and checks that they belong together."""

    def __init__(self, connection: sqlite3.Connection, epoch: str, contents: Writing) -> None:
        self._connection = connection
        self._contents = contents
        self._epoch = epoch
        self._users: set[int] = set()
        self._numbers: dict[str, int] = {}
        self._expected: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._count = 0

    def load(self, lines: Iterator[Line]) -> int:
        """Write all lines in one transaction, and return the number of messages."""
        header = next(lines, None)
        if not isinstance(header, Header):
            raise ValueError("this is not an export: its first line is not the header")
        self._connection.execute("BEGIN")
        self._insert(LOG, self._epoch, header.next_user)
        line: Line = header
        for line in lines:
            if isinstance(line, Content):
                self._contents.add(line.hash, line.offset, line.data)
            else:
                self._write(line)
            if isinstance(line, End) and next(lines, None) is not None:
                raise ValueError("this export has lines after its end")
        if not isinstance(line, End):
            raise ValueError("this export is cut off: its last line is missing")
        if self._expected != {name: head + 1 for name, head in self._heads.items()}:
            raise ValueError("this export is cut off: messages are missing")
        self._contents.finish()
        self._connection.execute("COMMIT")
        return self._count

    def _write(self, line: Line) -> None:
        match line:
            case User():
                self._users.add(line.id)
                self._insert(USERS, line.id, line.name, line.away, line.seen, int(line.discreet))
            case Room():
                self._insert(ROOMS, *msgspec.structs.astuple(line))
            case Fact(kind, key, value):
                self._insert(FACTS, kind, key, bytes(value))
            case Conversation(id, first, head, amended):
                number = self._numbers[id] = len(self._numbers) + 1
                self._expected[id], self._heads[id] = first, head
                self._insert(CONVERSATIONS, number, id, first, head, amended)
            case Member() | LastSent():
                conversation, *row = msgspec.structs.astuple(line)
                if line.user not in self._users:
                    raise ValueError(f"user {line.user} of {conversation} is not in this export")
                table = MEMBERS if isinstance(line, Member) else LAST_SENT
                self._insert(table, self._number(conversation), *row)
            case Message():
                self._message(line)
            case Header():
                raise ValueError("two exports are in one file")
            case End():
                pass

    def _message(self, message: Message) -> None:
        conversation, seq, *row, form = msgspec.structs.astuple(message)
        number = self._number(conversation)
        if seq != self._expected[conversation]:
            raise ValueError(f"message {seq} of {conversation} is not the next one")
        self._expected[conversation] = seq + 1
        self._count += 1
        self._insert(MESSAGES, self._count, number, seq, *row, form_to_text(form))

    def _number(self, conversation: str) -> int:
        number = self._numbers.get(conversation)
        if number is None:
            raise ValueError(f"{conversation} must come before its members and messages")
        return number

    def _insert(self, table: Table, *values: object) -> None:
        try:
            self._connection.execute(table.insert, table.row(*values))
        except sqlite3.IntegrityError:
            raise ValueError(f"two lines for the table {table.name} have the same key") from None
