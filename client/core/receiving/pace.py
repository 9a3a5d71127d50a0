"""When to confirm what has arrived: in rounds, with a pause between them."""

from __future__ import annotations

from messages.limits import CONFIRM_INTERVAL

CONFIRM_SECONDS = CONFIRM_INTERVAL / 1000
"""Pause between two rounds of confirms. The broker can ask for a longer one."""

LONGEST_CONFIRM_SECONDS = 30.0
"""The longest pause, also if the broker asks for a longer one: senders wait for their receipts."""

_NEVER = float("-inf")


class Pace:
    """The times of the rounds (monotonic seconds)."""

    def __init__(self) -> None:
        self._confirmed_at = self._turn_at = _NEVER
        self._pause, self._delay = CONFIRM_SECONDS, 0.0

    def set_interval(self, milliseconds: int, share: float) -> None:
        """Set the pause that the broker asks for.

        A message to a room reaches all its members at once. If they are many, each client waits for its own
        `share` (0 to 1) of the pause before it confirms, so that they do not all confirm at once.
        """
        self._pause = min(max(milliseconds / 1000, CONFIRM_SECONDS), LONGEST_CONFIRM_SECONDS)
        self._delay = share * (self._pause - CONFIRM_SECONDS)

    @property
    def due_at(self) -> float:
        """When the next round may begin."""
        return max(self._confirmed_at + self._pause, self._turn_at)

    def wait_turn(self, now: float, *, in_rooms: bool) -> None:
        """Record whether messages of rooms wait: these may have come to many clients at once."""
        if not in_rooms:
            self._turn_at = _NEVER
        elif self._turn_at == _NEVER:
            self._turn_at = now + self._delay

    def confirmed(self, now: float) -> None:
        """Record that a round has begun."""
        self._confirmed_at, self._turn_at = now, _NEVER
