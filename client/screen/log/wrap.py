"""Styled text in rows of a width, counted in the cells of a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from client.screen.tones import PLAIN, Piece, Row, Tone
from client.text.markup import parse
from client.text.styles import Run, Style
from messages.rows import prefix, width

_WORD = re.compile(r"[^ ]* *")
_TAB = "    "


def styled(text: str, base: Tone = PLAIN) -> list[Piece]:
    """Return a neutralised text with its markup as pieces, on top of a look. Addresses are links."""
    return [(run.text, _toned(run, base)) for run in parse(text.replace("\t", _TAB))]


def _toned(run: Run, base: Tone) -> Tone:
    if not run.style:
        return base
    address = (
        run.text if run.style & Style.LINK and run.text.lower().startswith(("http://", "https://")) else ""
    )
    return base._replace(style=run.style, link=address)


def wrapped(pieces: Iterable[Piece], columns: int) -> list[Row]:
    """Return the rows of a text, broken at line feeds, and at blanks where a line is too long."""
    pieces = list(pieces)
    text = "".join(one for one, _ in pieces)
    return [_cut(pieces, start, end) for start, end in spans(text, max(columns, 1))]


def _cut(pieces: list[Piece], start: int, end: int) -> Row:
    """Return the pieces between two places of the whole text."""
    row: Row = []
    at = 0
    for text, tone in pieces:
        if at >= end:
            break
        part = text[max(start - at, 0) : end - at]
        if part:
            row.append((part, tone))
        at += len(text)
    return row


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
            part = prefix(word, columns) or word[:1]
            yield offset + at, offset + at + len(part)
            word, at = word[len(part) :], at + len(part)
            begin, cells = at, width(word)
        used += cells + len(piece) - len(piece.rstrip(" "))
        at += len(word) + len(piece) - len(piece.rstrip(" "))
    yield offset + begin, offset + begin + len(line[begin:].rstrip(" "))
