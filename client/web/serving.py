"""The process of `chat-web`: it reaches the broker, listens, and ends in order at a signal."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from client.exits import ClientExit
from client.keys import identity_file, load_or_make
from client.transport.listener import Count, Listener
from client.trust import Trust
from client.web.assets import Assets
from client.web.desk import Desk
from client.web.people import People
from client.web.routes.answers import Site
from client.web.routes.app import Gateway
from client.web.wire.bounds import bounds_of
from client.web.wire.http import HttpProtocol
from client.web.wire.websocket import MOST_FRAME, SocketProtocol
from messages.endpoints import Endpoint
from messages.exits import Exit
from messages.program import os_error_text
from messages.text import neutralise

_log = logging.getLogger("chat-web")

BEAT_SECONDS = 25.0
TICK_SECONDS = 5.0

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_NO_KEY = (
    "the gateway needs an encrypted connection with a key of its own: give the broker's chat:// address, as "
    "chat-broker invite --role gateway prints it"
)


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options. `parent` is the process with which it ends; 0 if there is none."""

    host: str
    port: int
    endpoint: Endpoint
    identity: Path | None
    name: str
    timeout: float
    site: Site
    certificate: Path | None = None
    key: Path | None = None
    parent: int = 0


class _Server(uvicorn.Server):
    """A server that tells when it listens, and whose signals are ours."""

    told = ""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        print(self.told, flush=True)  # noqa: T201

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


class Process:
    """One run of the gateway."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._end: ClientExit | None = None
        self._server: _Server | None = None
        self._stopped = asyncio.Event()

    def run(self) -> Exit:
        """Serve until a signal comes; raise ClientExit if it cannot go on."""
        logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
        logging.getLogger("uvicorn").setLevel(logging.ERROR)
        return asyncio.run(self._run())

    async def _run(self) -> Exit:
        options = self._options
        trust = self._trust()
        desk = Desk(options.name, options.endpoint.invite, self._fail)
        people = People(options.endpoint.url, trust)
        gateway = Gateway(people, desk, Assets(), options.site)
        work = asyncio.ensure_future(self._work(desk, trust, gateway, people))
        with _signals(self._stop):
            stopped = asyncio.ensure_future(self._stopped.wait())
            await asyncio.wait([work, stopped], return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
        if self._server is not None:
            self._server.should_exit = True
        else:
            work.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await work
        finally:
            await people.close()
            await desk.close()
        if self._end is not None:
            raise self._end
        return Exit.DONE

    async def _work(self, desk: Desk, trust: Trust, gateway: Gateway, people: People) -> None:
        await desk.open(self._options.endpoint.url, trust, self._options.timeout)
        await self._serve(gateway, people)

    def _trust(self) -> Trust:
        """Return the broker's key, which the address always has, and the gateway's own."""
        endpoint = self._options.endpoint
        if endpoint.transport != "tcp" or not endpoint.key:
            raise ClientExit(Exit.USAGE, _NO_KEY)
        file = identity_file(self._options.identity)
        return Trust(endpoint.url, endpoint.key, load_or_make(file), file, line=1)

    async def _serve(self, gateway: Gateway, people: People) -> None:
        options = self._options
        sockets = await self._sockets()
        config = uvicorn.Config(
            gateway.app,
            http=HttpProtocol,
            ws=SocketProtocol,
            ws_max_size=MOST_FRAME,
            ws_ping_interval=None,  # `beat` does it, and the page sees that
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=65,
            timeout_graceful_shutdown=1,
            ssl_certfile=options.certificate,
            ssl_keyfile=options.key,
        )
        server = self._server = _Server(config)
        port = sockets[0].getsockname()[1]
        scheme = "https" if options.certificate else "http"
        host = f"[{options.host}]" if ":" in options.host else options.host
        server.told = f"The chat is at {scheme}://{host}:{port}{options.site.base_path}/"
        care = asyncio.ensure_future(self._care(people))
        try:
            await server.serve(sockets=sockets)
        finally:
            care.cancel()

    async def _sockets(self) -> list[Any]:
        """Return the sockets to listen on; raise ClientExit if that cannot be."""
        options, loop = self._options, asyncio.get_running_loop()
        try:
            bound = await loop.create_server(
                asyncio.Protocol, options.host, options.port, start_serving=False
            )
        except OSError as error:
            where = f"{options.host}:{options.port}"
            raise ClientExit(Exit.CANNOT_START, f"cannot listen on {where}: {os_error_text(error)}") from None
        bounds = bounds_of(options.site.proxies, clear=options.certificate is None)
        count = Count(bounds)
        sockets = [Listener(one.dup(), count) for one in bound.sockets]
        bound.close()
        return sockets

    async def _care(self, people: People) -> None:
        """Look after everybody from time to time, and after the process to which this one belongs."""
        since = 0.0
        while True:
            await asyncio.sleep(1.0)
            if self._options.parent and os.getppid() != self._options.parent:
                self._stop()
            since += 1.0
            try:
                if not since % TICK_SECONDS:
                    people.tick()
                if not since % BEAT_SECONDS:
                    people.beat()
            except Exception:  # what is wrong for one person must not hold up the others
                _log.exception("looking after people has failed")

    def _stop(self) -> None:
        self._stopped.set()

    def _fail(self, end: ClientExit) -> None:
        self._end = ClientExit(end.code, neutralise(end.text))
        self._stop()


@contextmanager
def _signals(stop: Any) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        with suppress(RuntimeError):
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
