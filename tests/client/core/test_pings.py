"""Which messages are meant for the person: as the broker says, or as the client finds in the text."""

import pytest
from driven import Driven, message
from msgspec.structs import replace

from client.core.person.attention import Attention
from client.core.person.notices import Concern, Level
from client.core.pings import mentions_user
from client.text.times import time_in
from messages.events import Message


def said(text: str = "hello", *names: str, everyone: bool = False) -> Message:
    return replace(message(1), text=text, mentions=names, everyone=everyone)


@pytest.mark.parametrize(
    ("one", "meant"),
    [
        (said("@alice"), False),
        (said("alice: look"), False),
        (said("look", "alice"), True),
        (said("look", "carol"), False),
        (said("@all", everyone=True), True),
    ],
)
def test_the_broker_says_whom_a_message_mentions(one: Message, meant: bool) -> None:
    assert mentions_user(one, "alice", found=True) is meant


def test_for_an_earlier_broker_the_text_says_it() -> None:
    assert mentions_user(said("alice: look"), "alice", found=False)
    assert not mentions_user(said("look"), "alice", found=False)


@pytest.mark.parametrize(
    ("abilities", "text", "concern"),
    [
        ((), "alice", Concern.MENTION),
        (("mention",), "alice", None),
        (("mention",), "@alice", Concern.MENTION),
    ],
)
def test_a_session_goes_by_what_its_broker_can(
    abilities: tuple[str, ...], text: str, concern: Concern | None
) -> None:
    driven = Driven()
    driven.log_in(abilities=abilities)
    attention = Attention(driven.session, Level.MENTION, time_in)
    names = ("alice",) if abilities and "@" in text else ()
    assert attention.take(said(text, *names), 0.0) is concern
    assert (attention.take_ring(0.0) is not None) is (concern is not None)
