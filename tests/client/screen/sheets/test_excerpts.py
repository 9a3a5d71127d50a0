"""Parts of texts around the words that were searched for."""

from __future__ import annotations

import pytest

from client.screen.sheets.excerpts import excerpt_row, found_spans
from client.screen.tones import Meaning, text_of
from messages.rows import width


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("The Plan, the plans", "plan", ["Plan"]),
        ("The Plan, the plans", "pla*", ["Plan", "plans"]),
        ("Straße, STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("cafe\u0301 café", "CAFE", ["cafe\u0301", "café"]),
        ("don't", "don't", ["don", "t"]),
        ("snake_case", "case", ["case"]),
        ("nothing", "", []),
    ],
)
def test_words_are_found_as_the_broker_finds_them(text: str, words: str, found: list[str]) -> None:
    assert [text[first:last] for first, last in found_spans(text, words)] == found


@pytest.mark.parametrize("columns", [1, 2, 8, 20, 40])
@pytest.mark.parametrize(
    "text",
    [
        "short plan",
        "a long way to the plan " * 9,
        "漢字漢字漢字 plan 漢字漢字漢字漢字漢字漢字",
        "👨\u200d👩\u200d👧 plan \x1b[31m\u202e" * 3,
        "x" * 100 + " plan",
        "plan\nsecond line\tof it",
    ],
)
def test_an_excerpt_fits_and_shows_the_first_word(text: str, columns: int) -> None:
    row = excerpt_row(text, "plan", columns)
    shown = text_of(row)
    assert width(shown) <= columns
    assert not {"\x1b", "\u202e", "\n", "\t"} & set(shown)
    if columns >= 8:
        assert next(piece for piece, tone in row if tone.meaning is Meaning.HIT) == "plan"
