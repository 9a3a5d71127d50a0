"""How many colours a terminal has, and that those of a theme are written to it as they are."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from client.screen.available import prepare
from client.screen.painting.pane import strip_of
from client.screen.settings.depth import depth_of
from client.screen.settings.themes import THEMES, Depth, Looks
from client.screen.tones import BAD, CHOSEN, DIM, PLAIN, WAITS, Row, name_tone

ROW: Row = [(f"user{number}", name_tone(f"user{number}")) for number in range(100)]
ROW += [("a", BAD), ("b", CHOSEN), ("c", DIM), ("d", PLAIN), ("e", WAITS)]


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"TERM": "xterm"}, Depth.SIXTEEN),
        ({"TERM": "xterm-16color"}, Depth.SIXTEEN),
        ({"TERM": "linux"}, Depth.SIXTEEN),
        ({"TERM": "screen"}, Depth.SIXTEEN),
        ({"TERM": "tmux-256color"}, Depth.MANY),
        ({"TERM": "xterm-256color"}, Depth.MANY),
        ({"TERM": "xterm-kitty"}, Depth.MANY),
        ({"TERM": "alacritty"}, Depth.MANY),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, Depth.MANY),
        ({"TERM": "vt220"}, Depth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, Depth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, Depth.MANY),
    ],
)
def test_as_many_colours_are_used_as_the_terminal_has(environ: dict[str, str], depth: Depth) -> None:
    assert depth_of(environ) is depth


def written(depth: Depth, theme: str) -> set[int]:
    """Return the numbers of all colours that Rich writes for a row, as Textual lets it."""
    environ = {"TERM": "xterm", "NO_COLOR": "1"} if depth is Depth.NONE else {"TERM": "xterm"}
    prepared = environ | ({"COLORTERM": "truecolor"} if depth is Depth.MANY else {})
    prepare(prepared)
    system = prepared["TEXTUAL_COLOR_SYSTEM"]
    console = Console(color_system=system, force_terminal=True, file=StringIO(), _environ=environ)  # type: ignore[arg-type]
    text = strip_of(ROW, 800, Looks(theme, depth)).render(console)
    found: set[int] = set()
    for codes in re.findall(r"\x1b\[([0-9;]*)m", text):
        found |= {int(one) for one in re.findall(r"[34]8;5;(\d+)", codes)}
        numbers = [int(one) for one in re.sub(r"[34]8;5;\d+", "", codes).split(";") if one]
        found |= {number % 10 + (8 if number >= 90 else 0) for number in numbers if number >= 30}
    return found


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("depth", Depth)
def test_the_colours_of_a_theme_are_not_rounded(depth: Depth, theme: str) -> None:
    looks = Looks(theme, depth)
    palette = looks.palette
    wanted = {*palette.names, palette.ground, *(looks.of(tone).colour for _, tone in ROW)} - {None}
    assert written(depth, theme) == wanted
