from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from client.when import duration_text, parse_duration, parse_when

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-18", "2026-11-18T00:00+01:00"),
        ("2026-07-01", "2026-07-01T00:00+02:00"),
        ("2026-11-18T08:15", "2026-11-18T08:15+01:00"),
        ("2026-11-18T08:15:30", "2026-11-18T08:15:30+01:00"),
        ("2026-11-18T08:15Z", "2026-11-18T08:15+00:00"),
        ("2026-11-18t08:15:30z", "2026-11-18T08:15:30+00:00"),
        ("2026-11-18T08:15-05:30", "2026-11-18T08:15-05:30"),
        ("11:59", "2026-11-20T11:59+01:00"),
        ("9:05", "2026-11-20T09:05+01:00"),
        ("12:00", "2026-11-20T12:00+01:00"),
        ("12:01", "2026-11-19T12:01+01:00"),
        ("23:59:59", "2026-11-19T23:59:59+01:00"),
        ("30m", "2026-11-20T11:30+01:00"),
        ("2h", "2026-11-20T10:00+01:00"),
        ("7d", "2026-11-13T12:00+01:00"),
        ("3W", "2026-10-30T12:00+01:00"),
        ("today", "2026-11-20T00:00+01:00"),
        (" Yesterday ", "2026-11-19T00:00+01:00"),
        ("1969-01-01", "1970-01-01T00:00+00:00"),
        ("2026-11-18 08:15", "2026-11-18T08:15+01:00"),
        ("2026-11-18 8:15", "2026-11-18T08:15+01:00"),
        ("2026-11-18  08:15:30", "2026-11-18T08:15:30+01:00"),
        ("2026-11-18 08:15:30.25", "2026-11-18T08:15:30+01:00"),
        ("2026-11-18 08:15 +0530", "2026-11-18T08:15+05:30"),
        ("2026-11-18 08:15 UTC", "2026-11-18T08:15+00:00"),
        ("2026-11-18 at 2pm", "2026-11-18T14:00+01:00"),
        ("1h30m", "2026-11-20T10:30+01:00"),
        ("1d 2h", "2026-11-19T10:00+01:00"),
        ("90s", "2026-11-20T11:58:30+01:00"),
        ("30 min", "2026-11-20T11:30+01:00"),
        ("2 hours ago", "2026-11-20T10:00+01:00"),
        ("1 hour and 30 minutes ago", "2026-11-20T10:30+01:00"),
        ("1 week, 2 days ago", "2026-11-11T12:00+01:00"),
        ("now", "2026-11-20T12:00+01:00"),
        ("yesterday 14:00", "2026-11-19T14:00+01:00"),
        ("yesterday at 2pm", "2026-11-19T14:00+01:00"),
        ("today 9:30", "2026-11-20T09:30+01:00"),
        ("friday", "2026-11-20T00:00+01:00"),
        ("last Monday", "2026-11-16T00:00+01:00"),
        ("sat 20:15", "2026-11-14T20:15+01:00"),
        ("9am", "2026-11-20T09:00+01:00"),
        ("12am", "2026-11-20T00:00+01:00"),
        ("12:30 pm", "2026-11-19T12:30+01:00"),
        ("@1795176000", "2026-11-20T12:00+00:00"),
    ],
)
def test_a_time_is_understood(text: str, expected: str) -> None:
    assert parse_when(text, NOW) == datetime.fromisoformat(expected).timestamp() * 1000


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "25:00", "2026-13-01", "2026-02-30", "12", "2y", "999999999w", "20261120", "-2h"),
        *("12:00Z", "2026-11-20 12", "13pm", "0am", "yesterday soon", "1h30", "ago", "m", "m30", "today 5"),
        *("2026-11-20 at", "@", "2026-11-20 12:00 +25:00", "tues", "\uff11h"),
    ],
)
def test_what_is_no_time_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time; write it like 2026-11-20, .* or today"):
        parse_when(text, NOW)


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_now_without_a_zone_is_of_this_machines(new_york: None) -> None:
    assert parse_when("2026-07-01", datetime(2026, 11, 20)) == (
        datetime(2026, 7, 1, 4, tzinfo=UTC).timestamp() * 1000
    )


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("1h30m", 5_400), ("7D", 604_800), ("2 hours", 7_200), ("2y", None)]
)
def test_a_duration_may_have_several_units(text: str, seconds: int | None) -> None:
    assert parse_duration(text) == seconds


def test_two_hours_are_as_long_when_the_clocks_change() -> None:
    now = datetime(2026, 10, 25, 4, 0, tzinfo=BERLIN)
    assert parse_when("2h", now) == datetime(2026, 10, 25, 1, 0, tzinfo=UTC).timestamp() * 1000


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1 s"), (90, "90 s"), (600, "10m"), (7_200, "2h"), (604_800, "7d")]
)
def test_a_span_is_written_in_the_largest_unit_that_fits(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text
