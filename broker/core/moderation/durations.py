"""Durations in words."""

from __future__ import annotations

from messages.text import counted

_UNITS = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000))


def duration_text(until: int, now: int) -> str:
    """Return the time from `now` to `until` (Unix ms; 0 means for ever), rounded up: `for 2 hours`."""
    if until == 0:
        return "for ever"
    left = max(until - now, 1)
    name, size = next((unit for unit in _UNITS if left >= unit[1]), _UNITS[-1])
    count = -(-left // size)
    return f"for {counted(count, name)}"
