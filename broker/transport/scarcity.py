"""Whether connections are scarce: the log and the meter say if newcomers have been refused lately."""

from __future__ import annotations

from broker.core.core import Core
from broker.core.outbox import LogEntry, LogEvent
from broker.monitoring.meter import Meter
from broker.transport.connections import Connection
from broker.transport.strangers import Strangers

SCARCE_SECONDS = 5.0
"""Connections count as scarce for so long after a newcomer was refused, or a stranger ended for one."""


class Scarcity:
    """Looks at the connections of a router."""

    def __init__(self, core: Core, strangers: Strangers[Connection], meter: Meter) -> None:
        self._core = core
        self._strangers = strangers
        self._meter = meter
        self._until = 0.0

    def look(self, now: float) -> list[LogEntry]:
        """Bring the meter up to date at `now` (monotonic seconds), and return what to log."""
        strangers, meter = self._strangers, self._meter
        caps, peers = self._core.settings.caps, len(self._core.peers)
        if strangers.turned_out != meter.turned_out or 0 < caps.peers <= peers:
            self._until = now + SCARCE_SECONDS
        meter.strangers, meter.turned_out = len(strangers), strangers.turned_out
        before, meter.scarce = meter.scarce, now < self._until
        if meter.scarce and not before:
            fields = {"connections": max(strangers.connections, peers), "strangers": len(strangers)}
            return [LogEntry(LogEvent.CONNECTIONS_SCARCE, fields)]
        return [LogEntry(LogEvent.CONNECTIONS_ENOUGH, {})] if before and not meter.scarce else []
