"""How many chunks or ranges are in flight at once."""

from __future__ import annotations

from messages.limits import MAX_CHUNKS

_QUICK = 0.5
_SLOW = 1.0


class Window:
    """Grows while answers come quickly and shrinks when they are slow. Times are seconds.

    On a slow line few chunks are in flight, so a message that is sent meanwhile does not wait behind many.
    """

    def __init__(self) -> None:
        self.size = 2
        """Requests that may be in flight."""

    def answered(self, seconds: float) -> None:
        """Record how long an answer took."""
        if seconds < _QUICK:
            self.size = min(self.size + 1, MAX_CHUNKS)
        elif seconds > _SLOW:
            self.size = max(self.size - 1, 1)
