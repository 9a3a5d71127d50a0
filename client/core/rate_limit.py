"""How fast requests go out, so that the broker need refuse none. Times are monotonic seconds."""

from __future__ import annotations

from messages.replies import Error

RETRY_SECONDS = 0.5
"""Pause before something retryable is asked again."""

LONGEST_PAUSE = 600.0
"""Seconds for which a broker is obeyed that asks for a pause."""

_SHARE = 0.9
"""Of what the broker takes: what goes out evenly may come in less evenly."""

_TOKEN_BYTES = 1_024
"""A request counts as one, or as one for so many bytes."""


class RateLimit:
    """Holds back what is more than `rate` requests a second behind the first `burst`; at first, nothing."""

    def __init__(self) -> None:
        self._rate = 0.0
        self._burst = 0.0
        self._left = 0.0
        self._at = 0.0

    def set(self, rate: int, burst: int) -> None:
        """Take what a broker says that it takes; a rate of 0 is any."""
        self._rate, self._burst = rate * _SHARE, max(burst * _SHARE, 1.0)
        self._left = self._burst

    def take(self, size: int, now: float) -> bool:
        """Return whether a request of `size` bytes may go out now, which then counts."""
        if not self._rate:
            return True
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        cost = min(max(1.0, size / _TOKEN_BYTES), self._burst)
        if cost > self._left:
            return False
        self._left -= cost
        return True

    def stop(self, until: float) -> None:
        """Begin from nothing at a later time: the broker has refused something."""
        self._left, self._at = 0.0, until


def is_retryable(error: Error) -> bool:
    """Return whether the same may be asked again, now or after a while."""
    return error.retryable or error.retry_after > 0


def pause_of(error: Error) -> float:
    """Return for how many seconds to ask for nothing after a retryable error."""
    return min(max(error.retry_after / 1000, RETRY_SECONDS if not error.retry_after else 0), LONGEST_PAUSE)
