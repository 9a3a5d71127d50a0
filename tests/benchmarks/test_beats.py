"""When users who say nothing show that they are there."""

from __future__ import annotations

import pytest

from benchmarks import beats


def test_ten_thousand_wait_as_long_as_the_broker_asks_them_to() -> None:
    assert beats.interval(10_000) == 120.0


def test_few_wait_as_long_as_by_default() -> None:
    assert beats.interval(100) == 15.0


@pytest.mark.parametrize(
    ("elapsed", "count"),
    [
        (0.0, 0),
        (beats.APART / 2, 41),
        (beats.APART, 83),
        (0.999, 83),
        (1.0, 83),
        (1.0 + beats.APART, 166),
        (119.5, 10_000),
    ],
)
def test_those_of_a_second_come_when_it_begins(elapsed: float, count: int) -> None:
    assert beats.due(elapsed, 10_000) == pytest.approx(count, abs=1)
