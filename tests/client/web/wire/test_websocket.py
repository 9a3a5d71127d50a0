"""WebSockets whose pages send too much, or read nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from eventually import DEADLINE
from web_wire import UPGRADE, frame, served, until_closed, visiting

from client.web.wire.websocket import MOST_PARTS, MOST_WAITING

Serve = Callable[[Any, Any], Awaitable[None]]


async def echo(receive: Any, send: Any) -> None:
    """Say each message again, until the page goes."""
    while (said := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": said["text"]})


class Visit:
    """A page's connection."""

    def __init__(self, serve: Serve = echo) -> None:
        self._serve = serve
        self.received: list[int] = []

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await self._serve(receive, send)

    async def send(self, data: bytes, answer: bytes = b"") -> bytes:
        """Send data; return what came until the connection was closed, or until an answer."""
        async with served(self.app) as port, visiting(port) as (reader, writer):
            writer.write(UPGRADE)
            await reader.readuntil(b"\r\n\r\n")
            writer.write(data)
            async with asyncio.timeout(DEADLINE):
                return await (reader.readuntil(answer) if answer else until_closed(reader))


def test_what_a_page_sends_in_its_measure_is_taken() -> None:
    parts = frame(b"a", last=False) + frame(b"b", 0, last=False) * (MOST_PARTS - 1) + frame(b"c", 0)
    data = frame(b"", 9) * 10 + parts + frame(b"end") * 100 + frame(b"over")
    said = asyncio.run(Visit().send(data, b"over"))
    assert said.count(b"\x8a\x00") == 10
    assert b"a" + b"b" * (MOST_PARTS - 1) + b"c" in said
    assert said.count(b"end") == 100


@pytest.mark.parametrize(
    "flood",
    [
        *(frame(b"", 9) * 10_000, frame(b"", 10) * 10_000),
        frame(b"a", last=False) + frame(b"", 0, last=False) * 10_000,
        frame(b"x") * 10_000,
    ],
    ids=["pings", "pongs", "parts without end", "messages"],
)
def test_a_flood_ends_the_connection_before_it_is_taken(flood: bytes) -> None:
    said = asyncio.run(Visit().send(flood))
    assert said.count(b"\x8a\x00") + said.count(b"\x81\x01x") <= MOST_WAITING


@pytest.mark.parametrize("name", ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"])
def test_headers_that_are_no_ascii_are_no_fault(name: str) -> None:
    async def talk() -> list[dict[str, Any]]:
        faults: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
        async with served(Visit().app) as port, visiting(port) as (reader, writer):
            writer.write(UPGRADE[:-2] + f"{name}: ".encode() + b"\xff\r\n\r\n" + frame(b"", 8))
            async with asyncio.timeout(DEADLINE):
                await until_closed(reader)
        return faults

    assert asyncio.run(talk()) == []
