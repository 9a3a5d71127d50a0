"""How a piece of a row looks, without a word about terminals, and a colour for each name."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

from client.text.styles import Style
from messages.names import canonical_key
from messages.rows import prefix, width

NAME_COLOURS = (27, 28, 29, 30, 31, 62, 64, 65, 96, 97, 98, 99, 130, 131, 132, 133, 161, 162, 163, 164)
"""Colours of the palette of 256 that contrast by 4 or more both with black and with white."""


class Tone(NamedTuple):
    """The look of a piece: the style of its text, a colour of the palette of 256, and more.

    `link` is an address that the piece leads to.
    """

    style: Style = Style.PLAIN
    colour: int | None = None
    bold: bool = False
    dim: bool = False
    reverse: bool = False
    link: str = ""


PLAIN = Tone()
DIM = Tone(dim=True)
BOLD = Tone(bold=True)
CHOSEN = Tone(reverse=True)
WAITS = Tone(colour=130, bold=True)
"""What is meant for the person."""
BAD = Tone(colour=161, bold=True)

Piece = tuple[str, Tone]
Row = list[Piece]


def text_of(row: Row) -> str:
    """Return the text of a row."""
    return "".join(text for text, _ in row)


def name_tone(name: str) -> Tone:
    """Return the look of a name, the same each time."""
    return Tone(
        colour=NAME_COLOURS[crc32(canonical_key(name).encode(errors="replace")) % len(NAME_COLOURS)],
        bold=True,
    )


def fitted(row: Row, columns: int) -> Row:
    """Return a row that is cut to so many columns."""
    fitting: Row = []
    for text, tone in row:
        if width(text) > columns:
            return [*fitting, (f"{prefix(text, columns - 1)}…" if columns > 1 else "", tone)]
        fitting.append((text, tone))
        columns -= width(text)
    return fitting
