"""Rows of styled text of an exact width. No text of others can leave its place in a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from messages.rows import prefix, width
from messages.text import neutralise


class Style(StrEnum):
    """How a piece of text looks. Colour is never all that tells two of them apart."""

    PLAIN = "plain"
    HEAD = "head"
    DIM = "dim"
    WARN = "warn"
    BAD = "bad"
    BAR = "bar"
    CHOSEN = "chosen"


class Piece(NamedTuple):
    """Some text with one style."""

    text: str
    style: Style = Style.PLAIN


Row = list[Piece]
"""The pieces of a row, from the left."""


class Item(NamedTuple):
    """A figure with its label. A narrow row has the `short` label."""

    label: str
    short: str
    value: str
    style: Style = Style.PLAIN


GAP = "  "
_NARROW = 50


def fit(text: str, columns: int, *, right: bool = False) -> str:
    """Return a text of exactly so many cells: cut with an ellipsis, or filled up. It controls nothing."""
    text = neutralise(text)
    if width(text) > columns:
        text = prefix(text, columns - 1) + "…" if columns > 1 else prefix(text, columns)
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks


def whole(pieces: Iterable[Piece], columns: int) -> Row:
    """Return pieces as a row of exactly so many cells."""
    row, left = [], columns
    for text, style in pieces:
        shown = neutralise(text)
        if width(shown) > left:
            shown = fit(shown, left)
        row.append(Piece(shown, style))
        left -= width(shown)
    return [*row, Piece(" " * left)]


def figures(items: Sequence[Item], columns: int) -> Row:
    """Return as many of the figures as fit, the first ones first."""
    pieces: list[Piece] = []
    used = 0
    for item in items:
        label = item.short if columns < _NARROW else item.label
        taken = (len(GAP) if pieces else 0) + width(label) + 1 + width(item.value)
        if used + taken > columns and pieces:
            break
        pieces += [Piece(f"{GAP if pieces else ''}{label} ", Style.DIM), Piece(item.value, item.style)]
        used += taken
    return whole(pieces, columns)
