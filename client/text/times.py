"""Times for people to read."""

from __future__ import annotations

from datetime import UTC, datetime

_LATEST = 253_370_764_800_000
"""The start of the year 9999. `datetime` has no later years."""


def local_time(at: int) -> datetime:
    """Return a Unix time in milliseconds in this machine's time zone."""
    return datetime.fromtimestamp(min(at, _LATEST) / 1000, UTC).astimezone()
