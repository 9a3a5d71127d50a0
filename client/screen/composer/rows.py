"""The rows in which the composer shows a text, and where the cursor stands in them."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from client.screen.log.wrap import spans
from messages.rows import width
from messages.text import neutralise

_TAB = "⇥"
_UNSAFE = "\N{REPLACEMENT CHARACTER}"


def visible(text: str) -> str:
    """Return a text of the same length in which nothing controls a terminal."""
    text = text.replace("\t", _TAB)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(char if char == "\n" or neutralise(char) == char else _UNSAFE for char in text)


class Rows(NamedTuple):
    """Where each row begins and ends in a text. The last column of the composer is for the cursor."""

    text: str
    spans: list[tuple[int, int]]

    def place(self, cursor: int) -> tuple[int, int]:
        """Return the row of an index of the text, and the cells before it in that row."""
        row = max(bisect_right([start for start, _ in self.spans], cursor) - 1, 0)
        start, end = self.spans[row]
        return row, width(self.text[start : min(cursor, end)])

    def index_at(self, row: int, cells: int) -> int:
        """Return the index in a row that is nearest to so many cells, not behind them."""
        start, end = self.spans[row]
        at = start
        while at < end and width(self.text[start : at + 1]) <= cells:
            at += 1
        return at


def rows_of(text: str, columns: int) -> Rows:
    """Return the rows of a visible text in so many columns."""
    return Rows(text, list(spans(text, max(columns - 1, 1))))
