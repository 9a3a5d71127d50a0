"""Times for people to read."""

from __future__ import annotations

from datetime import UTC, datetime

from client.core.person.notices import LocalTime

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


def time_in(zone: str, at: datetime | None = None) -> LocalTime:
    """Return the present time in a time zone, or another time there. An unknown zone is the local one."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - few people have quiet hours

    try:
        there = (at or local_now()).astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        there = at or local_now()
    return LocalTime(there.weekday(), 60 * there.hour + there.minute)
