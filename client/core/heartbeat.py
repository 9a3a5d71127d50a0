"""Signs of life in both directions: when to ping, and when the other side has been silent for too long."""

from __future__ import annotations

MISSED_HEARTBEATS = 3
"""A broker silent for this many intervals is gone."""

SHORTEST_HEARTBEAT = 0.1
"""Seconds; a broker that asks for less gets no more."""

ROUNDED = 12.0
"""Seconds. Where intervals are as long as this or longer, pings are sent at whole seconds of the clock.

So the pings of many clients come at once, and an idle broker wakes up once for all of them.
"""

SPREAD = 1 / 8
"""Pings are earlier by up to this share of an interval, or who came together would ping together for good."""


class Heartbeat:
    """When each side was last heard. Times are monotonic seconds.

    `second` is a moment at which a second of the system's clock begins.
    """

    def __init__(self) -> None:
        self.heard_at = self.spoke_at = self.second = 0.0
        self._early = 0.0
        self._heartbeat = 15.0

    def set_heartbeat(self, milliseconds: int) -> None:
        """Take the interval that the broker asks for."""
        self._heartbeat = max(milliseconds / 1000, SHORTEST_HEARTBEAT)

    def vary(self, chance: float) -> None:
        """Choose how early the next ping is; `chance` is from 0 to 1."""
        self._early = chance * SPREAD

    def is_silent(self, now: float) -> bool:
        """Whether the broker must be taken as gone."""
        return now - self.heard_at > MISSED_HEARTBEATS * self._heartbeat

    def ping_in(self, now: float) -> float:
        """Return in how many seconds to ping: both sides should be heard once an interval.

        A ping that is not answered is repeated after half an interval.
        """
        quiet_since = max(min(self.spoke_at, self.heard_at), self.spoke_at - self._heartbeat / 2)
        due = quiet_since + self._heartbeat
        if self._heartbeat >= ROUNDED:
            due -= self._early * self._heartbeat
            due -= (due - self.second) % 1.0
        return due - now
