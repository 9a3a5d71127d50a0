"""The numbers of the gateway. Other threads may read them at any time; only the loop's thread writes them."""

from __future__ import annotations

import time
from bisect import bisect_left

LAG_BOUNDS = (0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Seconds: upper bounds of the classes of the loop's delays. One more class has the longer ones."""

ALIVE_SECONDS = 5.0
"""The loop turns if it has done so within this time."""

OUTCOMES = ("done", "refused", "limited", "invalid", "unavailable")
"""How a sign-in can end."""

LIMITS = ("requests", "tabs", "files")
"""What can be used up: requests of an address, tabs or downloads of a person, the room for files."""


class Meter:
    """Counts, and samples that are a second old."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.turned = self.started
        """When the last sample was taken."""
        self.sign_ins = dict.fromkeys(OUTCOMES, 0)
        self.limited = dict.fromkeys(LIMITS, 0)
        self.answers = dict.fromkeys(("1xx", "2xx", "3xx", "4xx", "5xx"), 0)
        self.uploaded = self.downloaded = 0
        self.slow_tabs = 0
        self.people = self.tabs = self.spooled = 0
        self.connected = self.lets_in = False
        self.lags = [0] * (len(LAG_BOUNDS) + 1)
        self.lagged = 0.0

    @property
    def alive(self) -> bool:
        """Whether the loop turns."""
        return time.monotonic() - self.turned < ALIVE_SECONDS

    def count_answer(self, status: int) -> None:
        """Count an answer by the class of its status."""
        kind = f"{status // 100}xx"
        if kind in self.answers:
            self.answers[kind] += 1

    def sample(self, lag: float, people: int, tabs: int, spooled: int, connected: bool) -> None:
        """Take a sample. The loop came `lag` seconds later to it than it should."""
        self.turned = time.monotonic()
        self.lags[bisect_left(LAG_BOUNDS, lag)] += 1
        self.lagged += lag
        self.people, self.tabs, self.spooled, self.connected = people, tabs, spooled, connected
