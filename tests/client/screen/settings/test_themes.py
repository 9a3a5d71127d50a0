"""The themes: everything can be read on their backgrounds, and nothing is said by colour alone."""

from __future__ import annotations

import pytest

from client.screen.settings.themes import THEMES, Depth, Looks, Palette
from client.screen.tones import BAD, CHOSEN, DIM, KEYWORD, OWN, PLAIN, WAITS, Meaning, Tone, name_tone
from client.text.styles import Style

Colour = tuple[int, int, int]

_CUBE = (0, 95, 135, 175, 215, 255)
_XTERM = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff "
    "00ffff ffffff"
)
"""The first 16 colours, as xterm has them."""
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def rgb(number: int) -> Colour:
    if number < 16:
        red, green, blue = bytes.fromhex(_XTERM.split()[number])
        return red, green, blue
    if number < 232:
        at = number - 16
        return _CUBE[at // 36], _CUBE[at // 6 % 6], _CUBE[at % 6]
    grey = 8 + 10 * (number - 232)
    return grey, grey, grey


def luminance(colour: Colour) -> float:
    """Return the relative luminance of a colour (WCAG 2)."""
    parts = [one / 255 for one in colour]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours(palette: Palette) -> set[int]:
    """Return all that is written with."""
    found = {*palette.names, *palette.colours.values(), palette.text, palette.quiet}
    return {one for one in found if one is not None}


@pytest.mark.parametrize(("theme", "least"), [("dark", 4.5), ("light", 4.5), ("contrast", 7.0)])
@pytest.mark.parametrize("depth", [Depth.SIXTEEN, Depth.MANY])
def test_every_colour_can_be_read_on_the_background_of_its_theme(
    theme: str, depth: Depth, least: float
) -> None:
    palette = Looks(theme, depth).palette
    assert palette.ground is not None
    assert palette.text is not None
    for colour in colours(palette):
        assert contrast(rgb(colour), rgb(palette.ground)) >= least, colour


@pytest.mark.parametrize("depth", [Depth.SIXTEEN, Depth.MANY])
def test_on_the_terminals_own_background_every_colour_can_be_read_on_black_and_on_white(depth: Depth) -> None:
    palette = Looks("terminal", depth).palette
    assert palette.ground is None
    assert palette.text is None
    for colour in colours(palette):
        assert min(contrast(rgb(colour), BLACK), contrast(rgb(colour), WHITE)) >= 4, colour


@pytest.mark.parametrize("theme", ["terminal", "dark", "light", "contrast"])
def test_bold_text_can_be_read_if_a_terminal_with_sixteen_colours_makes_it_brighter(theme: str) -> None:
    looks = Looks(theme, Depth.SIXTEEN)
    ground = looks.palette.ground
    grounds = [BLACK, WHITE] if ground is None else [rgb(ground)]
    for tone in [*(Tone(meaning=one) for one in Meaning), *(name_tone(f"u{number}") for number in range(50))]:
        look = looks.of(tone)
        if look.bold and look.colour is not None and look.colour < 8:
            assert min(contrast(rgb(look.colour + 8), one) for one in grounds) >= 4, tone


@pytest.mark.parametrize("theme", THEMES)
def test_sixteen_colours_are_the_terminals_own(theme: str) -> None:
    palette = Looks(theme, Depth.SIXTEEN).palette
    assert all(one < 16 for one in {*colours(palette), palette.ground or 0})


@pytest.mark.parametrize("theme", ["terminal", "dark", "light", "contrast"])
@pytest.mark.parametrize("depth", [Depth.SIXTEEN, Depth.MANY])
def test_names_differ(theme: str, depth: Depth) -> None:
    looks = Looks(theme, depth)
    seen = {looks.of(name_tone(f"user{number}")).colour for number in range(500)}
    assert len(seen) == len(looks.palette.names) >= (3 if depth is Depth.SIXTEEN else 15)


@pytest.mark.parametrize("theme", THEMES)
def test_without_colours_there_are_none_and_attributes_say_the_same(theme: str) -> None:
    looks = Looks(theme, Depth.NONE)
    for meaning in Meaning:
        look = looks.of(Tone(meaning=meaning))
        assert (look.colour, look.ground) == (None, None)
    plain = looks.of(PLAIN)
    assert all(looks.of(tone) != plain for tone in (BAD, CHOSEN, DIM, KEYWORD, OWN, WAITS, name_tone("bob")))
    assert Looks("mono", Depth.MANY).of(WAITS) == looks.of(WAITS)


def test_high_contrast_has_nothing_dim() -> None:
    for depth in (Depth.SIXTEEN, Depth.MANY):
        assert not any(Looks("contrast", depth).of(Tone(meaning=one)).dim for one in Meaning)


def test_markup_is_shown_on_top_of_a_meaning() -> None:
    looks = Looks("dark")
    assert looks.of(WAITS._replace(style=Style.ITALIC)) == looks.of(WAITS)._replace(italic=True)
    assert looks.of(Tone(Style.CODE)) == looks.of(Tone(meaning=Meaning.CODE))
    assert looks.of(Tone(Style.MARK)) == looks.of(Tone(meaning=Meaning.MARK))
    assert looks.of(Tone(Style.QUOTE)).colour == looks.palette.quiet
    assert looks.of(Tone(Style.LINK)).underline
    assert looks.of(Tone(Style.STRIKE | Style.BOLD)) == looks.plain._replace(strike=True, bold=True)
