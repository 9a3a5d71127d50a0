from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.editor.inputs import LINE_LIMIT
from client.views.plain import plain, settled


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain text  ", "plain text  "),
        ("\x1b[1;31merror:\x1b[0m it broke", "error: it broke"),
        ("\x1b[38;5;196mred\x1b[m", "red"),
        ("\x1b]8;;https://example.org\x07a link\x1b]8;;\x07", "a link"),
        ("\x1b]0;title\x1b\\text", "text"),
        ("\x1b(Btext\x1b7\x1b8", "text"),
        ("\x9b31mtext", "text"),
        (" 10%\r 50%\r100%", "100%"),
        ("downloading\rdone\x1b[K", "done"),
        ("abcdef\rXY", "XYcdef"),
        ("100 of 100\r\x1b[2Kdone", "done"),
        ("\x1b[32m50%\x1b[0m\r", "50%"),
        ("N\bNA\bAM\bME\bE", "NAME"),
        ("|\b/\b-\b\\\b done", " done"),
        ("ab\x1b[5Gcd", "ab  cd"),
        ("ab\x1b[3Ccd\x1b[4DX", "ab X cd"),
        ("abc\x1b[1Kd", "   d"),
        ("bell\x07", "bell"),
        ("broken\x1b", "broken"),
        ("waiting\r       \r", ""),
    ],
)
def test_a_line_is_what_a_terminal_shows_in_the_end(line: str, shown: str) -> None:
    assert plain(line) == shown


@pytest.mark.parametrize("line", ["nul \x00", "form\x0cfeed", "tab\tstays"])
def test_other_control_characters_stay_and_are_refused_later(line: str) -> None:
    assert plain(line) == line


def test_no_sequence_makes_a_line_endless() -> None:
    assert len(plain("\x1b[999999999999Gx" * 10)) <= LINE_LIMIT + 10


SEQUENCES = st.sampled_from(
    ["\r", "\b", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[3G", "\x1b[2D", "\x1b[31m", "ab", "c"]
)


@given(st.lists(SEQUENCES).map("".join), st.lists(SEQUENCES).map("".join))
def test_a_line_that_is_settled_on_the_way_comes_out_the_same(begun: str, rest: str) -> None:
    assert plain(settled(begun) + rest) == plain(begun + rest)


@given(st.text())
def test_what_is_shown_moves_nothing(line: str) -> None:
    assert not set("\x07\x08\r\x1b\x9b") & set(plain(line))
