import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.rows import prefix, width, wrap, wrap_all

FAMILY = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        *[("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("👍", 2), ("❤\ufe0f", 2), (FAMILY, 6)],
        *[("का", 2), ("தொ", 2), ("〮", 2), ("\u3164", 2), ("\uffa0", 1), ("㉈", 2)],
    ],
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
    ("line", "rows"),
    [
        ("12:00 alice: hello", ["12:00 alice: hello"]),
        ("12:00 alice: hello bob", ["12:00 alice: hello", "      bob"]),
        ("12:00 alice: hello  ok bob is here", ["12:00 alice: hello", "      ok bob is here"]),
        ("12:00 bob: 日本語 日本語 日", ["12:00 bob: 日本語", "      日本語 日"]),
        ("a " + "x" * 30 + " and so on", ["a " + "x" * 18, "      " + "x" * 12, "      and so on"]),
        ("one\ttwo three four five six", ["one     two three", "      four five six"]),
        ("12345678\t日本\t!", ["12345678        日本", "      !"]),
        ("a" + " " * 40 + "b", ["a", "      b"]),
        ("a" + "\u00a0" * 30, ["a" + "\u00a0" * 19, "      " + "\u00a0" * 11]),
        ("ab" * 9 + "日" * 9, ["ab" * 9 + "日", "      " + "日" * 7, "      日"]),
        ("e\u0301" * 22, ["e\u0301" * 20, "      e\u0301e\u0301"]),
        ("12:00 bob: hello, al", ["12:00 bob: hello, al"]),
        ("12:00 bob: hello, al ok", ["12:00 bob: hello, al", "      ok"]),
        ("x" * 50, ["x" * 20, "      " + "x" * 14, "      " + "x" * 14, "      xx"]),
    ],
)
def test_a_long_line_is_broken_between_words_if_a_row_can_hold_them(line: str, rows: list[str]) -> None:
    assert wrap(line, 20).split("\n") == rows


@pytest.mark.parametrize("columns", [1, 2, 3, 7])
def test_a_very_narrow_terminal_loses_nothing(columns: int) -> None:
    assert wrap("日本 ok, and all\tx", columns).replace("\n", "").replace(" ", "") == "日本ok,andallx"


@given(st.text("a1:# \u00a0\u3000\u2003\u200b\u0301日\t\ufe0f👩\u200dका㉈"), st.integers(8, 30))
def test_every_row_fits_and_only_the_first_begins_at_the_left_edge(text: str, columns: int) -> None:
    first, *others = wrap(f"12:00 bob: {text}", columns).split("\n")
    assert first.startswith("12:00")
    assert all(row.startswith(" " * 6) or not row for row in others)
    assert all(width(row) <= columns for row in (first, *others))


def test_each_line_of_a_text_is_broken() -> None:
    assert wrap_all("12:00 a: hello\n      second line", 14) == "12:00 a: hello\n      second\n      line"
