from __future__ import annotations

import pytest

from broker.top.words import bytes_text, duration_text, number_text, time_text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.42, "0.4"), (3.0, "3"), (12.6, "13"), (9_876, "9,876"), (12_345, "12.3k"), (4.5e6, "4.5M")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(12, "12 B"), (1_234, "1.2 kB"), (5e9, "5.0 GB")])
def test_sizes_have_a_unit(value: float, text: str) -> None:
    assert bytes_text(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.00025, "0.25 ms"), (0.0054, "5.4 ms"), (0.25, "250 ms"), (2.5, "2.5 s")]
)
def test_times_have_a_unit(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (62, "1m 2s"), (3_600, "1h"), (90_061, "1d 1h"), (-3, "0s")]
)
def test_durations_have_two_units_at_most(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
