"""Downloads on their way through the gateway: a browser reads each while it comes."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from typing import IO

from client.core.events import ClientEvent
from client.core.files.download import Download
from client.core.files.ports import FileTrouble
from client.core.files.transfer import TransferEnded
from client.web.files import FULL, PART_BYTES, Spool
from client.web.person import Person
from messages.files import File

MOST_DOWNLOADS = 8
"""Downloads of one person at the same time."""

DOWNLOAD_SECONDS = 60.0
"""A download that does not go on ends after so long."""


class Fetched:
    """A download into a file that a browser reads while it grows. It is a `Sink` for the client's core."""

    def __init__(self, spool: Spool) -> None:
        self.file: File | None = None
        self.have = 0
        self.news = asyncio.Event()
        self.ended = False
        self.error = ""
        self._spool, self._reserved = spool, 0
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="chat-web-")  # noqa: SIM115

    def open(self, file: File) -> Fetched:
        """Take the file's name and size."""
        try:
            self._spool.take(file.size)
        except ValueError as error:
            raise FileTrouble(str(error)) from None
        self.file, self._reserved = file, file.size
        self.news.set()
        return self

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes that are here."""
        return os.pread(self._file.fileno(), length, offset)

    def write(self, data: bytes) -> None:
        """Append bytes."""
        try:
            os.pwrite(self._file.fileno(), data, self.have)
        except OSError:
            raise FileTrouble(FULL) from None
        self.have += len(data)
        self.news.set()

    def restart(self) -> None:
        """Refuse: what was sent on cannot be taken back."""
        raise FileTrouble("the content is damaged; get the file again")

    def finish(self) -> None:
        """Note that all of it is here and right."""
        self.ended = True
        self.news.set()

    def close(self) -> None:
        """Do nothing: the browser may not have all of it."""

    def fail(self, why: str) -> None:
        """Note that no more comes."""
        self.ended, self.error = True, why
        self.news.set()

    def drop(self) -> None:
        """Remove it."""
        self._spool.give_back(self._reserved)
        self._reserved = 0
        self._file.close()


class Downloading:
    """One download of a person."""

    def __init__(self, person: Person, conversation: str, seq: int, number: int, spool: Spool) -> None:
        """Begin; raise ValueError if a value is wrong."""
        self._person = person
        self._sink = Fetched(spool)
        self._download: Download | None = None
        person.listeners.append(self._take)
        try:
            self._download = person.session.download(conversation, seq, number, self._sink.open)
        except ValueError:
            self.drop()
            raise
        person.wake()

    def _take(self, event: ClientEvent) -> None:
        if isinstance(event, TransferEnded) and event.transfer is self._download:
            error = self._download.error
            self._sink.fail(error.text) if error is not None else self._sink.finish()

    async def opened(self) -> File:
        """Return the file, when its name and size are known; raise ValueError if there is none."""
        while self._sink.file is None and not self._sink.ended:
            await self._news()
        if self._sink.file is None:
            raise ValueError(self._sink.error)
        return self._sink.file

    async def content(self) -> AsyncIterator[bytes]:
        """Yield the content as it comes; raise ValueError if it ends early or is damaged."""
        file, sink, at = await self.opened(), self._sink, 0
        try:
            while at < file.size or not sink.ended:
                self._sink.news.clear()
                if at < sink.have:
                    data = sink.read(at, min(PART_BYTES // 4, sink.have - at))
                    at += len(data)
                    yield data
                elif sink.ended:
                    break
                else:
                    await self._news()
            if sink.error or at < file.size:
                raise ValueError(sink.error or "the download ended early")
        finally:
            self.drop()

    async def _news(self) -> None:
        try:
            await asyncio.wait_for(self._sink.news.wait(), DOWNLOAD_SECONDS)
        except TimeoutError:
            self._sink.fail("the file does not come; try again")
        if self._sink.file is None:
            self._sink.news.clear()

    def drop(self) -> None:
        """Let go of it."""
        if self._take in self._person.listeners:
            self._person.listeners.remove(self._take)
        if self._download is not None and not self._download.ended:
            self._download.fail("nobody wants it any more")
        self._sink.drop()
