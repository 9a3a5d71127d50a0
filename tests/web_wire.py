"""A server of the gateway's protocols in the loop of a test, with an app of the test's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn
from eventually import DEADLINE
from uvicorn.server import ServerState

from client.web.wire.http import HttpProtocol
from client.web.wire.websocket import MOST_FRAME, SocketProtocol

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[int]:
    """Give the port."""
    config = uvicorn.Config(
        app,
        http=HttpProtocol,
        ws=SocketProtocol,
        ws_max_size=MOST_FRAME,
        ws_ping_interval=None,
        interface="asgi3",
        proxy_headers=False,
        lifespan="off",
        log_config=None,
        ws_per_message_deflate=False,
    )
    config.load()
    loop, state = asyncio.get_running_loop(), ServerState()
    server = await loop.create_server(lambda: HttpProtocol(config, state, {}), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in [*state.connections]:
            connection.transport.abort()
        await asyncio.gather(*state.tasks, return_exceptions=True)


@asynccontextmanager
async def visiting(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Give a connection, and close it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes until the other side closes."""
    data = b""
    async with asyncio.timeout(DEADLINE):
        try:
            while part := await reader.read(65_536):
                data += part
        except ConnectionResetError:
            pass
    return data


def frame(data: bytes, opcode: int = 1, *, last: bool = True) -> bytes:
    """Return a short frame of a client, with a mask of zeros."""
    return bytes((opcode | 0x80 * last, 0x80 | len(data))) + bytes(4) + data
