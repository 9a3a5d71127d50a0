"""Times as people write them: a date, a time of day, both, or a duration before now."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

FORMS = "2026-11-20, 2026-11-20T12:00, 12:30, 30m, 2h, 7d, 3w, today or yesterday"
"""Examples of all forms."""

_AGO = re.compile(r"(\d{1,9})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dt\d\d:\d\d(:\d\d)?(z|[+-]\d\d:\d\d)?")


def parse_when(text: str, now: datetime) -> int:
    """Return a time as Unix time in milliseconds, 0 if it is before 1970.

    Dates and times of day are in the zone of `now`, or in this machine's if `now` has none. A time of day
    means the last such time. Raise ValueError with a sentence if the text is not a time.
    """
    try:
        return max(0, round(_moment(text.strip().lower(), now).timestamp() * 1000))
    except (ValueError, OverflowError):
        raise ValueError(f"{text} is not a time; write it like {FORMS}") from None


def parse_duration(text: str) -> int | None:
    """Return the seconds of a duration like 30m, 2h, 7d or 3w; None if the text is not one."""
    found = _AGO.fullmatch(text.lower())
    return int(found[1]) * _SECONDS[found[2]] if found else None


def duration_text(seconds: int) -> str:
    """Return a duration as people write it, like 30m or 7d, in the largest unit that divides it."""
    for unit in "dhm":
        if seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds} s"


def _moment(text: str, now: datetime) -> datetime:
    if text in ("today", "yesterday"):
        return _midnight(now.date() - timedelta(days=text == "yesterday"), now)
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    if _CLOCK.fullmatch(text):
        return _last(time.fromisoformat(text.zfill(5) if text.count(":") == 1 else text.zfill(8)), now)
    if _DATE.fullmatch(text):
        return _midnight(date.fromisoformat(text), now)
    if _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text.upper())
        return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    raise ValueError


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)


def _last(clock: time, now: datetime) -> datetime:
    moment = datetime.combine(now.date(), clock, now.tzinfo)
    if moment <= now:
        return moment
    return datetime.combine(now.date() - timedelta(days=1), clock, now.tzinfo)
