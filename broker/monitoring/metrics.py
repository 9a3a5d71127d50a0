"""Metrics, health and readiness over http: `/metrics`, `/healthz`, `/readyz`.

The server has its own threads and only reads a Meter's numbers, so no request delays the broker.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from broker.monitoring.meter import BATCH_BOUNDS, COMMIT_BOUNDS, Meter
from messages.version import __version__

_BACKLOG = 128  # connections that may wait to be accepted
REQUEST_SECONDS = 5.0
"""A client must send its request and read the answer within this time."""


class Answer(NamedTuple):
    """The answer to a request: an http status, the type of the body, and the body."""

    status: int
    kind: str
    body: bytes


class MetricsServer:
    """Serves a meter's numbers at one address until it is closed."""

    def __init__(self, meter: Meter, host: str, port: int, request_seconds: float = REQUEST_SECONDS) -> None:
        """Listen. Raise OSError if it cannot."""
        self._meter = meter
        self._registry = CollectorRegistry()
        self._registry.register(_Numbers(meter))
        self._server = _server(host, port, self, request_seconds)
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
                return _health(self._meter.alive, "the broker's loop does not turn")
            case "/readyz":
                reason = self._meter.problem if self._meter.alive else "the broker's loop does not turn"
                return _health(not reason, reason)
        return Answer(404, "text/plain; charset=utf-8", b"ask for /metrics, /healthz or /readyz\n")

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _health(good: bool, reason: str) -> Answer:
    return Answer(
        200 if good else 503, "text/plain; charset=utf-8", b"ok\n" if good else f"{reason}\n".encode()
    )


class _Server(ThreadingHTTPServer):
    """Has a thread for each request, for a few seconds at most."""

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
        """Start the thread of a request, and note its deadline."""
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
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """Ignore the error: the client has disconnected."""


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


class _Numbers(Collector):
    """Makes Prometheus' metrics from a meter's numbers."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics as they are now."""
        meter = self._meter
        yield GaugeMetricFamily(
            "chat_broker_uptime_seconds", "Seconds since the start", time.monotonic() - meter.started
        )
        info = GaugeMetricFamily("chat_broker_info", "The program's version", labels=["version"])
        info.add_metric([__version__], 1)
        yield info
        for name, meaning, value in (
            ("connections", "Connections", meter.connections),
            ("strangers", "Connections on which nobody has logged in", meter.strangers),
            ("sessions", "Sessions, also those without a connection that can be resumed", meter.sessions),
            ("users_online", "Users with a connection", meter.online),
            ("users_known", "Users that the broker knows", meter.known),
            ("rooms", "Rooms", meter.rooms),
            (
                "lagging_peers",
                "Connections that read too slowly, so that nothing is sent to them",
                meter.lagging,
            ),
            ("store_read_only", "1 while the store cannot store", int(meter.read_only)),
            ("clock_doubted", "1 while nothing expires as the clock may be wrong", int(meter.clock_doubted)),
            ("index_lag_messages", "Messages that a search cannot find yet", meter.unindexed),
        ):
            yield GaugeMetricFamily(f"chat_broker_{name}", meaning, value)
        yield CounterMetricFamily("chat_broker_sends", "Messages accepted", meter.sends)
        yield CounterMetricFamily("chat_broker_deliveries", "Messages sent to a connection", meter.deliveries)
        yield CounterMetricFamily("chat_broker_dropped_frames", "Invalid ZeroMQ messages", meter.dropped)
        yield CounterMetricFamily(
            "chat_broker_strangers_cut", "Strangers cut or refused, as there were too many", meter.turned_out
        )
        refused = CounterMetricFamily("chat_broker_refused", "Requests refused", labels=["code"])
        for code, count in sorted(meter.refused.copy().items()):
            refused.add_metric([code], count)
        yield refused
        yield _histogram(
            "commit_seconds", "Time of a commit", COMMIT_BOUNDS, meter.commits, meter.commit_seconds
        )
        yield _histogram("batch_frames", "Frames in a batch", BATCH_BOUNDS, meter.batches, meter.batched)


def _histogram(
    name: str, help: str, bounds: Sequence[float], counts: Sequence[int], total: float
) -> HistogramMetricFamily:
    buckets, below = [], 0
    for bound, count in zip([*map(str, bounds), "+Inf"], list(counts), strict=True):
        below += count
        buckets.append((bound, float(below)))
    return HistogramMetricFamily(f"chat_broker_{name}", help, buckets=buckets, sum_value=total)
