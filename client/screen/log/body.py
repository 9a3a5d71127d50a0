"""The text of a message as rows: its markup, its links, and its blocks of code."""

from __future__ import annotations

import re
from urllib.parse import quote

from client.screen.log.wrap import hard_wrapped, wrapped
from client.screen.tones import DIM, PLAIN, Piece, Row, Tone
from client.text.markup import Part, parse, parts
from client.text.styles import Run, Style

_TAB = 4
_EDGE = "┃ "
_HEAD = "┏ "
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"(https?://[^\s<>\"`]*[^\s<>\"`.,;:!?')\]])", re.IGNORECASE)
_BEHIND_TEXT = re.compile(r"\]\((https?://.+)\)", re.IGNORECASE)
_MOST_ADDRESS = 2_000
"""Terminals take no longer ones."""

_ADDRESS_CHARACTERS = "".join(map(chr, range(0x21, 0x7F)))


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
    runs = parse(text.replace("\t", " " * _TAB))
    pieces: list[Piece] = []
    link = ""
    for run in reversed(runs):  # an address stands behind the text that leads to it
        if run.style & Style.MARK:
            found = _BEHIND_TEXT.fullmatch(run.text)
            link = _link(found[1]) if found else "" if run.text == "[" else link
            pieces.append((run.text, base._replace(style=run.style, link=link if found else "")))
        else:
            pieces.append((run.text, _toned(run, base, link)))
    return pieces[::-1]


def linked(text: str, tone: Tone) -> list[Piece]:
    """Return a neutralised text without markup as pieces. Addresses are links."""
    return [
        (part, tone._replace(link=_link(part)) if _ADDRESS.fullmatch(part) else tone)
        for part in _PLAIN_ADDRESS.split(text)
        if part
    ]


def _toned(run: Run, base: Tone, link: str) -> Tone:
    if not run.style:
        return base
    if not run.style & Style.LINK:
        return base._replace(style=run.style)
    own = _ADDRESS.fullmatch(run.text)
    return base._replace(style=run.style, link=_link(own[0]) if own else link)


def _link(address: str) -> str:
    """Return an address as terminals want it, in ASCII; empty if it is too long."""
    link = quote(address, safe=_ADDRESS_CHARACTERS)
    return link if len(link) <= _MOST_ADDRESS else ""
