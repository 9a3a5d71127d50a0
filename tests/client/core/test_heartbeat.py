from __future__ import annotations

import pytest

from client.core.heartbeat import Heartbeat


def pulse(heard_at: float, spoke_at: float, heartbeat: int = 10_000) -> Heartbeat:
    made = Heartbeat()
    made.set_heartbeat(heartbeat)
    made.heard_at, made.spoke_at = heard_at, spoke_at
    return made


@pytest.mark.parametrize(
    ("heard_at", "spoke_at", "seconds"),
    [
        (100.0, 100.0, 10.0),
        (100.0, 96.0, 6.0),
        (96.0, 100.0, 6.0),
        (80.0, 100.0, 5.0),
        (100.0, 80.0, -10.0),
    ],
    ids=["both just now", "quiet here", "quiet there", "long quiet there", "long quiet here"],
)
def test_a_ping_is_due_an_interval_after_the_side_that_is_quiet(
    heard_at: float, spoke_at: float, seconds: float
) -> None:
    assert pulse(heard_at, spoke_at).ping_in(100.0) == seconds


def test_pings_are_sent_at_whole_seconds_of_the_clock_and_never_late() -> None:
    made = pulse(100.4, 100.4, heartbeat=15_000)
    made.second = -7.75
    assert made.ping_in(100.4) == pytest.approx(14.85)


def test_a_ping_may_be_up_to_an_eighth_of_the_interval_early() -> None:
    made = pulse(100.0, 100.0, heartbeat=16_000)
    made.vary(1.0)
    assert made.ping_in(100.0) == 14.0
    made.vary(0.75)
    assert made.ping_in(100.0) == 14.0
    made.vary(0.5)
    assert made.ping_in(100.0) == 15.0


def test_short_intervals_are_kept_as_they_are() -> None:
    made = pulse(100.4, 100.4, heartbeat=11_000)
    made.vary(1.0)
    assert made.ping_in(100.4) == pytest.approx(11.0)


def test_three_intervals_of_silence_are_allowed_and_no_more() -> None:
    assert not pulse(100.0, 100.0).is_silent(130.0)
    assert pulse(100.0, 100.0).is_silent(130.1)


def test_before_anything_is_known_an_interval_is_fifteen_seconds() -> None:
    assert Heartbeat().ping_in(0.0) == 15.0


def test_no_interval_is_shorter_than_a_tenth_of_a_second() -> None:
    assert pulse(100.0, 100.0, heartbeat=1).ping_in(100.0) == pytest.approx(0.1)
