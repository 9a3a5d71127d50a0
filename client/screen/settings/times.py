"""How times are shown in the log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class Times(StrEnum):
    """How the time of a message is shown."""

    MINUTES = "24h"
    SECONDS = "seconds"
    HALF_DAYS = "12h"
    OFF = "off"

    @property
    def columns(self) -> int:
        """The columns that a time takes at most."""
        return {Times.MINUTES: 5, Times.SECONDS: 8, Times.HALF_DAYS: 7, Times.OFF: 0}[self]

    def text(self, time: datetime) -> str:
        """Return a time as it is shown; empty if none is."""
        match self:
            case Times.MINUTES:
                return f"{time:%H:%M}"
            case Times.SECONDS:
                return f"{time:%H:%M:%S}"
            case Times.HALF_DAYS:
                return f"{time.hour % 12 or 12}:{time:%M}{'am' if time.hour < 12 else 'pm'}"
            case Times.OFF:
                return ""
