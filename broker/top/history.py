"""What was seen of a broker: the rates are the differences of two looks, by the broker's own clock."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import msgspec

from broker.top.quantiles import since
from messages.moderation import AuditEntry
from messages.observing import Histogram, Measures, Observation

WINDOW_SECONDS = 60.0
"""Histograms are shown of this time."""

MOST_LOOKS = 240
"""Looks that are kept. If they come faster, the time of the histograms is shorter."""

MOST_ENTRIES = 100
"""Entries of the audit log that are kept."""


class Rates(NamedTuple):
    """What happened in some `seconds`: each figure a second, `cpu` as a share of one processor."""

    seconds: float
    frames: float
    sends: float
    deliveries: float
    refused: float
    commits: float
    cpu: float


class History:
    """Keeps what is needed of the latest looks. If the broker was restarted, it begins anew."""

    def __init__(self) -> None:
        self.last: Observation | None = None
        self.rates: Rates | None = None
        """The rates between the last two looks, or None after the first one."""
        self.trail: deque[Rates] = deque(maxlen=MOST_LOOKS)
        """The rates so far, the latest at the end."""
        self.entries: deque[AuditEntry] = deque(maxlen=MOST_ENTRIES)
        """The audit log, the latest entry at the end."""
        self._looks: deque[Measures] = deque(maxlen=MOST_LOOKS)
        self._requests: dict[int, tuple[int, float]] = {}
        self._busy: dict[int, float] = {}

    @property
    def after(self) -> int:
        """The number of the latest entry of the audit log."""
        return self.entries[-1].number if self.entries else 0

    def add(self, look: Observation) -> None:
        """Take in a look. After a restart the audit log is asked for anew: it may be that of a backup."""
        if self.last is not None and look.started != self.last.started:
            self.forget()
            look = msgspec.structs.replace(look, entries=[])
        earlier, measures = self.last, look.measures
        if earlier is not None and uptime(measures) <= uptime(earlier.measures):
            return
        self.last = look
        self.rates = rates(earlier.measures, measures) if earlier else None
        if self.rates:
            self.trail.append(self.rates)
        self._looks.append(measures)
        while uptime(measures) - uptime(self._looks[0]) > WINDOW_SECONDS:
            self._looks.popleft()
        self._count_requests(look)
        self.entries.extend(one for one in reversed(look.entries) if one.number > self.after)

    def forget(self) -> None:
        """Begin anew: the broker is another one."""
        self.last = self.rates = None
        self.trail.clear()
        self._looks.clear()
        self.entries.clear()
        self._requests, self._busy = {}, {}

    def requests_a_second(self, number: int) -> float | None:
        """Return how many requests a connection sends a second, or None if it was not seen twice."""
        return self._busy.get(number)

    @property
    def seconds(self) -> float:
        """The time of `commits` and `batches`; 0.0 if they are of all the time since the start."""
        return uptime(self._looks[-1]) - uptime(self._looks[0]) if self._looks else 0.0

    @property
    def commits(self) -> Histogram:
        """The seconds of the commits in the last minute; of all commits after the first look."""
        return self._recent("commit")

    @property
    def batches(self) -> Histogram:
        """The frames of the batches, likewise."""
        return self._recent("batch")

    def refusals(self) -> dict[str, int]:
        """Return the refusals in the last minute by code, the most frequent first."""
        if not self._looks:
            return {}
        first = self._looks[0].refused if len(self._looks) > 1 else {}
        counts = {code: count - first.get(code, 0) for code, count in self._looks[-1].refused.items()}
        ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return {code: count for code, count in ordered if count}

    def _recent(self, name: str) -> Histogram:
        if not self._looks:
            return Histogram([], [0])
        now: Histogram = getattr(self._looks[-1], name)
        return now if len(self._looks) == 1 else since(now, getattr(self._looks[0], name))

    def _count_requests(self, look: Observation) -> None:
        now = uptime(look.measures)
        counts = {one.number: (one.requests, now) for one in look.peers}
        self._busy = {
            number: (count - self._requests[number][0]) / (now - self._requests[number][1])
            for number, (count, _) in counts.items()
            if number in self._requests
        }
        self._requests = counts


def rates(earlier: Measures, later: Measures) -> Rates:
    """Return what happened between two looks, a second."""
    seconds = uptime(later) - uptime(earlier)

    def rate(before: float, after: float) -> float:
        return (after - before) / seconds

    def counted(name: str) -> float:
        return rate(earlier.numbers.get(name, 0), later.numbers.get(name, 0))

    return Rates(
        seconds,
        rate(earlier.batch.sum, later.batch.sum),
        counted("sends_total"),
        counted("deliveries_total"),
        rate(sum(earlier.refused.values()), sum(later.refused.values())),
        rate(sum(earlier.commit.counts), sum(later.commit.counts)),
        counted("process_cpu_seconds_total"),
    )


def uptime(measures: Measures) -> float:
    """Return the broker's monotonic time: the seconds since its start."""
    return measures.numbers.get("uptime_seconds", 0.0)
