"""What waits to be sent to one tab, in order and bounded: a tab that does not read holds up nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from client.web.protocol.tells import AnyTell

MOST_BYTES = 2 << 20
"""A tab for which more than this waits is closed; the page connects again and gets what is there then."""

_encoder = msgspec.json.Encoder()


class Outbox:
    """Documents for one tab. `run` sends them until `close` was called and all are sent, or too many wait.

    Those that wait go in one frame, each on a line of its own.
    """

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._size = 0
        self._news = asyncio.Event()
        self.closing = asyncio.Event()
        """Set when nothing more is taken."""
        self.too_slow = False

    def put(self, document: AnyTell) -> None:
        """Send a document after all others."""
        if self.closing.is_set():
            return
        text = _encoder.encode(document).decode()
        self._waiting.append(text)
        self._size += len(text)
        if self._size > MOST_BYTES:
            self.too_slow = True
            self._waiting.clear()
            self.close()
        self._news.set()

    def close(self) -> None:
        """Take nothing more."""
        self.closing.set()
        self._news.set()

    async def run(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send what comes."""
        while self._waiting or not self.closing.is_set():
            self._news.clear()
            while self._waiting:
                size, frame = self._size, "\n".join(self._waiting)
                self._waiting = []
                await send(frame)
                self._size -= size
            if not self.closing.is_set():
                await self._news.wait()
