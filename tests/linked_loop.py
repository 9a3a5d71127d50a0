"""An AsyncConnection, and a broker that sends what the test says, in one asyncio loop.

Over inproc all frames of the broker arrive at once, so ZeroMQ reports them once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any

import msgspec
import zmq
from eventually import DEADLINE, eventually_in_loop
from live_broker import end

from client.core.events import ClientEvent
from client.core.session import Session, SessionState
from client.transport.aio import AsyncConnection
from messages.codec import encode
from messages.events import Position
from messages.replies import Welcome

URL = "inproc://broker"

LONG = 1_000_000
"""A heartbeat in milliseconds, with which no ping helps before a test is over."""


class Member:
    """A session without chance, its connection, and its events in each call of `changed`."""

    def __init__(self, name: str, context: zmq.Context[Any], *, hands_over: bool = False) -> None:
        ids = count(1)
        self.session = Session(name, lambda: f"{name}{next(ids)}", encode)
        self.session.login(name)
        self.turns: list[list[ClientEvent]] = []
        self.connection: AsyncConnection
        self._context = context
        self._hands_over = hands_over

    async def open(self) -> None:
        self.connection = await AsyncConnection.open(self.session, URL, self.changed, context=self._context)

    def changed(self) -> None:
        self.turns.append([])
        while (event := self.session.next_event()) is not None:
            self.turns[-1].append(event)
            if self._hands_over:
                self.session.handed_over(event)

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for turn in self.turns for event in turn if isinstance(event, kind)]


class Loop:
    """A ROUTER that the test reads and writes, and members that connect to it."""

    def __init__(self) -> None:
        self.context: zmq.Context[Any] = zmq.Context()
        self.router: zmq.Socket[bytes] = self.context.socket(zmq.ROUTER)
        self.router.linger = 0
        self.router.bind(URL)
        self.members: list[Member] = []
        self.peer = b""
        self._lines: list[bytes] = []

    def member(self, name: str = "alice", *, hands_over: bool = False) -> Member:
        self.members.append(Member(name, self.context, hands_over=hands_over))
        return self.members[-1]

    async def log_in(self, member: Member) -> None:
        """Await a login and welcome the member."""
        login = await self.take("login")
        self.say(
            Welcome(
                login["id"], member.session.name, "token", "epoch", False, LONG, [Position("#lobby", 0, 0)]
            )
        )
        await eventually_in_loop(lambda: member.session.state is SessionState.READY, "it is logged in")
        await until_idle(member.connection)

    async def take(self, kind: str) -> dict[str, Any]:
        """Wait for a request of a kind, and return it. Drop the requests before it."""

        def asked() -> dict[str, Any] | None:
            while self.router.poll(0):
                self.peer, frame = self.router.recv_multipart()
                self._lines += frame.split(b"\n")
            while self._lines:
                request: dict[str, Any] = msgspec.json.decode(self._lines.pop(0))
                if request["type"] == kind:
                    return request
            return None

        return await eventually_in_loop(asked, f"the client says {kind}")

    def say(self, *documents: msgspec.Struct) -> None:
        self.say_frame(b"\n".join(map(encode, documents)))

    def say_frame(self, frame: bytes) -> None:
        self.router.send_multipart([self.peer, frame])

    async def close(self) -> None:
        for member in self.members:
            await member.connection.close()
        self.router.close()
        end(self.context)


async def until_idle(connection: AsyncConnection | None) -> None:
    """Wait until only a ping is due: until then a timer of the login could help a test."""
    assert connection is not None
    await eventually_in_loop(
        lambda: connection._due_at > time.monotonic() + DEADLINE, "nothing but a ping is due"
    )


def in_loop(work: Callable[[Loop], Coroutine[Any, Any, None]]) -> None:
    """Run a test in a loop of its own, and close everything."""

    async def whole() -> None:
        loop = Loop()
        try:
            await work(loop)
        finally:
            await loop.close()

    asyncio.run(asyncio.wait_for(whole(), 3 * DEADLINE))
