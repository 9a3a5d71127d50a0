"""The time zone of the tests: one in which it is day now, so midnight does not come while they run."""

from __future__ import annotations

import os
import time


def zone(at: float) -> str:
    """Return a time zone in which midnight is four hours or more from this Unix time, and six if it comes."""
    return "UTC" if 4 <= time.gmtime(at).tm_hour < 14 else "DAY+10"


def be_in(name: str) -> None:
    """Put this process, and the programs that it starts, into a time zone."""
    os.environ["TZ"] = name
    time.tzset()
