"""Whether connections are scarce, as the log and the meter say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from broker.core.outbox import LogEvent
from broker.core.settings import Caps, Settings
from broker.monitoring.meter import Meter
from broker.transport.scarcity import SCARCE_SECONDS, Scarcity
from broker.transport.strangers import Strangers


def test_connections_are_scarce_for_a_while_after_somebody_was_refused() -> None:
    core: Any = SimpleNamespace(settings=Settings(), peers={})
    strangers, meter = Strangers[Any](), Meter()
    scarcity = Scarcity(core, strangers, meter)
    assert (scarcity.look(100.0), meter.scarce) == ([], False)
    strangers.refused += 1
    (entry,) = scarcity.look(101.0)
    assert (entry.event, meter.scarce, meter.turned_out) == (LogEvent.CONNECTIONS_SCARCE, True, 1)
    assert (scarcity.look(100.9 + SCARCE_SECONDS), meter.scarce) == ([], True)
    (entry,) = scarcity.look(101.0 + SCARCE_SECONDS)
    assert (entry.event, meter.scarce) == (LogEvent.CONNECTIONS_ENOUGH, False)


def test_connections_are_scarce_while_there_are_as_many_as_there_may_be() -> None:
    core: Any = SimpleNamespace(settings=Settings(caps=Caps(peers=2)), peers={"alice": None})
    meter = Meter()
    scarcity = Scarcity(core, Strangers[Any](), meter)
    assert (scarcity.look(100.0), meter.scarce) == ([], False)
    core.peers["bob"] = None
    (entry,) = scarcity.look(101.0)
    assert (entry.event, entry.fields["connections"]) == (LogEvent.CONNECTIONS_SCARCE, 2)
