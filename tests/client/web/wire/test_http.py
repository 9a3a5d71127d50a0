"""HTTP with limits of time, and clients that do not keep to them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from web_wire import served, until_closed, visiting

from client.web.wire import http

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["method"] == "POST":
        while (await receive()).get("more_body"):
            pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.mark.parametrize("asked", [0, 1])
@pytest.mark.parametrize(
    "sent", [b"G", b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"]
)
def test_a_request_that_does_not_come_to_its_end_is_dropped(
    asked: int, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "HEAD_SECONDS", 0.1)
    monkeypatch.setattr(http, "BODY_SECONDS", 0.1)
    monkeypatch.setattr(http, "LOOK_SECONDS", 0.02)

    async def run() -> bytes:
        async with served(app) as port, visiting(port) as (reader, writer):
            for _ in range(asked):
                writer.write(REQUEST)
                await reader.readuntil(b"ok")
            writer.write(sent)
            return await until_closed(reader)

    assert asyncio.run(run()) == b""


def test_a_connection_that_is_only_idle_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "HEAD_SECONDS", 0.05)
    monkeypatch.setattr(http, "LOOK_SECONDS", 0.02)

    async def run() -> int:
        async with served(app) as port, visiting(port) as (idle, asking), visiting(port) as (silent, _):
            asking.write(REQUEST)
            await idle.readuntil(b"ok")
            await until_closed(silent)
            asking.write(REQUEST)
            return (await idle.readuntil(b"ok")).count(b"200")

    assert asyncio.run(run()) == 1
