"""Lines in the rows of a terminal: widths in cells, and the breaks between rows."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, east_asian_width

from wcwidth import wcwidth

_EMOJI_PRESENTATION = "\ufe0f"
_FILLERS = "\u3164\uffa0"
_NUMBERS = range(0x3248, 0x3250)  # on black squares: Unicode leaves their width open
_INDENT = 6
_PIECE = re.compile(r"[^ ]* *")
_TAB = 8


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
    """Break a line so that each row fits in `columns` cells, at blanks if possible. Tabs become blanks.

    The rows after the first are indented, so none of them can look like a line of its own.
    """
    line = _without_tabs(line)
    if width(line) <= columns:
        return line
    indent = " " * max(0, min(_INDENT, columns - 2))
    rows, row, used = [], "", 0
    for piece in _PIECE.findall(line):
        word = piece.rstrip(" ")
        blanks, cells = " " * (len(piece) - len(word)), width(word)
        if used + cells > columns >= len(indent) + cells:
            rows.append(row)
            row, used = indent, len(indent)
        while used + cells > columns:  # no row can hold the word
            part = prefix(word, columns - used) if used < columns else ""
            if not part and row == indent:
                part = word[:1]
            rows.append(row + part)
            row, used = indent, len(indent)
            word, cells = word[len(part) :], cells - width(part)
        row += word + blanks
        used += cells + len(blanks)
    return "\n".join(row.rstrip(" ") for row in [*rows, row])


def wrap_all(text: str, columns: int) -> str:
    """Break each line of a text, as `wrap` does."""
    return "\n".join(wrap(line, columns) for line in text.split("\n"))


def _without_tabs(line: str) -> str:
    if "\t" not in line:
        return line
    text = ""
    for part in line.split("\t")[:-1]:
        text += part
        text += " " * (_TAB - width(text) % _TAB)
    return text + line.rpartition("\t")[2]


@lru_cache(maxsize=4_096)
def _cells(char: str) -> int:
    """Return how many cells a character takes in the terminal that gives it most.

    wcwidth gives none to vowels such as the Devanagari sign AA, which take one in terminals that ask the C
    library.
    """
    if char == _EMOJI_PRESENTATION:
        return 1
    if category(char) == "Mc" or char in _FILLERS:
        return 2 if east_asian_width(char) == "W" else 1
    return 2 if ord(char) in _NUMBERS else wcwidth(char)
