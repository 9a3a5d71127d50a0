"""The process of `chat-web`: it reaches the broker, listens, and ends in order at a signal."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn

from client.exits import ClientExit
from client.keys import identity_file, load_or_make
from client.transport.listener import Count, Listener
from client.trust import Trust
from client.web.assets import Assets
from client.web.desk import Desk
from client.web.operating.hanging_up import HangUp
from client.web.operating.log import AccessLog, open_log
from client.web.operating.meter import Meter
from client.web.operating.options import Options
from client.web.operating.reloading import Reloader
from client.web.operating.tls import CertificateError, check_certificate
from client.web.operating.watching import Watched
from client.web.people import People
from client.web.routes.app import Gateway
from client.web.wire.bounds import bounds_of
from client.web.wire.http import HttpProtocol
from client.web.wire.websocket import MOST_FRAME, SocketProtocol
from messages.endpoints import chat_address
from messages.exits import Exit
from messages.program import os_error_text
from messages.text import neutralise

_log = logging.getLogger("chat-web")

BEAT_SECONDS = 45.0
TICK_SECONDS = 10.0

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_NO_METRICS = "--metrics needs prometheus_client; install chat-broker[metrics], or leave the option out"
_CUT_OFF = "ASGI callable returned without completing response."  # as a download that is cut off
_NO_KEY = (
    "the gateway needs an encrypted connection with a key of its own: give the broker's chat:// address, as "
    "chat-broker invite --role gateway prints it"
)


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

    def __init__(self, options: Options, reread: Callable[[], Options]) -> None:
        """`reread` returns the options as they are now, or raises ValueError."""
        self._options = options
        self._meter, self._access_log = Meter(), AccessLog()
        self._reloader = Reloader(options, reread, self._access_log, self._context)
        self._end: ClientExit | None = None
        self._server: _Server | None = None
        self._stopped = asyncio.Event()
        self._due = 0.0
        """When the loop is to look after everybody the next time."""

    def run(self) -> Exit:
        """Serve until a signal comes; raise ClientExit if it cannot go on."""
        options = self._options
        open_log(as_json=options.log_json, for_parent=bool(options.parent))
        try:
            if options.certificate and options.key:
                check_certificate(options.certificate, options.key)
            self._access_log.open(options.access_log, as_json=options.log_json)
        except CertificateError as error:
            raise ClientExit(Exit.CANNOT_START, str(error)) from None
        except OSError as error:
            text = f"cannot open the access log {options.access_log}: {error.strerror}"
            raise ClientExit(Exit.CANNOT_START, text) from None
        logging.getLogger("uvicorn.error").addFilter(lambda record: record.msg != _CUT_OFF)
        try:
            return asyncio.run(self._run())
        finally:
            self._access_log.close()

    def _context(self) -> ssl.SSLContext | None:
        return self._server.config.ssl if self._server is not None else None

    async def _run(self) -> Exit:
        options = self._options
        trust = self._trust()
        desk = Desk(options.name, options.endpoint.invite, self._fail)
        people = People(options.endpoint.url, trust)
        people.on_no_role = desk.lose_role
        if options.terminals is not None:
            people.address = chat_address(options.terminals.url, trust.broker_key)
        gateway = Gateway(people, desk, Assets(), options.site)
        metrics = self._serve_metrics()
        work = asyncio.ensure_future(self._work(desk, trust, gateway))
        care = asyncio.ensure_future(self._care(people, lambda: self._sample(people, gateway, desk)))
        with _signals(self._stop), HangUp(self._reloader.reload, self._stop):
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
            care.cancel()
            await people.close()
            await desk.close()
            if metrics is not None:
                metrics.close()
        if self._end is not None:
            raise self._end
        return Exit.DONE

    async def _work(self, desk: Desk, trust: Trust, gateway: Gateway) -> None:
        await desk.open(self._options.endpoint.url, trust, self._options.timeout)
        await self._serve(gateway)

    def _serve_metrics(self) -> Any:
        """Serve metrics if the options ask for it. Raise ClientExit if that cannot be."""
        if self._options.metrics is None:
            return None
        host, port = self._options.metrics
        try:
            from client.web.operating.metrics import MetricsServer  # noqa: PLC0415 - it needs an extra

            metrics = MetricsServer(host, port, self._meter, lambda: self._access_log.lost)
        except ModuleNotFoundError as error:
            if error.name != "prometheus_client":
                raise
            raise ClientExit(Exit.CANNOT_START, _NO_METRICS) from None
        except OSError as error:
            text = f"cannot serve metrics on {host}:{port}: {os_error_text(error)}"
            raise ClientExit(Exit.CANNOT_START, text) from None
        _log.info("metrics on %s", metrics.url)
        return metrics

    def _sample(self, people: People, gateway: Gateway, desk: Desk) -> None:
        now = asyncio.get_running_loop().time()
        self._meter.sample(max(now - self._due, 0.0), *people.count(), gateway.spooled, desk.ready)
        self._meter.lets_in = desk.lets_in
        desk.look()

    def _trust(self) -> Trust:
        """Return the broker's key, which the address always has, and the gateway's own."""
        endpoint = self._options.endpoint
        if endpoint.transport != "tcp" or not endpoint.key:
            raise ClientExit(Exit.USAGE, _NO_KEY)
        file = identity_file(self._options.identity)
        return Trust(endpoint.url, endpoint.key, load_or_make(file), file, line=-1)

    async def _serve(self, gateway: Gateway) -> None:
        options = self._options
        sockets = await self._sockets()
        config = uvicorn.Config(
            Watched(gateway.app, options.site, self._meter, self._access_log),
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
        await server.serve(sockets=sockets)

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

    async def _care(self, people: People, sample: Callable[[], None]) -> None:
        """Look after everybody from time to time, and after the process to which this one belongs."""
        since, loop = 0.0, asyncio.get_running_loop()
        while True:
            self._due = loop.time() + 1.0
            await asyncio.sleep(1.0)
            if self._options.parent and os.getppid() != self._options.parent:
                self._stop()
            since += 1.0
            try:
                sample()
                if not since % TICK_SECONDS:
                    people.tick()
                if not since % BEAT_SECONDS:
                    people.beat()
            except Exception:  # the next time is another chance
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
