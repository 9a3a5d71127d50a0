"""The widths of characters in terminal cells, and where a character that a person sees begins and ends."""

from __future__ import annotations

import re

from wcwidth import grapheme_boundary_before, iter_graphemes, wcwidth

_EMOJI_PRESENTATION = "\ufe0f"
_USUAL_CLUSTER = 64
_INDENT = " " * 6
_PIECE = re.compile(r"[^ ]* *")


def width(text: str) -> int:
    """Return how many cells `text` takes at most. It has no control characters.

    Terminals disagree about emoji made of several characters. Each character is counted, so the text always
    fits, and the width of a text is the sum of its parts' widths.
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def prefix(text: str, columns: int) -> str:
    """Return the longest prefix of `text` that fits in `columns` cells."""
    if text.isascii():
        return text[:columns]
    for index, char in enumerate(text):
        columns -= _cells(char)
        if columns < 0:
            return text[:index]
    return text


def wrap(line: str, columns: int) -> str:
    """Break a line at blanks so that each row fits in `columns` cells, and indent the rows after the first.

    The terminal itself breaks a word that no row can hold, so it can still be copied whole. A line with tabs
    is not changed.
    """
    if width(line) <= columns or "\t" in line:
        return line
    rows, row, used = [], "", 0
    for piece in _PIECE.findall(line):
        wanted = width(piece.rstrip(" "))
        if used + wanted > columns >= len(_INDENT) + wanted:
            rows.append(row.rstrip(" "))
            row, used = _INDENT, len(_INDENT)
        row += piece
        used += width(piece)
        if wanted > columns - len(_INDENT):
            used %= columns
    return "\n".join([*rows, row])


def following(text: str, index: int) -> int:
    """Return the end of the grapheme cluster (Unicode TR 29) that begins at `index`."""
    cluster = next(iter_graphemes(text[index : index + _USUAL_CLUSTER]), "")
    if len(cluster) == _USUAL_CLUSTER:
        cluster = next(iter_graphemes(text[index:]))
    return index + len(cluster)


def preceding(text: str, index: int) -> int:
    """Return the start of the grapheme cluster (Unicode TR 29) that ends at `index`."""
    return grapheme_boundary_before(text, index) if index > 0 else 0


def _cells(char: str) -> int:
    return 1 if char == _EMOJI_PRESENTATION else wcwidth(char)
