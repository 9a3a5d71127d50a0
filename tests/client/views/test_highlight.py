from __future__ import annotations

import re

import pytest
from driven import AT
from hypothesis import given
from hypothesis import strategies as st

from client.core.person.attention import Ring
from client.core.person.notices import Concern
from client.views.highlight import Means, Ringer, has_title, notice_text, shows_markup, styles, title
from messages.events import Message

XTERM = {"TERM": "xterm-256color"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"}
SCREEN = {"TERM": "screen", "STY": "1.pts-0"}


def ring(text: str = "hello", place: str = "@bob", *, messages: int = 1, missed: bool = False) -> Ring:
    return Ring(Message(place, 1, "m", "bob", text, AT), messages, missed)


def test_each_concern_has_a_colour_unless_the_person_wants_none() -> None:
    assert set(styles({})) == set(styles({"NO_COLOR": "1"})) == set(Concern)
    assert len(set(styles({"NO_COLOR": ""}).values())) == len(Concern)
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
    ("means", "environ", "sequence"),
    [
        (Means.NONE, XTERM, ""),
        (Means.BELL, XTERM, "\a"),
        (Means.OSC9, XTERM, "\x1b]9;bob: hello\a"),
        (Means.OSC777, XTERM, "\x1b]777;notify;chat;bob: hello\a"),
        (Means.OSC9, {"TERM": "linux"}, "\a"),
        (Means.OSC777, {}, "\a"),
        (Means.OSC9, TMUX, "\x1bPtmux;\x1b\x1b]9;bob: hello\a\x1b\\\a"),
        (Means.OSC9, SCREEN, "\x1bP\x1b]9;bob: hello\a\x1b\\\a"),
    ],
)
def test_a_terminal_rings_as_it_is_asked_to_and_can(
    means: Means, environ: dict[str, str], sequence: str
) -> None:
    assert Ringer(means, environ).sequence(ring()) == sequence


def test_a_notification_says_who_writes_where_and_how_much() -> None:
    assert notice_text(ring("one\n\ttwo")) == "bob: one two"
    assert notice_text(ring(place="#tea", messages=3)) == "bob in #tea (3 messages): hello"
    assert notice_text(ring(missed=True)) == "while you were away, bob: hello"
    assert notice_text(ring("4;3;100")) == "bob: 4,3,100"
    assert len(notice_text(ring("x" * 4_000, "#tea"))) == 200


@given(text=st.text(st.characters(exclude_categories=["Cs"])), place=st.sampled_from(["@bob", "#tea"]))
def test_no_text_ends_or_steers_a_control_sequence(text: str, place: str) -> None:
    shown = notice_text(ring(text, place))
    assert not re.search(r"[\x00-\x1f\x7f-\x9f;\u2028\u2029\u202a-\u202e\u2066-\u2069]", shown)
    assert shown.startswith("bob")
    assert len(shown) <= 200


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
