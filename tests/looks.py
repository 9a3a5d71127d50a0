"""Looks at a broker, as the admin channel returns them."""

from __future__ import annotations

from typing import Any

from broker.monitoring.meter import BATCH_BOUNDS, COMMIT_BOUNDS
from messages.moderation import AuditEntry
from messages.observing import Histogram, Measures, Observation, PeerEntry
from messages.replies import Durability

STARTED = 1_790_000_000_000


def peer(number: int, name: str | None = None, **fields: Any) -> PeerEntry:
    given: dict[str, Any] = {"address": f"10.0.0.{number}", "requests": 0, "idle": 0} | fields
    return PeerEntry(number, name=name, **given)


def entry(number: int, **fields: Any) -> AuditEntry:
    given = {"by": "operator (uid 0)", "action": "ban", "target": "mallory", "reason": "spam"} | fields
    return AuditEntry(number, STARTED, **given)


def histogram(bounds: tuple[float, ...], counts: dict[int, int], total: float = 0.0) -> Histogram:
    return Histogram(list(bounds), [counts.get(place, 0) for place in range(len(bounds) + 1)], total)


def look(seconds: float, *peers: PeerEntry, **given: Any) -> Observation:
    """Return what was seen so many seconds after the start."""
    numbers = {"uptime_seconds": seconds, **given.pop("numbers", {})}
    measures = Measures(
        numbers,
        given.pop("refused", {}),
        histogram(COMMIT_BOUNDS, given.pop("commits", {})),
        histogram(BATCH_BOUNDS, given.pop("batches", {}), given.pop("frames", 0.0)),
    )
    fields: dict[str, Any] = {
        "version": "1.0",
        "at": STARTED + int(seconds * 1000),
        "started": STARTED,
        "durability": Durability.DISK,
        "log": "stderr",
        "measures": measures,
        "connections": len(peers),
        "lagging": sum(one.lagging > 0 for one in peers),
        "throttled": 0,
        "barred": 0,
        "matching": len(peers),
        "peers": list(peers),
        "entries": [],
    }
    return Observation("1", **fields | given)
