"""The screen's end of the admin channel, for asyncio. It notices within a moment that the broker has gone."""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import zmq
import zmq.asyncio

from broker.shell.channel import make_request, reachable, read_reply
from broker.shell.errors import NoBrokerError
from messages.admin import AdminReply
from messages.base import Request
from messages.codec import encode

ANSWER_SECONDS = 3.0
"""A broker that takes longer than this to answer is asked again on a new connection."""

_LOOK_MS = 300  # without an answer for so long, look whether there is a broker


class AsyncChannel:
    """A connection to the broker of a data directory, in an asyncio loop."""

    def __init__(self, directory: Path, seconds: float = ANSWER_SECONDS) -> None:
        """Connect. Raise NoBrokerError if no broker listens there."""
        self._directory = directory
        self._seconds = seconds
        self._ids = count(1)
        path = reachable(directory)
        self._context = zmq.asyncio.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.connect(f"ipc://{path}")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._context.term()

    async def ask(self, kind: type[Request], *values: Any, **fields: Any) -> AdminReply:
        """Send a request, and return its reply. It raises what `Channel.ask` raises."""
        await self._socket.send(encode(make_request(str(next(self._ids)), kind, *values, **fields)))
        deadline = time.monotonic() + self._seconds
        while not await self._socket.poll(_LOOK_MS):
            reachable(self._directory)
            if time.monotonic() > deadline:
                raise NoBrokerError(f"the broker has not answered for {self._seconds:.0f} s; look at its log")
        return read_reply(await self._socket.recv())
