"""The lines around the log, and what peers can do to them and to the log: nothing but show text."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from screen_stage import seats
from transcripts import said, transcript

from client.screen.bars import status_row, topic_row
from client.screen.composer.popup import Guide, Offer, Popup, Told, popup_rows
from client.screen.log.layout import Layout
from client.screen.painting.pane import strip_of
from client.screen.tones import PLAIN, fitted, text_of
from messages.events import Reaction
from messages.files import File
from messages.rows import width

NASTY = st.text(
    st.sampled_from("ab \n\t*`_~>[]()\x1b\x07\x08\r\x9b\u202e\u2066\ufeff\u200d\u0301日👍│─")
    | st.characters(),
    max_size=80,
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066\u2067\ufeff\ud800-\udfff]")
"""The marks that isolate a reaction in another direction are the client's own."""


@settings(max_examples=150, deadline=None)
@given(NASTY, NASTY, st.sampled_from((20, 45, 90)))
def test_nothing_that_a_peer_says_controls_the_terminal_or_breaks_the_rows(
    text: str, other: str, columns: int
) -> None:
    reaction = Reaction(other or "x", 1, ["bob"])
    file = File(other or "x", 5, "a" * 64)
    messages = [
        said(1, f"x{text}", other or "x", reactions=(reaction,)),
        said(2, f"/me {text}", "bob", reply_to=1),
        said(3, other or "x", "bob", files=(file,), bot=True),
    ]
    for row in Layout(transcript(*messages)).view(columns, 60):
        assert not _CONTROL.search(text_of(row))
        strip = strip_of(row, columns)
        assert strip.cell_length == columns
        assert not any(_CONTROL.search(one.text) for one in strip if not one.control)
    for row in [
        fitted([(text, PLAIN), (other, PLAIN)], columns),
        *popup_rows(Popup(Guide()), Offer(Told(text), [text], 0), columns, 2),
    ]:
        assert width(text_of(row)) <= columns


def test_the_status_says_what_the_connection_does_and_who_types() -> None:
    alice, bob = seats("alice", "bob")
    bob.host.field.take([])
    bob.session.typed("#lobby", "hel", bob.world.seconds)
    alice.settle()
    alice.state.update().view(40, 5)
    assert text_of(status_row(alice.state, alice.session, 60)) == "connected | bob types"
    alice.member.cut()
    alice.keys("lost?\r")
    assert text_of(status_row(alice.state, alice.session, 80)).startswith(
        "no connection, trying | 1 on the way"
    )
    assert text_of(status_row(alice.state, alice.session, 10)) == "no connec…"
    assert text_of(topic_row(alice.state, 30)) == "#lobby"


def test_who_types_fits_into_the_status_whatever_the_names() -> None:
    alice, *_ = seats("alice")
    names: tuple[str, ...] = ("bob",)
    alice.session.typists = lambda _place: names  # type: ignore[method-assign]

    def status(columns: int) -> str:
        return text_of(status_row(alice.state, alice.session, columns))

    alice.state.update().view(40, 5)
    assert status(21) == "connected | bob types"
    assert status(20) == "bob types"
    assert status(8) == "1 types"
    names = ("bob", "carol", "dan", "eve", "fred")
    assert status(60) == "connected | bob, carol, dan and 2 others type"
    assert status(40) == "bob, carol, dan and 2 others type"
    assert status(32) == "bob and 4 others type"
    assert status(18) == "connected | 5 type"
    names = ("x" * 32, "שלום\u200f", "日本語")
    assert "x" * 19 + "…, שלום\\u200f, 日本語 type" in status(80)
    for columns in range(1, 90):
        assert width(status(columns)) <= columns
