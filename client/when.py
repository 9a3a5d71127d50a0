"""Times as people write them: a date, a time of day, both, a weekday, or a duration before now."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

FORMS = "2026-11-20, '2026-11-20 12:00', 12:30, 30m, 1h30m, 7d, monday, 'yesterday 14:00' or today"
"""Examples of the forms, as in a shell."""

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_UNIT = (
    r"s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?"  # each begins with its unit's letter
)
_PART = rf"(\d{{1,9}}) ?({_UNIT})"
_PARTS = re.compile(_PART, re.ASCII)
_DURATION = re.compile(rf"{_PART}(?:(?: |, | and )?{_PART})*", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?(?: ?(am|pm))?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ZONE = re.compile(r" ?(?:z|utc|([+-]\d\d):?(\d\d))", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?: at |[t ])(.+?)( ?(?:z|utc|[+-]\d\d:?\d\d))?", re.ASCII)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(rf"(?:last |on )?(today|yesterday|{'|'.join(f'{day[:3]}(?:{day[3:]})?' for day in _DAYS)})")
_DAY_AND_CLOCK = re.compile(rf"({_DAY.pattern})(?: at)? (.+)")
_UNIX = re.compile(r"@(\d{1,12})", re.ASCII)


def parse_when(text: str, now: datetime) -> int:
    """Return a time as Unix time in milliseconds, 0 if it is before 1970.

    Dates and times of day are in the zone of `now`, or in this machine's if `now` has none. A time of day or
    a weekday means the last such time. Raise ValueError with a sentence if the text is not a time.
    """
    try:
        return max(0, round(_moment(" ".join(text.lower().split()), now).timestamp() * 1000))
    except (ValueError, OverflowError):
        raise ValueError(f"{text} is not a time; write it like {FORMS}") from None


def parse_duration(text: str) -> int | None:
    """Return the seconds of a duration like 30m, 1h30m or 7d; None if the text is not one."""
    if not _DURATION.fullmatch(text.lower()):
        return None
    return sum(int(number) * _SECONDS[unit[0]] for number, unit in _PARTS.findall(text.lower()))


def duration_text(seconds: int) -> str:
    """Return a duration as people write it, like 30m or 7d, in the largest unit that divides it."""
    for unit in "dhm":
        if seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds} s"


def _moment(text: str, now: datetime) -> datetime:
    seconds = 0 if text == "now" else parse_duration(text.removesuffix(" ago"))
    if seconds is not None:
        return now.astimezone(UTC) - timedelta(seconds=seconds)
    if unix := _UNIX.fullmatch(text):
        return datetime.fromtimestamp(int(unix[1]), UTC)
    if moment := _MOMENT.fullmatch(text):
        return _on(date.fromisoformat(moment[1]), _clock(moment[2]), now, moment[3])
    if both := _DAY_AND_CLOCK.fullmatch(text):
        return _on(_day(both[2], now), _clock(both[3]), now)
    day = _DAY.fullmatch(text)
    if day or _DATE.fullmatch(text):
        return _on(_day(day[1], now) if day else date.fromisoformat(text), time(), now)
    return _last(_clock(text), now)


def _on(day: date, clock: time, now: datetime, zone: str | None = None) -> datetime:
    moment = datetime.combine(day, clock, now.tzinfo)
    if zone is None:
        return moment
    found = _ZONE.fullmatch(zone)
    offset = f"{found[1]}:{found[2]}" if found and found[1] else "+00:00"
    return datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{offset}")


def _clock(text: str) -> time:
    """Return a time of day; raise ValueError if the text is not one. A lone hour needs am or pm."""
    found = _CLOCK.fullmatch(text)
    if not found or not (found[2] or found[4]):
        raise ValueError
    hour = int(found[1])
    if found[4]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if found[4] == "pm" else 0)
    return time(hour, int(found[2] or 0), int(found[3] or 0))


def _day(name: str, now: datetime) -> date:
    """Return the last day of this name, today included."""
    if name in ("today", "yesterday"):
        return now.date() - timedelta(days=name == "yesterday")
    wanted = next(number for number, day in enumerate(_DAYS) if day.startswith(name))
    return now.date() - timedelta(days=(now.weekday() - wanted) % 7)


def _last(clock: time, now: datetime) -> datetime:
    moment = datetime.combine(now.date(), clock, now.tzinfo)
    if moment <= now:
        return moment
    return datetime.combine(now.date() - timedelta(days=1), clock, now.tzinfo)
