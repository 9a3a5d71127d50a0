"""Styled text in rows of a width, counted in the cells of a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from client.editor.cells import preceding
from client.screen.tones import Piece, Row
from messages.rows import prefix, width

_WORD = re.compile(r"[^ ]* *")
_MOST_MARKS = 64
"""Characters without cells that are looked at behind those of a row."""


def wrapped(pieces: Iterable[Piece], columns: int) -> list[Row]:
    """Return the rows of a text, broken at line feeds, and at blanks where a line is too long."""
    pieces = list(pieces)
    text = "".join(one for one, _ in pieces)
    return list(_cut(pieces, spans(text, max(columns, 1))))


def hard_wrapped(pieces: Iterable[Piece], columns: int) -> list[Row]:
    """Return the rows of a text, broken at line feeds, and wherever a row is full. Blanks stay."""
    pieces = list(pieces)
    text = "".join(one for one, _ in pieces)
    return list(_cut(pieces, _hard_spans(text, max(columns, 1))))


def _cut(pieces: list[Piece], spans_of_rows: Iterable[tuple[int, int]]) -> Iterator[Row]:
    """Yield the pieces of each row. The spans are in order."""
    number = at = 0
    for start, end in spans_of_rows:
        row: Row = []
        while number < len(pieces) and at < end:
            text, tone = pieces[number]
            if part := text[max(start - at, 0) : end - at]:
                row.append((part, tone))
            if at + len(text) > end:
                break
            at, number = at + len(text), number + 1
        yield row


def spans(text: str, columns: int) -> Iterator[tuple[int, int]]:
    """Yield where each row begins and ends in a text. Blanks at the end of a row are left out."""
    start = 0
    for line in text.split("\n"):
        if width(line) <= columns:
            yield start, start + len(line)
        else:
            yield from _broken(line, start, columns)
        start += len(line) + 1


def _broken(line: str, offset: int, columns: int) -> Iterator[tuple[int, int]]:
    begin = at = used = 0
    for piece in _WORD.findall(line):
        word = piece.rstrip(" ")
        cells = width(word)
        if used and used + cells > columns:
            yield offset + begin, offset + begin + len(line[begin:at].rstrip(" "))
            begin, used = at, 0
        while cells > columns:  # no row can hold the word
            part = _first_part(word, columns)
            yield offset + at, offset + at + len(part)
            word, at = word[len(part) :], at + len(part)
            begin, cells = at, cells - width(part)
        used += cells + len(piece) - len(piece.rstrip(" "))
        at += len(word) + len(piece) - len(piece.rstrip(" "))
    yield offset + begin, offset + begin + len(line[begin:].rstrip(" "))


def _hard_spans(text: str, columns: int) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        at, left = 0, width(line)
        while left > columns:
            part = _first_part(line[at : at + columns + _MOST_MARKS], columns)
            yield start + at, start + at + len(part)
            at, left = at + len(part), left - width(part)
        yield start + at, start + len(line)
        start += len(line) + 1


def _first_part(word: str, columns: int) -> str:
    """Return what fits into a row of a word that no row can hold. No character of several is divided."""
    part = prefix(word, columns) or word[:1]
    behind = word[len(part) : len(part) + 1]
    if behind.isalnum() or word.isascii():
        return part
    return word[: preceding(word, len(part) + 1)] or part
