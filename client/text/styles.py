"""Styled text for terminals: runs of one style each, and the attributes that show them.

Views lay out the plain text, and paint their rows with the styles. So a style never changes where a row ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntFlag
from typing import NamedTuple

_BLANKS = " \t\n"
_RESET = "\x1b[0m"


class Style(IntFlag):
    """How a part of a text is shown. Styles can be combined."""

    PLAIN = 0
    BOLD = 1
    ITALIC = 2
    STRIKE = 4
    CODE = 8
    LINK = 16
    QUOTE = 32
    BULLET = 64
    MARK = 128
    """The characters of the markup itself. They stay visible."""
    NOTE = 256
    """What the program says of a message."""


_CODES = {
    Style.BOLD: "1",
    Style.ITALIC: "3",
    Style.STRIKE: "9",
    Style.CODE: "36",
    Style.LINK: "4",
    Style.QUOTE: "2",
    Style.BULLET: "1",
    Style.NOTE: "2",
}
_DIM = "2"


class Run(NamedTuple):
    """A part of a text that has one style."""

    text: str
    style: Style = Style.PLAIN


def attributes(style: Style, base: str = "") -> str:
    """Return the control sequences (SGR) before a text of this style; empty if it needs none.

    `base` are those of the text around it.
    """
    codes = [_DIM] if style & Style.MARK else [code for one, code in _CODES.items() if style & one]
    return base + (f"\x1b[{';'.join(dict.fromkeys(codes))}m" if codes else "")


def paint(rows: str, runs: Iterable[Run], base: str = "") -> str:
    """Return rows of a terminal with attributes. `rows` are what `runs` say, broken and indented.

    Breaking a text changes its blanks only. So the other characters of the rows are those of the runs, in
    order. A blank has what both its neighbours in the row have.
    """
    styles = (run.style for run in runs for char in run.text if char not in _BLANKS)
    return "\n".join(_painted(row, styles, base) for row in rows.split("\n"))


def _painted(row: str, styles: Iterator[Style], base: str) -> str:
    inked = [None if char in _BLANKS else next(styles, Style.PLAIN) for char in row]
    painted, start = "", 0
    filled = _filled(inked)
    for at in range(1, len(row) + 1):
        if at == len(row) or filled[at] != filled[start]:
            before = attributes(filled[start], base)
            painted += f"{before}{row[start:at]}{_RESET if before else ''}"
            start = at
    return painted


def _filled(inked: list[Style | None]) -> list[Style]:
    """Give each blank the style that its neighbours have in common."""
    following: list[Style] = []
    after = Style.PLAIN
    for style in reversed(inked):
        after = style if style is not None else after
        following.append(after)
    filled, last = [], Style.PLAIN
    for style, after in zip(inked, reversed(following), strict=True):
        last = style if style is not None else last
        filled.append(style if style is not None else last & after)
    return filled
