from __future__ import annotations

import pytest

from broker.top.rows import Item, Piece, figures, fit, whole
from messages.rows import width


@pytest.mark.parametrize(
    "text", ["", "abc", "abcdefgh", "\u65e5\u672c\u8a9e", "e\u0301\u0301x", "a\x1b[2Jb", "x\u202ey"]
)
@pytest.mark.parametrize("columns", [0, 1, 2, 5, 12])
def test_a_text_takes_exactly_its_cells_and_controls_nothing(text: str, columns: int) -> None:
    for right in (False, True):
        shown = fit(text, columns, right=right)
        assert width(shown) == columns
        assert not {"\x1b", "\u202e"} & set(shown)


def test_a_text_that_is_cut_says_so() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit("ab", 4, right=True) == "  ab"


def test_a_row_is_as_wide_as_the_screen_whatever_is_in_it() -> None:
    for columns in (1, 4, 20):
        row = whole([Piece("\u65e5\u672c"), Piece("\x07bell"), Piece("x" * 10)], columns)
        assert sum(width(piece.text) for piece in row) == columns


def test_figures_that_do_not_fit_are_left_out_and_narrow_screens_have_short_labels() -> None:
    items = [Item("connections", "conn", "12"), Item("lagging", "lag", "3"), Item("sessions", "sess", "9")]
    assert (
        "".join(piece.text for piece in figures(items, 60)).rstrip()
        == "connections 12  lagging 3  sessions 9"
    )
    assert "".join(piece.text for piece in figures(items, 17)).rstrip() == "conn 12  lag 3"
