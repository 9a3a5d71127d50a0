"""The themes: how each meaning looks, on terminals with 256, 16 and no colours.

A colour is a number of the palette: the first 16 are the terminal's own, the others are the same everywhere.
What a colour says is always said by an attribute, a sign or a word as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from client.screen.tones import Meaning, Tone
from client.text.styles import Style


class Depth(IntEnum):
    """How many colours a terminal has."""

    NONE = 0
    SIXTEEN = 16
    MANY = 256


class Look(NamedTuple):
    """How a piece is drawn. None stands for the terminal's own colour."""

    colour: int | None = None
    ground: int | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    strike: bool = False
    underline: bool = False
    reverse: bool = False


class Palette(NamedTuple):
    """The colours of a theme. If `quiet` is None, what stands back is dim."""

    text: int | None = None
    ground: int | None = None
    quiet: int | None = None
    names: tuple[int | None, ...] = (None,)
    bold_names: bool = True
    """Terminals with 16 colours may show bold text in a brighter colour, which can be too bright."""
    colours: Mapping[Meaning, int] = {}


class Theme(NamedTuple):
    """A name and a clause for people, and the palettes."""

    name: str
    help: str
    many: Palette
    few: Palette


_BOLD = {
    Meaning.STRONG,
    Meaning.NAME,
    Meaning.OWN,
    Meaning.MENTION,
    Meaning.KEYWORD,
    Meaning.ERROR,
    Meaning.CODE_KEYWORD,
}
_QUIET = {
    Meaning.QUIET,
    Meaning.NOTICE,
    Meaning.TIME,
    Meaning.RULE,
    Meaning.STATUS,
    Meaning.MARK,
    Meaning.QUOTE,
    Meaning.CODE_COMMENT,
}
_REVERSE = {Meaning.CHOSEN, Meaning.HIT}
_UNDERLINE = {Meaning.LINK}
_NAMES = {Meaning.NAME, Meaning.MEMBER}


def _names(numbers: str) -> tuple[int, ...]:
    return tuple(map(int, numbers.split()))


def _colours(*numbers: int | None) -> dict[Meaning, int]:
    """Return the colours of some meanings in this order; None for those that are told by attributes alone."""
    return {meaning: number for meaning, number in zip(_COLOURED, numbers, strict=True) if number is not None}


_COLOURED = (
    Meaning.MENTION,
    Meaning.KEYWORD,
    Meaning.ERROR,
    Meaning.CODE,
    Meaning.CODE_BUILTIN,
    Meaning.CODE_KEYWORD,
    Meaning.CODE_NAME,
    Meaning.CODE_TEXT,
    Meaning.CODE_NUMBER,
)


THEMES = {
    theme.name: theme
    for theme in (
        Theme(
            "terminal",
            "the terminal's own background",
            Palette(
                names=_names("27 28 29 30 31 62 64 65 96 97 98 99 130 131 132 133 161 162 163 164"),
                colours=_colours(130, 30, 161, 30, 30, 27, 27, 28, 132),
            ),
            Palette(
                names=(None, 5, 12), bold_names=False, colours=_colours(12, 12, None, 5, 5, 12, 12, 5, 5)
            ),
        ),
        Theme(
            "dark",
            "bright colours on dark grey",
            Palette(
                text=252,
                ground=234,
                quiet=246,
                names=_names("39 43 70 75 80 107 110 114 141 143 149 173 175 177 179 203 204 208 212 215"),
                colours=_colours(215, 80, 203, 116, 116, 111, 111, 150, 180),
            ),
            Palette(
                7, 0, None, (2, 3, 6, 9, 10, 11, 13, 14), True, _colours(11, 14, 9, 6, 6, 14, 14, 10, 11)
            ),
        ),
        Theme(
            "light",
            "dark colours on white",
            Palette(
                text=235,
                ground=231,
                quiet=242,
                names=_names("18 20 22 24 26 28 29 54 57 62 88 90 92 94 98 125 127 130 160 163"),
                colours=_colours(130, 24, 160, 24, 24, 26, 26, 28, 90),
            ),
            Palette(0, 15, None, (1, 4, 5, 12), False, _colours(4, 4, None, 5, 5, 4, 1, 5, 1)),
        ),
        Theme(
            "contrast",
            "high contrast: white and bright colours on black",
            Palette(
                text=231,
                ground=16,
                quiet=251,
                names=_names("44 46 80 87 111 114 119 159 183 191 208 211 213 215 219 220 226"),
                colours=_colours(226, 87, 210, 87, 87, 159, 159, 119, 219),
            ),
            Palette(15, 0, 15, (10, 11, 14), True, _colours(11, 14, 11, 14, 14, 14, 14, 10, 11)),
        ),
        Theme("mono", "no colours", Palette(), Palette()),
    )
}
"""The themes by their names, the default one first."""

_NO_COLOURS = Palette()


class Looks:
    """How tones look in one theme on one terminal. It does not change."""

    def __init__(self, theme: str = "terminal", depth: Depth = Depth.MANY) -> None:
        chosen = THEMES[theme]
        few = chosen.few if depth is Depth.SIXTEEN else _NO_COLOURS
        self.palette = chosen.many if depth is Depth.MANY else few
        self.picture = {Depth.MANY: Look(231, 16), Depth.SIXTEEN: Look(15, 0)}.get(depth, Look())

    @property
    def plain(self) -> Look:
        """The look of what means nothing, also of blanks."""
        return Look(self.palette.text, self.palette.ground)

    def of(self, tone: Tone) -> Look:
        """Return the look of a piece."""
        meaning, style = _shown(tone), tone.style
        if meaning is Meaning.PICTURE:
            return self.picture
        palette, quiet = self.palette, meaning in _QUIET or bool(style & Style.NOTE)
        colour = palette.colours.get(meaning, palette.text)
        if meaning in _NAMES:
            colour = palette.names[tone.hue % len(palette.names)]
        elif quiet and palette.quiet is not None:
            colour = palette.quiet
        if tone.reverse:  # as one bar, and not as patches of colours
            colour, quiet = palette.text, False
        return Look(
            colour,
            palette.ground,
            bold=(meaning in _BOLD and (palette.bold_names or meaning is not Meaning.NAME))
            or bool(style & (Style.BOLD | Style.BULLET)),
            dim=quiet and palette.quiet is None,
            italic=bool(style & Style.ITALIC),
            strike=bool(style & Style.STRIKE),
            underline=meaning in _UNDERLINE or bool(style & Style.LINK),
            reverse=tone.reverse or meaning in _REVERSE,
        )


def _shown(tone: Tone) -> Meaning:
    """Return the meaning by which a piece is coloured: that of its markup, if it has any."""
    if tone.style & Style.MARK:
        return Meaning.MARK
    if tone.style & Style.CODE:
        return Meaning.CODE
    if tone.style & Style.QUOTE and tone.meaning is Meaning.TEXT:
        return Meaning.QUOTE
    return tone.meaning


TERMINAL = Looks()
"""The looks of the default theme."""
