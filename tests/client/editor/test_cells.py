import pytest

from client.editor.cells import following, preceding, prefix, width, wrap

FAMILY = "👩\u200d👩\u200d👧"
WALES = "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


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


@pytest.mark.parametrize(
    "whole",
    [
        "a",
        "日",
        "e\u0301\u0323",
        "👍\U0001f3fd",
        FAMILY,
        "❤\ufe0f",
        "🇩🇪",
        WALES,
        "1\ufe0f\u20e3",
        "각",
        "क्षि",
    ],
)
def test_what_is_combined_is_stepped_over_as_one(whole):
    text = f"x{whole}y"
    assert following(text, 1) == len(text) - 1
    assert preceding(text, len(text) - 1) == 1


def test_of_several_flags_each_is_one_step():
    assert [preceding("🇩🇪🇫🇷🇮", end) for end in (5, 4, 2)] == [4, 2, 0]
    assert following("🇩🇪🇫🇷", 0) == 2


def test_a_letter_with_very_many_marks_is_still_one_step():
    text = "x" + "e" + "\u0301" * 500 + "y"
    assert following(text, 1) == len(text) - 1
    assert preceding(text, len(text) - 1) == 1


def test_no_step_leaves_the_text():
    assert following("ab", 2) == 2
    assert following("", 0) == 0
    assert preceding("ab", 0) == 0
    assert preceding("\u0301\u0301", 2) == 0


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("12:00 alice: hello", ["12:00 alice: hello"]),
        ("12:00 alice: hello bob", ["12:00 alice: hello", "      bob"]),
        ("12:00 alice: hello  ok bob is here", ["12:00 alice: hello", "      ok bob is here"]),
        ("12:00 bob: 日本語 日本語 日", ["12:00 bob: 日本語", "      日本語 日"]),
        ("a " + "x" * 30 + " and so on, and on", ["a " + "x" * 30 + " and so", "      on, and on"]),
        ("one\ttwo three four five six", ["one\ttwo three four five six"]),
        ("12:00 bob: hello, al", ["12:00 bob: hello, al"]),
        ("12:00 bob: hello, al ok", ["12:00 bob: hello, al", "      ok"]),
        ("x" * 50, ["x" * 50]),
    ],
)
def test_a_long_line_is_broken_between_words_that_a_row_can_hold(line: str, rows: list[str]) -> None:
    assert wrap(line, 20).split("\n") == rows


def test_a_row_too_narrow_for_words_breaks_nothing() -> None:
    assert wrap("hello bob and all", 6) == "hello bob and all"
