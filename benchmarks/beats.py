"""Heartbeats of idle clients: how many of them are due, for every server alike."""

from __future__ import annotations

from broker.core.intervals import GROWN, heartbeat
from broker.core.settings import Settings

APART = 0.1
"""Seconds within which heartbeats of the same second arrive, given the network and the clients' clocks."""


def interval(users: int) -> float:
    """Return the seconds between a client's heartbeats, as chat-broker asks for with `users` online.

    It is the shortest interval: the broker announces a new one only after the users have grown by `GROWN`.
    """
    return heartbeat(Settings().heartbeat, int(users / GROWN)) / 1000


def due(elapsed: float, users: int) -> int:
    """Return how many heartbeats are due after `elapsed` seconds; those of a second at its beginning."""
    begun, passed = divmod(elapsed, 1.0)
    return int((begun + min(passed / APART, 1.0)) / interval(users) * users)
