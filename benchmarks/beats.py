"""Signs of life of clients that have nothing to say: how many of them are due, for every server alike."""

from __future__ import annotations

from broker.core.intervals import GROWN, heartbeat
from broker.core.settings import Settings

APART = 0.1
"""Seconds within which what clients send when a second begins arrives, over a network and by their clocks."""


def interval(users: int) -> float:
    """Return how many seconds one of so many users waits: as long as chat-broker asks it to.

    Those wait least who were told last when as many were connected as may be without being told anew.
    """
    return heartbeat(Settings().heartbeat, int(users / GROWN)) / 1000


def due(elapsed: float, users: int) -> int:
    """Return how many signs of life are due after so many seconds: those of a second when it begins."""
    begun, passed = divmod(elapsed, 1.0)
    return int((begun + min(passed / APART, 1.0)) / interval(users) * users)
