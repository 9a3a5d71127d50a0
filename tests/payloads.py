"""Texts that a hostile peer could send to a terminal."""

from __future__ import annotations

import random

ESCAPES = [
    *(
        "\x1b[31m",
        "\x1b[2J",
        "\x1b[H",
        "\x1b[5A",
        "\x1b[1;1H",
        "\x1b[?1049h",
        "\x1b[?25l",
        "\x1b[?1000h",
        "\x1b[8m",
    ),
    *(
        "\x1b[6n",
        "\x1b[c",
        "\x1b[21t",
        "\x1b[201~",
        "\x1b[3;5r",
        "\x1b[4h",
        "\x1b[20h",
        "\x1b[1000@",
        "\x1b[",
        "\x1b",
    ),
    *(
        "\x1bc",
        "\x1b7",
        "\x1b8",
        "\x1bM",
        "\x1bD",
        "\x1bE",
        "\x1b#8",
        "\x1b(0",
        "\x1b%G",
        "\x1b=",
        "\x1b>",
        "\x1bZ",
    ),
    *(
        "\x1b]0;owned\x07",
        "\x1b]2;owned\x1b\\",
        "\x1b]52;c;b3duZWQ=\x07",
        "\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\",
    ),
    *(
        "\x1b]4;1;?\x07",
        "\x1bPq#0\x1b\\",
        "\x1b_G\x1b\\",
        "\x1b^x\x1b\\",
        "\x1bXx\x1b\\",
        "\x1b]1337;File=:AAAA\x07",
    ),
    *("\x9b31m", "\x9d0;owned\x9c", "\x90q\x9c", "\x9f", "\x85", "\x84", "\x8d", "\x8e"),
    *("\r", "\b\b\b\b", "\x7f", "\x07", "\x00", "\x0b", "\x0c", "\x0e", "\x0f", "\x1a", "\x1c", "\r\x1b[K"),
]
BIDI = [
    *(
        "\u202e",
        "\u202d",
        "\u202a",
        "\u202b",
        "\u202c",
        "\u2066",
        "\u2067",
        "\u2068",
        "\u2069",
    ),
    *("\u2028", "\u2029", "\ufeff", "\ufff9", "\U000e0041", "\U000e007f"),
]
MARKS = ["\u200e", "\u200f", "\u061c"]
"""A log has escapes for these too. A person's text needs them, and this screen does not know them."""


def payloads(parts: list[str], count: int) -> list[str]:
    """Return texts that hold these parts, each of them at least once, between letters and at the ends."""
    chance = random.Random(7)
    chosen = (
        [parts[number % len(parts)], *chance.choices(parts, k=chance.randrange(3))] for number in range(count)
    )
    return [f"<{number}{'x'.join(some)}{number}>" for number, some in enumerate(chosen)]
