"""When users who say nothing show that they are there."""

from __future__ import annotations

import pytest

from benchmarks import beats


def test_ten_thousand_wait_as_long_as_the_broker_asks_them_to() -> None:
    assert beats.interval(10_000) == 80.0


def test_few_wait_as_long_as_by_default() -> None:
    assert beats.interval(100) == 15.0


@pytest.mark.parametrize(
    ("elapsed", "count"),
    [
        (0.0, 0),
        (beats.APART / 2, 62),
        (beats.APART, 125),
        (0.999, 125),
        (1.0, 125),
        (1.0 + beats.APART, 250),
        (79.5, 10_000),
    ],
)
def test_those_of_a_second_come_when_it_begins(elapsed: float, count: int) -> None:
    assert beats.due(elapsed, 10_000) == pytest.approx(count, abs=1)
