"""The text of a message as rows: its markup, its links, and its blocks of code."""

from __future__ import annotations

import re

from client.screen.log.wrap import hard_wrapped, wrapped
from client.screen.tones import DIM, PLAIN, Piece, Row, Tone
from client.text.links import ascii_address, linked_runs
from client.text.markup import Part, parse, parts

_TAB = 4
_EDGE = "┃ "
_HEAD = "┏ "
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"(https?://[^\s<>\"`]*[^\s<>\"`.,;:!?')\]])", re.IGNORECASE)


def body_rows(text: str, base: Tone, columns: int) -> list[Row]:
    """Return the rows of a neutralised text on top of a look."""
    rows: list[Row] = []
    for part in parts(text):
        rows += wrapped(styled(part.text, base), columns) if part.info is None else _code(part, columns)
    return rows


def _code(part: Part, columns: int) -> list[Row]:
    from client.screen.log.code import highlighted  # noqa: PLC0415 - pygments is for who shows code

    info = part.info or ""
    pieces = highlighted(part.text.expandtabs(_TAB), info.split(" ")[0].lower())
    rows = [[(_EDGE, DIM), *row] for row in hard_wrapped(pieces, columns - len(_EDGE))]
    head = [[(_HEAD, DIM), *row] for row in hard_wrapped([(info, DIM)], columns - len(_HEAD))]
    return [*head, *rows] if info else rows


def styled(text: str, base: Tone = PLAIN) -> list[Piece]:
    """Return a neutralised text with its markup as pieces, on top of a look. Addresses are links."""
    return [
        (run.text, base._replace(style=run.style, link=link) if run.style else base)
        for run, link in linked_runs(parse(text.replace("\t", " " * _TAB)))
    ]


def linked(text: str, tone: Tone) -> list[Piece]:
    """Return a neutralised text without markup as pieces. Addresses are links."""
    return [
        (part, tone._replace(link=ascii_address(part)) if _ADDRESS.fullmatch(part) else tone)
        for part in _PLAIN_ADDRESS.split(text)
        if part
    ]
