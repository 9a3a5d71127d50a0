import pytest

from client.editor.cells import following, preceding, prefix, width

FAMILY = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("👍", 2), ("❤\ufe0f", 2), (FAMILY, 6)],
)
def test_a_text_is_as_wide_as_a_terminal_may_draw_it(text, cells):
    assert width(text) == cells


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("abc", 2, "ab"),
        ("abc", 5, "abc"),
        ("日本", 3, "日"),
        ("日本", 4, "日本"),
        ("e\u0301x", 1, "e\u0301"),
        ("日", 0, ""),
    ],
)
def test_a_prefix_fits_and_keeps_combining_characters(text, columns, expected):
    assert prefix(text, columns) == expected


@pytest.mark.parametrize("whole", ["a", "日", "e\u0301\u0323", "👍\U0001f3fd", FAMILY, "❤\ufe0f"])
def test_what_is_combined_is_stepped_over_as_one(whole):
    text = f"x{whole}y"
    assert following(text, 1) == len(text) - 1
    assert preceding(text, len(text) - 1) == 1


def test_no_step_leaves_the_text():
    assert following("ab", 2) == 2
    assert following("", 0) == 0
    assert preceding("ab", 0) == 0
    assert preceding("\u0301\u0301", 2) == 0
