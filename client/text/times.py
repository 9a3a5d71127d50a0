"""Times as people here read them."""

from __future__ import annotations

from datetime import UTC, datetime

_LATEST = 253_370_764_800_000
"""The year 9999 begins: what is later no calendar here can show."""


def local_time(at: int) -> datetime:
    """Return a Unix time in milliseconds in this machine's time zone."""
    return datetime.fromtimestamp(min(at, _LATEST) / 1000, UTC).astimezone()
