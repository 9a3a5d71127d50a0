import pytest

from broker.monitoring.meter import Meter
from broker.monitoring.readiness import health, readiness


def test_a_loop_that_turns_is_healthy() -> None:
    meter = Meter()
    meter.turned = meter.started
    assert health(meter) == ""
    meter.turned -= 60
    assert health(meter) == "the broker's loop does not turn; restart the broker"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, ""),
        ({"listening": False}, "the broker does not listen yet"),
        ({"read_only": True, "read_only_reason": "its disk is full"}, "store: its disk is full"),
        ({"read_only": True}, "store: the log says why"),
        ({"admitting": False}, "new clients cannot connect"),
        ({"scarce": True}, "connections are scarce"),
        ({"clock_doubted": True, "lagging": 7, "unindexed": 7}, ""),
    ],
)
def test_what_keeps_clients_from_being_served_is_named(change: dict[str, object], sentence: str) -> None:
    meter = Meter()
    meter.listening = True
    for name, value in change.items():
        setattr(meter, name, value)
    assert (sentence in readiness(meter)) if sentence else readiness(meter) == ""
