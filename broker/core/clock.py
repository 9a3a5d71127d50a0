"""Whether the system's clock can be relied on. What is deleted after a time must not go by a wrong clock."""

from __future__ import annotations

from broker.core.memory.model import Moment

LARGEST_JUMP = 86_400_000
"""Milliseconds. If the clock is set by more, or was at the start, it is doubted."""

PROOF_SECONDS = 86_400.0
"""A doubted clock is trusted again after it has gone right for this time."""

MARK_SECONDS = 3_600.0
"""A trusted time is stored at this interval, for the next start."""


class Clock:
    """Compares the system's clock with the monotonic one, and at the start with the last stored time."""

    def __init__(self, stored: int, now: Moment) -> None:
        """Begin with the last stored time (Unix ms), or 0 if there is none."""
        self._observed = now
        self._trusted = Moment(stored, now.elapsed)  # the last trusted time
        self._doubted_at = now.elapsed
        self._marked_at = now.elapsed
        self.doubted = stored > 0 and _has_jumped(self._trusted, now)
        """Whether the clock was doubted when it was last observed."""

    def is_doubtful(self, now: Moment) -> bool:
        """Return whether the clock is doubted, or has jumped since it was last observed."""
        return self.doubted or _has_jumped(self._observed, now)

    def observe(self, now: Moment) -> None:
        """Look at the clock. Call this about once a second."""
        if _has_jumped(self._observed, now):
            if not self.doubted:
                self._trusted = self._observed
            self.doubted, self._doubted_at = True, now.elapsed
        if self.doubted and not _has_jumped(self._trusted, now):
            self.doubted = False  # it was set right
        if now.elapsed - self._doubted_at >= PROOF_SECONDS:
            self.doubted = False
        self._observed = now

    def trust(self, now: Moment) -> None:
        """Trust the clock as it is."""
        self._observed, self.doubted = now, False

    def is_mark_due(self, now: Moment) -> bool:
        """Return whether to store this time for the next start. If so, the next mark is due an hour later."""
        if self.doubted or now.elapsed - self._marked_at < MARK_SECONDS:
            return False
        self._marked_at = now.elapsed
        return True

    def days_off(self, now: Moment) -> int:
        """Return how many days the clock is ahead of the last trusted time and what has passed since."""
        return round(_jump(self._trusted, now) / LARGEST_JUMP)


def _has_jumped(before: Moment, now: Moment) -> bool:
    return abs(_jump(before, now)) > LARGEST_JUMP


def _jump(before: Moment, now: Moment) -> float:
    return (now.at - before.at) - (now.elapsed - before.elapsed) * 1000
