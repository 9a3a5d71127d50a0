"""Times for people to read."""

from __future__ import annotations

from datetime import UTC, datetime

_LATEST = 253_370_764_800_000
"""The start of the year 9999. `datetime` has no later years."""


def local_time(at: int) -> datetime:
    """Return a Unix time in milliseconds in this machine's time zone."""
    return _local(datetime.fromtimestamp(min(at, _LATEST) / 1000, UTC))


def local_now() -> datetime:
    """Return the time now in this machine's time zone."""
    return _local(datetime.now(UTC))


def _local(time: datetime) -> datetime:
    """Return a time in this machine's time zone, or in UTC if that is more than a day from UTC."""
    try:
        return time.astimezone()
    except ValueError:
        return time
