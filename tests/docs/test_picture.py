"""Plays the session of the README's picture again, and compares what the terminals show."""

from __future__ import annotations

from pathlib import Path

from tools.make_picture import DESCRIPTION, PICTURE, play
from tools.terminal_svg import draw, texts

OUTDATED = "docs/picture.svg is outdated; `make picture` makes it anew"


def test_the_picture_shows_what_the_programs_show(tmp_path: Path) -> None:
    picture = draw(play(tmp_path), DESCRIPTION)
    committed = PICTURE.read_text("utf-8")
    assert texts(picture) == texts(committed), OUTDATED
    assert picture == committed, OUTDATED
