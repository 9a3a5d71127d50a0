"""The pictures of the full screens can be made, and the documents show them."""

from __future__ import annotations

import re
import socket
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools.make_screens import DOCS, NARROW, stage
from tools.terminal_svg import Look, Run, draw, shown, texts


def test_a_narrow_screen_can_be_pictured_with_all_that_its_log_shows(tmp_path: Path) -> None:
    with stage(tmp_path) as people:
        people.talk()
        window = people.narrow()
    rows, columns = NARROW
    assert len(window.rows) == rows
    assert all(run.column + run.cells <= columns for row in window.rows for run in row)
    picture = draw([window], "a test")
    ElementTree.fromstring(picture)
    words = " ".join(map(unescape, texts(picture)))
    for word in ("#dev", "carol", "test_retry.py 50 bytes", "nice find", "great, then", "complete to"):
        assert word in words
    assert str(tmp_path) not in picture


@pytest.mark.parametrize(
    ("name", "document"),
    [("screen", "client"), ("screen-search", "client"), ("screen-narrow", "client"), ("top", "broker")],
)
def test_a_picture_is_shown_and_tells_nothing_of_the_machine_it_was_made_on(name: str, document: str) -> None:
    assert f"({name}.svg)" in (DOCS / f"{document}.md").read_text("utf-8")
    picture = (DOCS / f"{name}.svg").read_text("utf-8")
    ElementTree.fromstring(picture)
    words = "\n".join(texts(picture))
    assert not re.search(r"/tmp|/home|/root|/work", words)
    assert socket.gethostname() not in words.split()
    assert set(re.findall(r"\d\d:\d\d(?::\d\d)?", words)) <= {"09:41", "09:41:12"}
    assert set(re.findall(r"\d{4}-\d\d-\d\d", words)) <= {"2026-12-01"}


def test_a_run_of_letters_has_one_look_and_wide_ones_stand_alone() -> None:
    heard = "a\x1b[1;7mb\x1b[0;2m日c\x1b[0m d 10:30"
    (row,) = shown(heard, 20, 1, [(r"\d\d:\d\d", "09:41")])
    grey = "#8b93a1"
    assert row == [
        Run(0, "a", 1),
        Run(1, "b", 1, Look("#1b1f27", "#e2e6ee", bold=True)),
        Run(2, "日", 2, Look(grey)),
        Run(4, "c", 1, Look(grey)),
        Run(5, " d 09:41       ", 15),
    ]
