"""The metrics, as Prometheus wants them: https://prometheus.io/docs/practices/naming/."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from os import sysconf
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from broker.monitoring.meter import BATCH_BOUNDS, COMMIT_BOUNDS, Meter
from broker.monitoring.readiness import health, readiness
from broker.monitoring.survey import Survey
from messages.errors import ErrorCode
from messages.version import __version__

_GAUGES: tuple[tuple[str, str, Callable[[Meter], float]], ...] = (
    ("uptime_seconds", "Seconds since the start", lambda meter: time.monotonic() - meter.started),
    ("alive", "1 if the broker's loop turns, as /healthz says", lambda meter: not health(meter)),
    (
        "ready",
        "1 if the broker serves every client, as /readyz says",
        lambda meter: not (health(meter) or readiness(meter)),
    ),
    ("connections", "Connections", lambda meter: meter.connections),
    ("connections_scarce", "1 while new clients can be refused", lambda meter: meter.scarce),
    ("strangers", "Connections on which nobody has logged in", lambda meter: meter.strangers),
    (
        "sessions",
        "Sessions, also those without a connection that can be resumed",
        lambda meter: meter.sessions,
    ),
    ("users_online", "Users with a connection", lambda meter: meter.online),
    ("users_known", "Users that the broker knows", lambda meter: meter.known),
    ("rooms", "Rooms", lambda meter: meter.rooms),
    (
        "lagging_peers",
        "Connections that read too slowly, so that nothing is sent to them",
        lambda meter: meter.lagging,
    ),
    ("searches", "Searches that run or wait", lambda meter: meter.searches),
    ("transfers", "Chunks and fetches of files that wait for the disk", lambda meter: meter.transfers),
    ("file_bytes", "Bytes of all files, each content once", lambda meter: meter.file_bytes),
    ("file_limit_bytes", "How many they may be, or 0", lambda meter: meter.files_total),
    ("index_lag_messages", "Messages that a search cannot find yet", lambda meter: meter.unindexed),
    ("store_read_only", "1 while the store cannot store", lambda meter: meter.read_only),
    (
        "authenticator_down",
        "1 while no new client can connect to encrypted endpoints",
        lambda meter: not meter.admitting,
    ),
    (
        "clock_doubted",
        "1 while nothing expires as the clock may be wrong",
        lambda meter: meter.clock_doubted,
    ),
)

_COUNTERS: tuple[tuple[str, str, Callable[[Meter], float]], ...] = (
    ("sends", "Messages accepted", lambda meter: meter.sends),
    ("deliveries", "Messages sent to a connection", lambda meter: meter.deliveries),
    ("dropped_frames", "Invalid ZeroMQ messages", lambda meter: meter.dropped),
    ("strangers_cut", "Strangers cut or refused, as there were too many", lambda meter: meter.turned_out),
)

_SURVEYED = {
    "process_open_fds": "Open file descriptors, connections included",
    "process_max_fds": "The limit of open file descriptors",
    "chat_broker_database_bytes": "Size of the database",
    "chat_broker_write_ahead_log_bytes": "Size of the database's write-ahead log",
    "chat_broker_last_backup_timestamp_seconds": "When the last backup was made, or 0",
    "chat_broker_log_bytes": "Size of the operator's log, with the old files",
}

_OF_A_PLACE = {
    "chat_broker_disk_free_bytes": "Room on the disk that the broker can use",
    "chat_broker_disk_size_bytes": "Size of the disk",
}
"""Both the data directory and the log have these. The label `place` tells which."""


class Families(Collector):
    """Makes Prometheus' metrics from what the loop counts and what surveys see."""

    def __init__(self, meter: Meter, surveys: Sequence[Survey], lost_lines: Callable[[], int]) -> None:
        self._meter = meter
        self._surveys = surveys
        self._lost_lines = lost_lines

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics as they are now."""
        yield from _counted(self._meter)
        yield CounterMetricFamily(
            "chat_broker_log_lost_lines", "Lines that could not be written to the log", self._lost_lines()
        )
        yield from _surveyed(self._surveys)
        yield from _of_the_process()


def _counted(meter: Meter) -> Iterator[Metric]:
    info = GaugeMetricFamily("chat_broker_info", "The program's version", labels=["version"])
    info.add_metric([__version__], 1)
    yield info
    for name, meaning, value in _GAUGES:
        yield GaugeMetricFamily(f"chat_broker_{name}", meaning, float(value(meter)))
    for name, meaning, value in _COUNTERS:
        yield CounterMetricFamily(f"chat_broker_{name}", meaning, float(value(meter)))
    refused = CounterMetricFamily("chat_broker_refused", "Requests refused", labels=["code"])
    counts = dict.fromkeys(ErrorCode, 0) | meter.refused.copy()  # a rate needs the 0 before the first one
    for code, count in sorted(counts.items()):
        refused.add_metric([code], count)
    yield refused
    yield _histogram("commit_seconds", "Time of a commit", COMMIT_BOUNDS, meter.commits, meter.commit_seconds)
    yield _histogram("batch_frames", "Frames in a batch", BATCH_BOUNDS, meter.batches, meter.batched)


def _surveyed(surveys: Sequence[Survey]) -> Iterator[Metric]:
    seen = [(survey.place, survey.numbers, survey.answered_at) for survey in surveys]
    for name, meaning in _SURVEYED.items():
        for _, numbers, _ in seen:
            if name in numbers:
                yield GaugeMetricFamily(name, meaning, numbers[name])
    for name, meaning in _OF_A_PLACE.items():
        family = GaugeMetricFamily(name, meaning, labels=["place"])
        for place, numbers, _ in seen:
            if name in numbers:
                family.add_metric([place], numbers[name])
        yield family
    answered = GaugeMetricFamily(
        "chat_broker_surveyed_timestamp_seconds",
        "When a place was last looked at successfully, or 0",
        labels=["place"],
    )
    for place, _, at in seen:
        answered.add_metric([place], at)
    yield answered


def _of_the_process() -> Iterator[Metric]:
    """Yield what Prometheus' clients usually tell of a process, by the usual names."""
    yield CounterMetricFamily("process_cpu_seconds", "Processor time spent", time.process_time())
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        yield GaugeMetricFamily(
            "process_resident_memory_bytes", "Resident memory", pages * sysconf("SC_PAGE_SIZE")
        )


def _histogram(
    name: str, help: str, bounds: Sequence[float], counts: Sequence[int], total: float
) -> HistogramMetricFamily:
    buckets, below = [], 0
    for bound, count in zip([*map(str, bounds), "+Inf"], list(counts), strict=True):
        below += count
        buckets.append((bound, float(below)))
    return HistogramMetricFamily(f"chat_broker_{name}", help, buckets=buckets, sum_value=total)
