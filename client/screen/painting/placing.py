"""Rows whose pieces stand where they should, however wide a terminal draws a text.

Terminals disagree about emoji made of several characters, about vowels of Indic scripts, and more. What is
counted here is the most that any of them takes, so a row never runs out of its pane. A row with such a text
is erased first, and the terminal is told where each bar stands, and where the row ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.strip import Strip

from messages.rows import prefix, width

BAR = "│"
"""What begins a piece that has to stand at its column."""

_CERTAIN = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e"
    "\u20a0-\u20bf\u2190-\u22ff\u2500-\u257f\u2713\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
    "\uff01-\uff5e\uffe0-\uffe6]*"
)
"""Characters that run from left to right, and whose width all terminals agree about."""

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_KEEP_PLACE, _TO_PLACE = "\x1b7", "\x1b8"
_LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
"""Keeps a terminal that reorders texts from reordering them across a bar."""


def placed(pieces: list[Segment], columns: int, blank: Style | None = None) -> Strip:
    """Return a row that fills so many columns, with blanks of a style."""
    if all(_CERTAIN.fullmatch(piece.text) for piece in pieces):
        return Strip(pieces).adjust_cell_length(columns, blank)
    segments = [_control(f"{_KEEP_PLACE}\x1b[{columns}X")]
    fitting = list(_fitting(pieces, columns))
    text_from = max((n for n, piece in enumerate(fitting) if piece.text.startswith(BAR)), default=0)
    at = shown = 0
    leftward: object = None
    for number, piece in enumerate(fitting):
        if at and piece.text.startswith(BAR):
            segments.append(_control(f"{_TO_PLACE}{_KEEP_PLACE}\x1b[{at}C"))
        segments.append(piece)
        at += width(piece.text)
        shown += cell_len(piece.text)
        leftward = _RIGHT_TO_LEFT.search(piece.text) or (leftward and number > text_from)
        if leftward and (number < text_from or piece is fitting[-1]):  # the pieces of a text stay together
            segments.append(_control(_LEFT_TO_RIGHT))
    segments.append(Segment(" " * (columns - max(at, shown)), blank))  # for pictures of the screen
    segments.append(_control(f"{_TO_PLACE}\x1b[{columns}C"))
    return Strip(segments, columns)


def _fitting(pieces: list[Segment], columns: int) -> Iterator[Segment]:
    """Yield pieces, cut to so many columns."""
    for piece in pieces:
        text = prefix(piece.text, columns)
        yield piece if text == piece.text else Segment(text, piece.style)
        columns -= width(text)
        if text != piece.text:
            return


def _control(sequence: str) -> Segment:
    return Segment(sequence, None, [(ControlType.CURSOR_MOVE_TO_COLUMN, 0)])
