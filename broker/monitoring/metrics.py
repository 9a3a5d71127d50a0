"""Metrics, health and readiness over http: `/metrics`, `/healthz`, `/readyz`.

The server has its own threads and only reads numbers that are there already, so no request delays the broker
or waits for a disk.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest

from broker.monitoring.families import Families
from broker.monitoring.meter import Meter
from broker.monitoring.readiness import health, readiness
from broker.monitoring.survey import Survey

_BACKLOG = 128  # connections that may wait to be accepted
MOST_OPEN = 16
"""Connections that may be open. If there are more, the oldest one is ended."""

REQUEST_SECONDS = 5.0
"""A client must send its request and read the answer within this time."""


class Answer(NamedTuple):
    """The answer to a request: an http status, the type of the body, and the body."""

    status: int
    kind: str
    body: bytes


class MetricsServer:
    """Serves the numbers of a meter and of surveys at one address until it is closed."""

    def __init__(
        self,
        meter: Meter,
        host: str,
        port: int,
        *,
        surveys: Sequence[Survey] = (),
        lost_lines: Callable[[], int] = int,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        """Listen, and start the surveys. `lost_lines` counts those of the log. Raise OSError if it cannot."""
        self._meter = meter
        self._surveys = surveys
        self._registry = CollectorRegistry()
        self._registry.register(Families(meter, surveys, lost_lines))
        self._server = _server(host, port, self, request_seconds)
        for survey in surveys:
            survey.start()
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The URL of the metrics."""
        host, port = self._server.server_address[:2]
        shown = f"[{host!s}]" if ":" in str(host) else str(host)
        return f"http://{shown}:{port}/metrics"

    def answer(self, path: str) -> Answer:
        """Return the answer to a request for a path."""
        match path.partition("?")[0]:
            case "/metrics":
                return Answer(
                    200, "text/plain; version=0.0.4; charset=utf-8", generate_latest(self._registry)
                )
            case "/healthz":
                return _verdict(health(self._meter))
            case "/readyz":
                return _verdict(health(self._meter) or readiness(self._meter))
        return Answer(404, "text/plain; charset=utf-8", b"ask for /metrics, /healthz or /readyz\n")

    def close(self) -> None:
        """Stop listening, and end the surveys."""
        for survey in self._surveys:
            survey.end()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _verdict(problem: str) -> Answer:
    return Answer(503 if problem else 200, "text/plain; charset=utf-8", f"{problem or 'ok'}\n".encode())


class _Server(ThreadingHTTPServer):
    """Has a thread for each request, for a few seconds at most, and a bounded number of them."""

    daemon_threads = True
    request_queue_size = _BACKLOG

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], request_seconds: float
    ) -> None:
        self._request_seconds = request_seconds
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._deadlines: dict[socket.socket, float] = {}
        super().__init__(address, handler)

    def process_request(self, request: Any, address: Any) -> None:
        """Start the thread of a request, and note its deadline. If there are too many, end the oldest one."""
        open_ones = [*self._deadlines]
        for oldest in open_ones[: max(len(open_ones) - MOST_OPEN + 1, 0)]:
            self._deadlines.pop(oldest, None)
            _shut(oldest)
        self._deadlines[request] = time.monotonic() + self._request_seconds
        super().process_request(request, address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        self._deadlines.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Shut connections that are past their deadline, also if they still send or read byte by byte."""
        for request, deadline in self._deadlines.copy().items():
            if time.monotonic() > deadline:
                _shut(request)

    def handle_error(self, *_: object) -> None:
        """Ignore the error: the client has disconnected."""


def _shut(request: socket.socket) -> None:
    with suppress(OSError):  # its thread has closed it
        request.shutdown(socket.SHUT_RDWR)


def _server(host: str, port: int, metrics: MetricsServer, request_seconds: float) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = metrics.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

        def version_string(self) -> str:
            return "chat-broker"

    return _Server((host, port), Handler, request_seconds)
