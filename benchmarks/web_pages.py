"""Many pages of a gateway in a process of its own, each a WebSocket without a browser.

    python -m benchmarks.web_pages URL COUNT

Each page is a guest at an address of its own, which only a named proxy can say. It does what a page does: it
opens #lobby, answers `beat`, and connects again if the connection is lost. On stdout it tells, as JSON lines,
when all are signed in, when all have the log of #lobby, and when the first, the middle and the last page had
each text that begins with `MARK`. It ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from collections import defaultdict
from urllib.parse import urlsplit

from benchmarks.processes import allow_many_connections

MARK = "benchmark-"
_TEXT = re.compile(rb"benchmark-\d+")
_AT_ONCE = 50
"""Sign-ins under way at the same time."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.3, 10.0
"""Seconds until a page connects again, as the real page waits."""

_FORM = "POST /session HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nX-Forwarded-For: {address}\r\n"
_UPGRADE = (
    "GET /socket HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nX-Forwarded-For: {address}\r\n"
    "Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def _frame(document: object) -> bytes:
    """Return a text frame of a client, with a mask of zeros."""
    data = json.dumps(document).encode()
    return bytes((0x81, 0x80 | len(data))) + bytes(4) + data


_OPEN = _frame({"type": "open", "ref": "benchmark", "conversation": "#lobby"})
_ALIVE = _frame({"type": "alive", "ref": "alive"})


class Crowd:
    """All pages, and what is told of them."""

    def __init__(self, url: str, count: int) -> None:
        self.host = urlsplit(url).netloc
        self.count = count
        self.signed_in = 0
        self.open: set[Page] = set()
        self._times: dict[bytes, list[float]] = defaultdict(list)

    async def come(self) -> None:
        """Sign everybody in, and open their pages."""
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int) -> None:
            async with slots:
                page = Page(self, f"198.51.{number // 250}.{number % 250 + 1}")
                await page.sign_in(f"guest{number}")
            await page.stay()

        await asyncio.gather(*(one(number) for number in range(self.count)))

    def shown(self, text: bytes) -> None:
        """Record that a page has a text, and tell when all have."""
        times = self._times[text]
        times.append(time.monotonic())
        if len(times) == self.count:
            self.tell(text=text.decode(), first=times[0], median=times[len(times) // 2], last=times[-1])

    def tell(self, **said: object) -> None:
        """Say something to the parent."""
        print(json.dumps(said), flush=True)


class Page:
    """One browser with a tab."""

    def __init__(self, crowd: Crowd, address: str) -> None:
        self._crowd, self._address = crowd, address
        self._cookie = ""
        self._writer: asyncio.StreamWriter | None = None
        self._pause = _FIRST_PAUSE

    async def sign_in(self, name: str) -> None:
        """Come as a guest."""
        host, form = self._crowd.host, json.dumps({"name": name, "guest": True})
        head = _FORM.format(host=host, address=self._address)
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(f"{head}Content-Length: {len(form)}\r\nConnection: close\r\n\r\n{form}".encode())
        answer = (await reader.read()).decode()
        writer.close()
        found = re.search(r"(?i)^set-cookie: ([^;]*)", answer, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"{name} is not let in: {answer.splitlines()[0]} {answer.splitlines()[-1]}")
        self._cookie = found[1]
        self._crowd.signed_in += 1
        if self._crowd.signed_in == self._crowd.count:
            self._crowd.tell(signed_in=self._crowd.count)

    async def stay(self) -> None:
        """Keep a connection."""
        while True:
            try:
                await self._connect()
            except OSError:
                pass
            finally:
                self._crowd.open.discard(self)
            await asyncio.sleep(self._pause * random.uniform(0.7, 1.3))
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    async def _connect(self) -> None:
        crowd = self._crowd
        loop, (host, port) = asyncio.get_running_loop(), crowd.host.split(":")
        request = _UPGRADE.format(host=crowd.host, address=self._address, cookie=self._cookie)
        _, tab = await loop.create_connection(
            lambda: Tab(self, loop.create_future(), request), host, int(port)
        )
        await tab.closed

    def took(self, data: bytes) -> bytes:
        """Take a frame; return what is to be answered."""
        crowd = self._crowd
        for text in _TEXT.findall(data):
            crowd.shown(text)
        if b'"type":"log"' in data:
            self._pause = _FIRST_PAUSE
            crowd.open.add(self)
            if len(crowd.open) == crowd.count:
                crowd.tell(open=crowd.count)
        return _OPEN * (b'"type":"welcome"' in data) + _ALIVE * (b'"type":"beat"' in data)


class Tab(asyncio.Protocol):
    """The WebSocket of a page. `closed` is done when it is lost."""

    def __init__(self, page: Page, closed: asyncio.Future[None], request: str) -> None:
        self.closed = closed
        self._page, self._request = page, request
        self._data = bytearray()
        self._upgraded = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request.encode())

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell the page."""
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Take whole frames."""
        self._data += data
        if not self._upgraded:
            head, found, rest = self._data.partition(b"\r\n\r\n")
            if not found:
                return
            self._upgraded, self._data = head.startswith(b"HTTP/1.1 101"), rest
        assert self._transport is not None
        while self._upgraded and (whole := self._whole()) is not None:
            if answer := self._page.took(whole):
                self._transport.write(answer)

    def _whole(self) -> bytes | None:
        """Return the content of the next frame, if all of it is here."""
        data, start = self._data, 2
        if len(data) < start:
            return None
        size = data[1] & 0x7F
        if size >= 126:
            start += 2 if size == 126 else 8
            size = int.from_bytes(data[2:start], "big")
        if len(data) < start + size:
            return None
        whole = bytes(data[start : start + size])
        del data[: start + size]
        return whole


async def _run(url: str, count: int) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    coming, ended = asyncio.ensure_future(Crowd(url, count).come()), asyncio.ensure_future(reader.read())
    await asyncio.wait([coming, ended], return_when=asyncio.FIRST_COMPLETED)
    if coming.done():
        coming.result()


def main() -> None:
    """Serve the pages."""
    allow_many_connections()
    asyncio.run(_run(sys.argv[1], int(sys.argv[2])))


if __name__ == "__main__":
    main()
