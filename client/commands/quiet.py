"""Quiet hours as people type them, and the time zone of this machine."""

from __future__ import annotations

import difflib
import os
import re
import time
from contextlib import suppress
from pathlib import Path
from zoneinfo import available_timezones

from messages.notices import Day, QuietSpan, check_zone

HOW = "write them as in /quiet mon-fri 22:00-07:00, or /quiet off"

_DAYS = list(Day)
_SETS = {
    "daily": _DAYS,
    "everyday": _DAYS,
    "always": _DAYS,
    "weekdays": _DAYS[:5],
    "workdays": _DAYS[:5],
    "weekend": _DAYS[5:],
    "weekends": _DAYS[5:],
}
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TO = re.compile(r"\s*(?:[-\u2013\u2014]|\b(?:to|until)\b)\s*")
_TIME = re.compile(r"(\d{1,2})(?::(\d\d))?(am|pm)?")
_NEAR = 0.75  # how much a misspelt time zone is like one that exists
_LOCALTIME, _ZONEINFO = Path("/etc/localtime"), "zoneinfo/"
_TIMEZONE = Path("/etc/timezone")


def parse_quiet(text: str) -> tuple[list[QuietSpan], str]:
    """Return the spans and the time zone in a text such as `mon-fri 22:00-07:00, sat 23-9 Europe/Berlin`.

    Times without days hold daily. Without a time zone it is this machine's. Raise ValueError with a sentence
    if there is something else in the text.
    """
    spans: list[QuietSpan] = []
    days: list[Day] = []
    *words, last = _words(text)
    zone = None if _is_span(last) else find_zone(last)
    for word in words if zone else [*words, last]:
        if named := _days(word):
            days += [day for day in named if day not in days]
        elif times := _times(word):
            spans.append(QuietSpan(sorted(days, key=_DAYS.index) or _DAYS, *times))
            days = []
        else:
            raise ValueError(f"{word} is neither a day nor a time; {HOW}")
    if days or not spans:
        raise ValueError(f"the times are missing; {HOW}")
    return spans, zone or local_zone()


def find_zone(typed: str) -> str:
    """Return a time zone by its name in whatever case. Raise ValueError with a sentence if there is none."""
    known = available_timezones()
    by_key = {zone.casefold(): zone for zone in known}
    if not known:  # this machine has no list of them
        return check_zone(typed)
    if found := by_key.get(typed.casefold()):
        return found
    cities = {key.rpartition("/")[2]: zone for key, zone in by_key.items()}
    near = difflib.get_close_matches(typed.casefold(), [*by_key, *cities], 1, _NEAR)
    if not near:
        raise ValueError(f"{typed} is neither a day, a time nor a time zone; {HOW}")
    nearest = by_key.get(near[0]) or cities[near[0]]
    raise ValueError(f"no time zone is called {typed}; the nearest name is {nearest}")


def local_zone() -> str:
    """Return the time zone of this machine. Raise ValueError with a sentence if it has no known name."""
    known, named = available_timezones(), os.environ.get("TZ")
    candidates = [named.removeprefix(":")] if named is not None else []
    if not candidates:
        candidates.append(os.path.realpath(_LOCALTIME).rpartition(_ZONEINFO)[2])
        with suppress(OSError, ValueError):
            candidates.append(_TIMEZONE.read_text("utf-8").strip())
    for zone in candidates:
        if zone in known:
            return zone
    if not (time.timezone or time.daylight):
        return "UTC"
    raise ValueError("name your time zone, as in /quiet mon-fri 22:00-07:00 Europe/Berlin")


def _words(text: str) -> list[str]:
    return re.sub(r",|\bfrom\b", " ", _TO.sub("-", text.strip()), flags=re.IGNORECASE).split() or [""]


def _is_span(word: str) -> bool:
    return bool(_days(word) or _times(word))


def _days(word: str) -> list[Day]:
    """Return the days that a word names; none if it names no days."""
    word = word.lower()
    if word in _SETS:
        return _SETS[word]
    first, dash, last = word.partition("-")
    begin, end = _day(first), _day(last if dash else first)
    if begin is None or end is None:
        return []
    return [_DAYS[(begin + step) % 7] for step in range((end - begin) % 7 + 1)]


def _day(word: str) -> int | None:
    found = [place for place, name in enumerate(_NAMES) if len(word) >= 2 and name.startswith(word)]
    return found[0] if len(found) == 1 else None


def _times(word: str) -> tuple[str, str] | None:
    """Return the two times of a word such as `22:00-07:00`; None if it has not that form."""
    start, _, end = word.lower().partition("-")
    begin, finish = _time(start), _time(end)
    return (begin, finish) if begin and finish else None


def _time(word: str) -> str | None:
    found = _TIME.fullmatch(word)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half == "pm")
    if (hour, minute) == (24, 0):
        hour = 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
