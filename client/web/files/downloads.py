"""Downloads: the pieces of a file go from the broker to the browser as fast as that reads; none are kept."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from hashlib import sha256

from client.core.events import Replied
from client.web.files.kinds import HEAD_BYTES, kind_of
from client.web.files.problems import BusyError, GoneError, LaterError, NoFileError
from client.web.guard import Places, key_of
from client.web.person import Person
from messages.base import Request
from messages.errors import ErrorCode
from messages.events import Message
from messages.files import Content, Fetch, File
from messages.limits import MAX_FILES, MAX_SEQ
from messages.replies import AnyReply, Error, Page
from messages.requests import History

PIECE_BYTES = 65_536
"""Bytes that are fetched at once: the most that the broker counts as one request."""

AHEAD = 2
"""Pieces of a download that are on their way to the gateway while the browser reads others."""

MOST_OF_ONE = 8
"""Downloads of one person at the same time; of all guests at an address together."""

MOST_OF_ADDRESS, MOST_OF_ALL = 100, 200
"""Downloads of people at one address, and of all, at the same time."""

ANSWER_SECONDS = 30.0
"""A piece has to come from the broker within so long."""

_TRIES, _RETRY_SECONDS = 3, 0.5
_DELETED = "this message was deleted, and its files with it"
_LOST = "the broker has lost the content of this file; tell the operator"
_MANY = "you get too many files at once; wait for some"
_ALL_BUSY = "too many files are on their way now; try again in a moment"


class CutOffError(Exception):
    """A download cannot go on. The browser has a part of it, so it can only be cut off."""


class FileQuery(History, frozen=True, gc=False, tag="history"):
    """A `history` for the message that has a file."""


class Downloads:
    """Counts the downloads of everybody."""

    def __init__(self) -> None:
        self._people = Places(MOST_OF_ONE, MOST_OF_ALL)
        self._addresses = Places(MOST_OF_ADDRESS, MOST_OF_ALL)

    def enter(self, person: Person) -> Callable[[], None]:
        """Take a place for a download, and return what gives it back; raise BusyError if there is none."""
        address = key_of(person.session.credentials.address or "127.0.0.1")
        leave_address = self._addresses.take(address)
        if leave_address is None:
            raise BusyError(_ALL_BUSY)
        leave = self._people.take(address if person.guest else f"@{person.name}")
        if leave is None:
            leave_address()
            raise BusyError(_MANY)

        def leave_both() -> None:
            leave()
            leave_address()

        return leave_both


class Reading:
    """A file of a message, read for one person. The broker says whether they may."""

    def __init__(self, person: Person, conversation: str, seq: int, number: int, file: File) -> None:
        self._person = person
        self._where = conversation, seq, number
        self.file = file

    @classmethod
    async def open(cls, person: Person, conversation: str, seq: int, number: int) -> Reading:
        """Find a file; raise FileProblemError if it is not there for this person."""
        session = person.session
        if not (0 < seq <= MAX_SEQ and 0 < number <= MAX_FILES) or conversation not in session.conversations:
            raise NoFileError  # a history would let them enter a room
        message = session.timeline(conversation).messages.get(seq)
        if message is None:
            query = {"conversation": conversation, "after": seq - 1, "limit": 1}
            page = await _ask(person, FileQuery, **query)
            entries = page.messages if isinstance(page, Page) else ()
            message = next((one for one in entries if isinstance(one, Message) and one.seq == seq), None)
        if message is None:
            raise NoFileError
        if message.deleted:
            raise GoneError(_DELETED)
        if number > len(message.files):
            raise NoFileError
        return cls(person, conversation, seq, number, message.files[number - 1])

    async def kind(self) -> str:
        """Return what the file is by its content; empty if a page does not show it.

        Raise FileProblemError if the person may not read it (any more).
        """
        kind = kind_of(await self.piece(0, min(HEAD_BYTES, self.file.size)))
        return kind.replace("video/", "audio/") if self.file.media_type.startswith("audio/") else kind

    async def piece(self, offset: int, length: int) -> bytes:
        """Return some bytes; raise FileProblemError if they cannot be had."""
        conversation, seq, number = self._where
        where = {"conversation": conversation, "seq": seq, "file": number, "offset": offset}
        reply = await _ask(self._person, Fetch, **where, length=max(length, 1))
        if not isinstance(reply, Content) or len(reply.data) != length:
            raise LaterError
        self._person.idle_since = time.monotonic()
        return reply.data

    async def content(self, first: int, end: int) -> AsyncGenerator[bytes]:
        """Yield these bytes. Of a whole file the last ones come only if its hash is right.

        Raise CutOffError if that cannot go on.
        """
        whole = (first, end) == (0, self.file.size)
        digest, ahead = sha256(), deque[asyncio.Task[bytes]]()
        try:
            at = first
            while at < end or ahead:
                while at < end and len(ahead) < AHEAD:
                    length = min(PIECE_BYTES, end - at)
                    ahead.append(asyncio.ensure_future(self.piece(at, length)))
                    at += length
                data = await ahead.popleft()
                if whole:
                    digest.update(data)
                    if at == end and not ahead and digest.hexdigest() != self.file.hash:
                        raise CutOffError(f"the content of {self.file.hash} is damaged")
                yield data
        except ValueError as error:
            raise CutOffError(str(error)) from None
        finally:
            for task in ahead:
                task.cancel()
            await asyncio.gather(*ahead, return_exceptions=True)


async def _ask(person: Person, kind: type[Request], **fields: object) -> AnyReply:
    """Return the broker's reply; raise FileProblemError if it refuses, or does not come."""
    error = None
    for _ in range(_TRIES):
        if person.ended or not person.ready:
            break
        reply = await _reply(person, kind, **fields)
        if not isinstance(reply, Error):
            return reply
        error = reply
        if not error.retryable:
            break
        await asyncio.sleep(_RETRY_SECONDS)
    if error is None or error.retryable:
        raise LaterError
    if error.code is ErrorCode.MESSAGE_DELETED:
        raise GoneError(_DELETED)
    if error.code is ErrorCode.FILE_DAMAGED:
        raise GoneError(_LOST)
    raise NoFileError


async def _reply(person: Person, kind: type[Request], **fields: object) -> AnyReply:
    came: asyncio.Future[AnyReply] = asyncio.get_running_loop().create_future()

    def answer(event: Replied) -> None:
        if not came.done():
            came.set_result(event.reply)

    try:
        with person.answering(answer):
            person.session.ask(kind, **fields)
    except ValueError:
        raise NoFileError from None
    try:
        return await asyncio.wait_for(came, ANSWER_SECONDS)
    except TimeoutError:
        raise LaterError from None
