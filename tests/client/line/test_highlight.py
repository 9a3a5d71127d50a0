from __future__ import annotations

import pytest

from client.core.person.attention import Concern
from client.line.highlight import has_title, shows_markup, styles, title


def test_each_concern_has_a_colour_unless_the_person_wants_none() -> None:
    assert set(styles({})) == set(styles({"NO_COLOR": "1"})) == set(Concern)
    assert len(set(styles({"NO_COLOR": ""}).values())) == 2
    assert set(styles({"NO_COLOR": "1"}).values()) == {"\x1b[1m"}


@pytest.mark.parametrize(("count", "text"), [(0, ""), (1, "(1) chat"), (1_200, "(1,200) chat")])
def test_the_title_counts_what_waits(count: int, text: str) -> None:
    assert title(count) == text


@pytest.mark.parametrize(
    ("term", "has"), [("xterm-256color", True), ("tmux", True), ("linux", False), ("dumb", False)]
)
def test_a_title_is_set_only_where_windows_have_one(term: str, has: bool) -> None:
    assert has_title({"TERM": term}) is has


@pytest.mark.parametrize(
    ("environ", "shown"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "linux"}, True),
        ({"TERM": "vt220"}, False),
        ({"TERM": "vt220", "COLORTERM": "truecolor"}, True),
        ({"TERM": "vt220", "FORCE_COLOR": "1"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({}, False),
    ],
)
def test_markup_is_shown_where_there_are_colours(environ: dict[str, str], shown: bool) -> None:
    assert shows_markup(environ) is shown
