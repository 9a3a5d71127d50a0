"""Colours of names."""

from __future__ import annotations

from client.screen.tones import NAME_COLOURS, name_tone

_LEVELS = (0, 95, 135, 175, 215, 255)


def luminance(colour: int) -> float:
    """Return the relative luminance of a colour of the cube of the palette (WCAG 2)."""
    red, green, blue = (_LEVELS[(colour - 16) // step % 6] / 255 for step in (36, 6, 1))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_names_can_be_read_on_black_and_on_white() -> None:
    for colour in NAME_COLOURS:
        light = luminance(colour)
        assert min((light + 0.05) / 0.05, 1.05 / (light + 0.05)) >= 4


def test_a_name_has_the_same_colour_each_time_whatever_its_spelling() -> None:
    assert name_tone("Bob") == name_tone("bob")
    assert len({name_tone(f"user{number}").colour for number in range(200)}) == len(NAME_COLOURS)
    assert name_tone("\ud800").colour in NAME_COLOURS
