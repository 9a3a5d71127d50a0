from __future__ import annotations

import pytest

from broker.top.quantiles import mean, quantile, since, whole_quantile
from messages.observing import Histogram

TIMES = Histogram([0.1, 0.2, 0.4], [10, 20, 10, 0], 7.0)


@pytest.mark.parametrize(
    ("share", "value"), [(0.25, 0.1), (0.5, 0.15), (0.75, 0.2), (0.875, 0.3), (1.0, 0.4), (0.125, 0.05)]
)
def test_values_count_as_spread_evenly_over_their_class(share: float, value: float) -> None:
    assert quantile(TIMES, share) == pytest.approx(value)


def test_values_above_the_highest_bound_count_as_that_bound() -> None:
    assert quantile(Histogram([0.1, 0.2], [1, 0, 99]), 0.5) == 0.2


def test_of_whole_numbers_it_is_the_next_one() -> None:
    assert whole_quantile(Histogram([1, 2, 4], [10, 0, 10, 0]), 0.25) == 1
    assert whole_quantile(Histogram([1, 2, 4], [10, 0, 10, 0]), 0.99) == 4


def test_without_values_there_is_nothing_to_tell() -> None:
    for histogram in (Histogram([0.1], [0, 0]), Histogram([], [0])):
        assert quantile(histogram, 0.5) is whole_quantile(histogram, 0.5) is mean(histogram) is None


def test_the_mean_is_that_of_the_values_themselves() -> None:
    assert mean(TIMES) == pytest.approx(0.175)


def test_what_came_between_two_looks_is_their_difference() -> None:
    earlier = Histogram([0.1, 0.2, 0.4], [10, 5, 10, 0], 4.0)
    assert since(TIMES, earlier) == Histogram([0.1, 0.2, 0.4], [0, 15, 0, 0], 3.0)
