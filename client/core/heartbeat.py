"""Heartbeats in both directions: when to ping, and when the broker has been silent for too long."""

from __future__ import annotations

MISSED_HEARTBEATS = 3
"""A broker silent for this many intervals is gone."""

SHORTEST_HEARTBEAT = 0.1
"""Seconds; the least interval, also if the broker asks for a shorter one."""

ROUNDED = 12.0
"""Seconds. If the interval is at least this long, pings are sent at whole seconds of the clock.

Then the pings of many clients come together, and an idle broker wakes up once for all of them.
"""

SPREAD = 1 / 8
"""Pings come up to this share of an interval early, so that clients that began together drift apart."""


class Heartbeat:
    """When each side was last heard. Times are monotonic seconds.

    `second` is a moment at which a second of the system's clock begins.
    """

    def __init__(self) -> None:
        self.heard_at = self.spoke_at = self.second = 0.0
        self._early = 0.0
        self._heartbeat = 15.0

    def set_heartbeat(self, milliseconds: int) -> None:
        """Set the interval that the broker asks for."""
        self._heartbeat = max(milliseconds / 1000, SHORTEST_HEARTBEAT)

    def vary(self, chance: float) -> None:
        """Choose how early the next ping is; `chance` is from 0 to 1."""
        self._early = chance * SPREAD

    def is_silent(self, now: float) -> bool:
        """Whether the broker counts as gone."""
        return now - self.heard_at > MISSED_HEARTBEATS * self._heartbeat

    def ping_in(self, now: float) -> float:
        """Return in how many seconds to ping, so that each side is heard once an interval.

        If a ping is not answered, it is repeated after half an interval.
        """
        quiet_since = max(min(self.spoke_at, self.heard_at), self.spoke_at - self._heartbeat / 2)
        due = quiet_since + self._heartbeat
        if self._heartbeat >= ROUNDED:
            due -= self._early * self._heartbeat
            due -= (due - self.second) % 1.0
        return due - now
