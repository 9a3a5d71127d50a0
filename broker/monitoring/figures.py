"""The metrics that the loop counts: their names and values, for /metrics and for an operator's screen."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from contextlib import suppress
from os import sysconf
from pathlib import Path

from broker.monitoring.meter import BATCH_BOUNDS, COMMIT_BOUNDS, Meter
from broker.monitoring.readiness import health, readiness
from messages.observing import Histogram, Measures

GAUGES: tuple[tuple[str, str, Callable[[Meter], float]], ...] = (
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
"""Gauges: the name without `chat_broker_`, the meaning, and the value."""

COUNTERS: tuple[tuple[str, str, Callable[[Meter], float]], ...] = (
    ("sends", "Messages accepted", lambda meter: meter.sends),
    ("deliveries", "Messages sent to a connection", lambda meter: meter.deliveries),
    ("dropped_frames", "Invalid ZeroMQ messages", lambda meter: meter.dropped),
    ("strangers_cut", "Strangers cut or refused, as there were too many", lambda meter: meter.turned_out),
)
"""Counters, likewise. Their names in a measurement end with `_total`."""


def measures(meter: Meter, lost_lines: Callable[[], int] = int) -> Measures:
    """Return the numbers as they are now, in some microseconds. `lost_lines` counts those of the log."""
    numbers: dict[str, int | float] = {name: _plain(value(meter)) for name, _, value in GAUGES}
    numbers |= {f"{name}_total": _plain(value(meter)) for name, _, value in COUNTERS}
    numbers["log_lost_lines_total"] = lost_lines()
    numbers["process_cpu_seconds_total"] = time.process_time()
    numbers["process_max_fds"] = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    with suppress(OSError, ValueError):
        numbers["process_resident_memory_bytes"] = resident_bytes()
    return Measures(
        numbers,
        meter.refused.copy(),
        Histogram(list(COMMIT_BOUNDS), list(meter.commits), meter.commit_seconds),
        Histogram(list(BATCH_BOUNDS), list(meter.batches), meter.batched),
    )


def resident_bytes() -> int:
    """Return how much memory this process has. Raise OSError or ValueError if the system does not tell."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * sysconf("SC_PAGE_SIZE")


def _plain(value: float) -> int | float:
    """Return a number as JSON has it: `1` for true."""
    return int(value) if isinstance(value, bool) else value
