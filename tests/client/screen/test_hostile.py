"""Whatever peers say is only text on the full screen, and no row looks like the program's."""

from __future__ import annotations

import re
from io import StringIO

import pyte
import pytest
from payloads import BIDI, ESCAPES, payloads
from rich.console import Console
from screen_stage import seats
from textual.strip import Strip
from torture.figures import figure
from transcripts import said, transcript

from client.core.events import Replied
from client.core.person.queries import MembersQuery
from client.screen.bars import topic_row
from client.screen.log.layout import Layout
from client.screen.log.transcript import Notice
from client.screen.model.members import MemberRows
from client.screen.painting.pane import strip_of
from client.screen.tones import DIM, Meaning, Row, text_of
from messages.events import Message, Reaction
from messages.files import File
from messages.members import MemberEntry, MemberList
from messages.moderation import Role
from messages.text import neutralise

PAYLOADS = payloads(ESCAPES + BIDI, figure(1_000, 10_000))
CONSOLE = Console(file=StringIO(), color_system="256", force_terminal=True)
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066\u2067\ufeff\ufff9\ud800-\udfff\U000e0000-\U000e007f]"
)
_OWN = re.compile("\x1b7\x1b\\[[0-9]+X|\x1b8(\x1b7)?\x1b\\[[0-9]+C|\u200e")
_NAME = r"([\w<>\\]{1,12}…?( \[(bot|guest)\]|[°?])?|\*|answers|files|reacted)"
_GUTTER = re.compile(rf"( {{6}}|\d\d:\d\d )? *{_NAME}? *[~^!…·✓]* ")


def checked(row: Row, columns: int) -> Strip:
    """Return the strip of a row, in which only the program's own sequences control the terminal."""
    strip = strip_of(row, columns)
    assert strip.cell_length == columns
    for segment in strip:
        if segment.control:
            assert _OWN.fullmatch(segment.text), segment
        else:
            assert not _CONTROL.search(segment.text), segment
    assert "\x1b]8" not in strip.render(CONSOLE) or any(tone.link for _, tone in row)
    return strip


def messages(number: int, payload: str) -> list[Message]:
    seq = 3 * number + 1
    file = File(payload, 5, "a" * 64)
    return [
        said(seq, payload, reactions=(Reaction(payload, 1, ["bob"]),)),
        said(seq + 1, f"/me {payload}", payload, reply_to=seq),
        said(seq + 2, f"```{payload}\n{payload}\n```", files=(file,), bot=True),
    ]


_BY_PROGRAM = {Meaning.QUIET, Meaning.NAME, Meaning.OWN, Meaning.RULE, Meaning.TIME}


@pytest.mark.parametrize("columns", [20, 45, 70])
def test_payloads_reach_the_terminal_as_text_and_no_row_imitates_the_program(columns: int) -> None:
    for number, payload in enumerate(PAYLOADS):
        one = transcript(*messages(number, payload))
        one.add_notice(Notice(neutralise(f"{payload}\n{payload}", keep="\n"), data=True))
        for row in Layout(one).view(columns, 200):
            checked(row, columns)
            text = text_of(row)
            if text.startswith("── ") or "┆ " in text[:8]:
                continue
            if columns == 20:
                assert row[0][1].meaning in _BY_PROGRAM or row[0][0] == " ", text
            else:
                gutter, bar, _ = text.partition("│ ")
                assert bar or not text, text
                assert _GUTTER.fullmatch(gutter), text


def test_payloads_in_names_topics_and_lists_are_text_too() -> None:
    alice, *_ = seats("alice")
    members = MemberRows()
    members.wanted("#dev", 0)
    members.wanted("#lobby", 0)
    conversations = alice.state.conversations
    for payload in PAYLOADS:
        alice.state.topics["#lobby"] = payload
        checked(topic_row(alice.state, 30), 30)
        entry = MemberEntry(payload, 1, Role.OPERATOR, online=True, away=payload)
        members.take(Replied(MembersQuery("r", "#dev"), MemberList("r", "#dev", [entry])))
        members.take(Replied(MembersQuery("r", "#lobby"), MemberList("r", "#lobby", [entry])))
        for row in [
            *members.rows("#dev", 20, 3),
            *members.rows(f"@{payload}", 20, 9),
            *conversations.rows([payload], payload, 22, 3),
        ]:
            assert text_of(row).count("│") == 1
            checked(row, 22)


def test_a_conversation_whose_name_is_none_is_shown_like_any_other() -> None:
    (alice,) = seats("alice")
    for place in ("@", "@\x1b[2J", "lobby"):
        alice.state.open(place)
        alice.state.look_at_members()
        assert text_of(topic_row(alice.state, 30)) == neutralise(place)


def test_panes_stay_in_place_and_nothing_is_asked_for_whatever_is_shown() -> None:
    columns, height = 30, 8
    screen = pyte.Screen(columns + 3, height)
    stream = pyte.Stream(screen)
    before = set(screen.mode), screen.title, screen.charset, screen.margins
    side = strip_of([("│", DIM), ("ab", DIM)], 3)
    for number, payload in enumerate(PAYLOADS[::10]):
        rows = Layout(transcript(*messages(number, payload))).view(columns, height)
        for y, row in enumerate(rows):
            stream.feed(f"\x1b[{y + 1};1H" + Strip.join([checked(row, columns), side]).render(CONSOLE))
        edges = ["".join(screen.buffer[y][columns + x].data for x in range(3)) for y in range(len(rows))]
        assert edges == ["│ab"] * len(rows)
    assert before == (set(screen.mode), screen.title, screen.charset, screen.margins)
