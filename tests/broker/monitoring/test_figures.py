"""An operator's screen gets the numbers that /metrics has."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from broker.monitoring.families import Families
from broker.monitoring.figures import measures
from broker.monitoring.meter import BATCH_BOUNDS, COMMIT_BOUNDS, Meter

NOT_COUNTED = {"info", "refused_total", "commit_seconds", "batch_frames", "process_max_fds"}


def test_the_numbers_have_the_names_of_the_metrics() -> None:
    registry = CollectorRegistry()
    registry.register(Families(Meter(), [], int))
    names = set()
    for family in registry.collect():
        total = "_total" if family.type == "counter" else ""
        names.add(family.name.removeprefix("chat_broker_") + total)
    assert (measures(Meter()).numbers.keys() ^ names) - {"surveyed_timestamp_seconds"} - {
        f"disk_{one}_bytes" for one in ("free", "size")
    } == NOT_COUNTED


def test_they_are_the_meters_own() -> None:
    meter = Meter()
    meter.sends, meter.connections, meter.read_only = 5, 7, True
    meter.refused["internal"] = 2
    meter.count_batch(3)
    meter.timed(lambda _entries: None)([])
    found = measures(meter, lambda: 4)
    assert (found.numbers["sends_total"], found.numbers["connections"], found.numbers["store_read_only"]) == (
        5,
        7,
        1,
    )
    assert (found.numbers["log_lost_lines_total"], found.refused) == (4, {"internal": 2})
    assert (found.batch.bounds, found.batch.sum, sum(found.batch.counts)) == (list(BATCH_BOUNDS), 3, 1)
    assert (found.commit.bounds, sum(found.commit.counts)) == (list(COMMIT_BOUNDS), 1)
    assert found.numbers["process_resident_memory_bytes"] > 1_000_000
