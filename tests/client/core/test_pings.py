"""Which messages are meant for the person: as the broker says, or as the client finds in the text."""

import pytest
from driven import Driven, message
from msgspec.structs import replace

from client.core.person.attention import Attention, Concern, Level
from client.core.pings import pings
from messages.events import Message


def said(text: str = "hello", *names: str, everyone: bool = False, sender: str = "bob") -> Message:
    return replace(message(1, sender=sender), text=text, mentions=names, everyone=everyone)


@pytest.mark.parametrize(
    ("one", "meant"),
    [
        (said("@alice"), False),
        (said("alice: look"), False),
        (said("look", "alice"), True),
        (said("look", "carol"), False),
        (said("@all", everyone=True), True),
        (said("@all", "alice", everyone=True, sender="alice"), False),
        (message(1, "@bob"), True),
        (message(1, "@bob", sender="alice"), False),
    ],
)
def test_the_broker_says_whom_a_message_mentions(one: Message, meant: bool) -> None:
    assert pings(one, "alice", found=True) is meant


def test_for_an_earlier_broker_the_text_says_it() -> None:
    assert pings(said("alice: look"), "alice", found=False)
    assert not pings(said("look"), "alice", found=False)


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
    attention = Attention(driven.session, Level.MENTION)
    names = ("alice",) if abilities and "@" in text else ()
    assert attention.take(said(text, *names)) is concern
    assert attention.take_ring() is (concern is not None)
