"""The client's own rate limit, so that the broker refuses no request. Times are monotonic seconds."""

from __future__ import annotations

from messages.replies import Error

RETRY_SECONDS = 0.5
"""Pause before a retryable request is sent again."""

LONGEST_PAUSE = 600.0
"""Seconds; the longest pause, also if the broker asks for a longer one."""

_SHARE = 0.9
"""The share of the broker's limits that is used: requests sent evenly can arrive less evenly."""

_TOKEN_BYTES = 1_024
"""Bytes of a request for each token that it costs. The least cost is one token."""


class RateLimit:
    """A token bucket: `burst` requests at once, then `rate` a second. There is no limit before `set`."""

    def __init__(self) -> None:
        self._rate = 0.0
        self._burst = 0.0
        self._left = 0.0
        self._at = 0.0

    def set(self, rate: int, burst: int) -> None:
        """Set the broker's limits; a rate of 0 means no limit."""
        self._rate, self._burst = rate * _SHARE, max(burst * _SHARE, 1.0)
        self._left = self._burst

    def take(self, size: int, now: float) -> bool:
        """Return whether a request of `size` bytes may be sent now; if so, it counts."""
        return self.take_cost(max(1.0, size / _TOKEN_BYTES), now)

    def take_cost(self, cost: float, now: float) -> bool:
        """Return whether a request that costs so many usual ones may be sent now; if so, it counts."""
        if not self._rate:
            return True
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        cost = min(cost, self._burst)
        if cost > self._left:
            return False
        self._left -= cost
        return True

    def ready_in(self, cost: float, now: float) -> float:
        """Return in how many seconds `take_cost` would say yes."""
        if not self._rate:
            return 0.0
        left = self._left + (now - self._at) * self._rate
        return max(0.0, (min(cost, self._burst) - left) / self._rate)

    def stop(self, until: float) -> None:
        """Empty the bucket until a later time, because the broker has refused a request."""
        self._left, self._at = 0.0, until


def is_retryable(error: Error) -> bool:
    """Return whether the same request may be sent again, now or later."""
    return error.retryable or error.retry_after > 0


def pause_of(error: Error) -> float:
    """Return the pause in seconds after a retryable error."""
    return min(max(error.retry_after / 1000, RETRY_SECONDS if not error.retry_after else 0), LONGEST_PAUSE)
