"""The numbers for Prometheus, at an address of their own: https://prometheus.io/docs/practices/naming/."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, MetricsHandler, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from client.transport.bounded_server import BoundedServer
from client.web.operating.meter import LAG_BOUNDS, Meter
from messages.version import __version__

_GAUGES: tuple[tuple[str, str, Callable[[Meter], float]], ...] = (
    ("uptime_seconds", "Seconds since the start", lambda meter: time.monotonic() - meter.started),
    ("alive", "1 if the gateway's loop turns", lambda meter: meter.alive),
    ("broker_connected", "1 while the broker is there, as /healthz says", lambda meter: meter.connected),
    ("role_granted", "1 while the broker takes this key for a gateway", lambda meter: meter.lets_in),
    ("people", "People who are signed in, once for each browser", lambda meter: meter.people),
    ("tabs", "Tabs that are open", lambda meter: meter.tabs),
    ("spool_bytes", "Bytes of files on their way through the gateway", lambda meter: meter.spooled),
)
_COUNTERS: tuple[tuple[str, str, Callable[[Meter], float]], ...] = (
    ("upload_bytes", "Bytes of files from browsers", lambda meter: meter.uploaded),
    ("download_bytes", "Bytes of files to browsers", lambda meter: meter.downloaded),
    ("slow_tabs_closed", "Tabs closed, as they read too slowly", lambda meter: meter.slow_tabs),
)
_BY_LABEL: tuple[tuple[str, str, str, Callable[[Meter], dict[str, int]]], ...] = (
    ("answers", "Answers over HTTP", "status", lambda meter: meter.answers),
    ("sign_ins", "Sign-ins with a form, by how they ended", "outcome", lambda meter: meter.sign_ins),
    ("limited", "What was refused as a limit was reached", "limit", lambda meter: meter.limited),
)


class Families(Collector):
    """Makes Prometheus' metrics from a meter. `lost_lines` counts those of the access log."""

    def __init__(self, meter: Meter, lost_lines: Callable[[], int] = int) -> None:
        self._meter, self._lost_lines = meter, lost_lines

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics as they are now."""
        meter = self._meter
        info = GaugeMetricFamily("chat_web_info", "The program's version", labels=["version"])
        info.add_metric([__version__], 1)
        yield info
        for name, meaning, value in _GAUGES:
            yield GaugeMetricFamily(f"chat_web_{name}", meaning, float(value(meter)))
        for name, meaning, value in _COUNTERS:
            yield CounterMetricFamily(f"chat_web_{name}", meaning, float(value(meter)))
        for name, meaning, label, values in _BY_LABEL:
            family = CounterMetricFamily(f"chat_web_{name}", meaning, labels=[label])
            for kind, count in values(meter).items():
                family.add_metric([kind], count)
            yield family
        lost = "Lines that could not be written to the access log"
        yield CounterMetricFamily("chat_web_log_lost_lines", lost, self._lost_lines())
        yield _lag(meter)


def _lag(meter: Meter) -> HistogramMetricFamily:
    buckets, below = [], 0
    for bound, count in zip([*map(str, LAG_BOUNDS), "+Inf"], [*meter.lags], strict=True):
        below += count
        buckets.append((bound, float(below)))
    meaning = "How late the loop comes to what is due"
    return HistogramMetricFamily(
        "chat_web_loop_lag_seconds", meaning, buckets=buckets, sum_value=meter.lagged
    )


class MetricsServer:
    """Serves the numbers in threads of its own, so that it answers also if the loop does not turn."""

    def __init__(self, host: str, port: int, meter: Meter, lost_lines: Callable[[], int]) -> None:
        """Listen. Raise OSError if that cannot be."""
        registry = CollectorRegistry()
        registry.register(Families(meter, lost_lines))
        ProcessCollector(registry=registry)
        self._server = BoundedServer(host, port, MetricsHandler.factory(registry))
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._server.server_port}/metrics"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
