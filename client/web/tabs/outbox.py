"""What waits to be sent to one tab, in order and bounded: a tab that does not read holds up nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from client.web.protocol.tells import AnyTell

MOST_BYTES = 2 << 20
"""A tab for which more than this waits is closed; the page connects again and gets what is there then."""

MOST_IN_ALL = 24 << 20
"""If more than this waits for all tabs together, the tab for which most waits is closed."""

_FRAME_BYTES = 1 << 16
"""Documents that wait go in frames of about so many bytes."""

_encoder = msgspec.json.Encoder()


class Backlog:
    """What waits for all tabs of the process, and what waits for each."""

    def __init__(self, most: int = MOST_IN_ALL) -> None:
        self.size = 0
        self._most = most
        self._sizes: dict[Outbox, int] = {}

    def of(self, outbox: Outbox) -> int:
        """Return what waits for one."""
        return self._sizes.get(outbox, 0)

    def grow(self, outbox: Outbox, size: int) -> None:
        """Count so much more, or less, for one; if it is too much in all, give up those with the most."""
        self.size += size
        self._sizes[outbox] = self.of(outbox) + size
        while self.size > self._most:
            max(self._sizes, key=self.of).give_up()

    def forget(self, outbox: Outbox) -> None:
        """Count one no more."""
        self.size -= self._sizes.pop(outbox, 0)


class Outbox:
    """Documents for one tab. `run` sends them until `close` was called and all are sent, or too many wait.

    Those that wait go in one frame, each on a line of its own. What was sent last counts as waiting until
    more can be sent, as it may not be read yet. `leave` is to be called in the end.
    """

    def __init__(self, backlog: Backlog) -> None:
        self._waiting: list[bytes] = []
        self._backlog = backlog
        self._news = asyncio.Event()
        self.closing = asyncio.Event()
        """Set when nothing more is taken."""
        self.too_slow = False

    def put(self, document: AnyTell) -> None:
        """Send a document after all others."""
        if self.closing.is_set():
            return
        data = _encoder.encode(document)
        self._waiting.append(data)
        self._news.set()
        self._backlog.grow(self, len(data))
        if self._backlog.of(self) > MOST_BYTES:
            self.give_up()

    def give_up(self) -> None:
        """Close, and send nothing more."""
        self.too_slow = True
        self._waiting.clear()
        self.leave()

    def leave(self) -> None:
        """Close, and count no more."""
        self.close()
        self._backlog.forget(self)

    def close(self) -> None:
        """Take nothing more."""
        self.closing.set()
        self._news.set()

    async def run(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send what comes."""
        sent = 0
        while self._waiting or not self.closing.is_set():
            self._news.clear()
            while self._waiting:
                documents = self._next()
                await send(b"\n".join(documents).decode())
                if not self.too_slow:
                    self._backlog.grow(self, -sent)
                sent = sum(map(len, documents))
            if not self.closing.is_set():
                await self._news.wait()

    def _next(self) -> list[bytes]:
        """Take the documents of the next frame, one at least."""
        count, size = 1, len(self._waiting[0])
        while count < len(self._waiting) and (size := size + len(self._waiting[count])) <= _FRAME_BYTES:
            count += 1
        documents = self._waiting[:count]
        del self._waiting[:count]
        return documents
