"""QR codes in half blocks."""

from __future__ import annotations

import sys

import pytest
import segno

from client.screen.settings.themes import THEMES, Depth, Looks
from client.screen.sheets.scanning import QUIET, qr_picture
from client.screen.tones import PICTURE, text_of

_DARK = {" ": (1, 1), "▄": (1, 0), "▀": (0, 1), "█": (0, 0)}
"""Whether the upper and the lower half of a block are dark."""


@pytest.mark.parametrize("text", ["short", "chat://chat.example.org:9009?key=" + "A" * 43 + "&link=K7QXN2FP"])
def test_the_blocks_are_the_modules_of_the_code_with_its_quiet_zone(text: str) -> None:
    picture = qr_picture(text)
    assert picture is not None
    halves = [[_DARK[block] for block in text_of(row)] for row in picture.rows]
    modules = [[pair[half] for pair in row] for row in halves for half in (0, 1)]
    wanted = [
        list(row) for row in segno.make_qr(text, error="l", boost_error=False).matrix_iter(border=QUIET)
    ]
    assert modules[: len(wanted)] == wanted
    assert not any(map(any, modules[len(wanted) :]))
    assert picture.columns == len(wanted)


def test_the_picture_is_white_and_black_in_every_theme() -> None:
    assert {tone for _, tone in qr_picture("x").rows[0]} == {PICTURE}  # type: ignore[union-attr]
    looks = [Looks(theme, depth).of(PICTURE) for theme in THEMES for depth in (Depth.MANY, Depth.SIXTEEN)]
    assert {(one.colour, one.ground, one.reverse) for one in looks} == {(231, 16, False), (15, 0, False)}


def test_there_is_no_picture_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    assert qr_picture("x") is None
