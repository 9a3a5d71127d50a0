"""The widths of characters in terminal cells, and the characters that combine."""

from __future__ import annotations

import re

from wcwidth import wcwidth

_ZERO_WIDTH_JOINER = "\u200d"
_EMOJI_PRESENTATION = "\ufe0f"
_INDENT = " " * 6
_PIECE = re.compile(r"[^ ]* *")
_SKIN_TONES = range(0x1F3FB, 0x1F400)


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
    """Return the end of the character at `index`, with its combining characters."""
    index += 1
    while index < len(text) and _joined(text[index - 1], text[index]):
        index += 1
    return min(index, len(text))


def preceding(text: str, index: int) -> int:
    """Return the start of the character before `index`, with its combining characters."""
    index -= 1
    while index > 0 and _joined(text[index - 1], text[index]):
        index -= 1
    return max(index, 0)


def _cells(char: str) -> int:
    return 1 if char == _EMOJI_PRESENTATION else wcwidth(char)


def _joined(before: str, char: str) -> bool:
    return wcwidth(char) == 0 or before == _ZERO_WIDTH_JOINER or ord(char) in _SKIN_TONES
