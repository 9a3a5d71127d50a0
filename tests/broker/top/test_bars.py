from __future__ import annotations

import pytest
from looks import histogram

from broker.top.bars import bars, trail
from broker.top.words import number_text
from messages.rows import width

BOUNDS = (1.0, 2.0, 4.0, 8.0)


def drawn(counts: dict[int, int], rows: int, columns: int = 40) -> list[str]:
    found = bars(histogram(BOUNDS, counts), number_text, rows, columns)
    texts = ["".join(piece.text for piece in row) for row in found]
    assert all(width(text) == columns for text in texts)
    return [" ".join(text.split()) for text in texts]


def test_there_is_a_bar_for_each_class_from_the_first_to_the_last_that_is_not_empty() -> None:
    assert drawn({1: 40, 3: 20}, 9) == [f"≤ 2 40 {'█' * 28}", "≤ 4 0", f"≤ 8 20 {'█' * 14}"]


def test_the_last_class_has_no_upper_bound() -> None:
    assert drawn({4: 3}, 9)[0].startswith("> 8 3 ")


def test_one_of_many_can_still_be_seen() -> None:
    assert drawn({0: 100_000, 1: 1}, 9)[1] == "≤ 2 1 ▏"


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        (5, ["≤ 1 9", "≤ 2 8", "≤ 4 7", "≤ 8 1", "> 8 2"]),
        (4, ["≤ 1 9", "≤ 2 8", "≤ 4 7", "> 4 3"]),
        (1, ["any 27"]),
    ],
)
def test_if_there_are_too_many_the_smaller_ends_are_joined(rows: int, labels: list[str]) -> None:
    found = drawn({0: 9, 1: 8, 2: 7, 3: 1, 4: 2}, rows)
    assert [line.rpartition(" ")[0] for line in found] == labels


@pytest.mark.parametrize("columns", [1, 5, 12, 20])
def test_a_narrow_screen_has_no_more_than_it_can_show(columns: int) -> None:
    assert len(drawn({0: 9, 4: 1}, 9, columns)) == 5


def test_without_values_there_are_no_bars() -> None:
    assert drawn({}, 9) == drawn({0: 1}, 0) == []


def test_a_trail_shows_the_latest_values_the_highest_full() -> None:
    assert trail([9.0, 0.0, 4.0, 8.0], 3) == "▁▅█"
    assert trail([0.0], 3) == trail([], 3) == trail([1.0], 0) == ""
