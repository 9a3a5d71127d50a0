"""The metrics keep Prometheus' conventions."""

import re

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from broker.monitoring.families import Families
from broker.monitoring.meter import Meter
from broker.monitoring.places import look_at_process
from broker.monitoring.survey import Survey


def families(meter: Meter, *surveys: Survey, lost: int = 0) -> dict[str, Metric]:
    registry = CollectorRegistry()
    registry.register(Families(meter, surveys, lambda: lost))
    found = list(text_string_to_metric_families(generate_latest(registry).decode()))
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


def value(found: Metric) -> float:
    (sample,) = found.samples
    return sample.value


def test_each_metric_has_a_prefix_a_type_and_a_meaning() -> None:
    for one in families(Meter()).values():
        assert one.name.startswith(("chat_broker_", "process_"))
        assert one.type in ("gauge", "counter", "histogram")
        assert re.fullmatch(r"[A-Z1].*[^.]", one.documentation), one.name
        for sample in one.samples:
            assert sample.name.endswith("_total") == (one.type == "counter")
            assert not re.search(r"_(ms|milliseconds|kb|mb|minutes|hours|days|percent)\b", sample.name)


def test_what_operators_must_be_warned_of_has_a_metric() -> None:
    meter = Meter()
    meter.listening = meter.scarce = meter.read_only = meter.clock_doubted = True
    meter.admitting = False
    meter.turned = meter.started
    meter.searches, meter.lagging, meter.strangers, meter.turned_out = 2, 3, 4, 5
    found = families(meter, lost=6)
    for name, expected in {
        "alive": 1,
        "ready": 0,
        "connections_scarce": 1,
        "store_read_only": 1,
        "clock_doubted": 1,
        "authenticator_down": 1,
        "searches": 2,
        "lagging_peers": 3,
        "strangers": 4,
    }.items():
        assert value(found[f"chat_broker_{name}"]) == expected, name
    names = ("strangers_cut", "log_lost_lines")
    totals = {name: found[f"chat_broker_{name}"].samples[0].value for name in names}
    assert totals == {"strangers_cut": 5, "log_lost_lines": 6}


def test_each_code_is_there_before_the_first_refusal_so_that_rates_see_it() -> None:
    meter = Meter()
    meter.refused = {"internal": 1}
    counts = {one.labels["code"]: one.value for one in families(meter)["chat_broker_refused"].samples}
    assert counts["internal"] == 1
    assert counts["unavailable"] == 0


def test_places_are_told_apart() -> None:
    surveys = [
        Survey("data", lambda: {"chat_broker_disk_free_bytes": 1, "chat_broker_database_bytes": 2}),
        Survey("log", lambda: {"chat_broker_disk_free_bytes": 3}),
        Survey("process", look_at_process),
    ]
    for survey in surveys:
        survey.look()
    found = families(Meter(), *surveys)
    free = {one.labels["place"]: one.value for one in found["chat_broker_disk_free_bytes"].samples}
    assert free == {"data": 1, "log": 3}
    assert value(found["chat_broker_database_bytes"]) == 2
    assert value(found["process_open_fds"]) > 0
    assert value(found["process_resident_memory_bytes"]) > 1_000_000
    seen = found["chat_broker_surveyed_timestamp_seconds"].samples
    assert {one.labels["place"] for one in seen} == {"data", "log", "process"}
    assert all(one.value > 1_700_000_000 for one in seen)
