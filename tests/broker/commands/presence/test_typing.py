"""Who types: passed on to the other members who are online, and to nobody else."""

import pytest
from keyring import KEYS
from photograph import photograph
from wired import Chat, Client, FragileStore, is_unavailable

from messages.errors import ErrorCode
from messages.events import IsTyping, TypingNoticesSet
from messages.limits import TYPING_MEMBERS, TYPING_SECONDS
from messages.moderation import InviteUser, Kick, Mute, RoomRules
from messages.replies import Done
from messages.requests import Join, Leave, Login, Send, Whoami
from messages.typing import Typing, TypingNotices
from messages.version import PROTOCOL


def types(client: Client, conversation: str = "#lobby", *, on: bool = True) -> None:
    assert isinstance(client.ask(Typing, conversation, on), Done)


def test_the_other_members_are_told_who_types(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    for client in (alice, bob):
        client.ask(Join, "#tea")
    for client in (alice, bob):
        client.events()
    types(alice, "#TEA")
    assert bob.events() == [IsTyping("#tea", "alice", 1, on=True)]
    assert alice.events() == []
    assert carol.events() == []
    chat.forward(TYPING_SECONDS)
    types(alice, "#tea", on=False)
    assert bob.events() == [IsTyping("#tea", "alice", 1, on=False)]


def test_in_a_direct_conversation_only_the_other_is_told_once_there_is_a_message(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    types(alice, "@bob")
    assert bob.events() == []
    bob.ask(Send, "@alice", "hello")
    types(alice, "@bob")
    assert bob.events() == [IsTyping("@alice", "alice", 1, on=True)]
    assert carol.events() == []


def test_it_is_passed_on_once_in_three_seconds_in_each_conversation(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Send, "@alice", "hello")
    for _ in range(2):
        types(alice)
        types(alice, "@bob")
        assert [event.conversation for event in bob.events(IsTyping)] == ["#lobby", "@alice"]
        for _ in range(TYPING_SECONDS):
            types(alice)
            types(alice, on=False)
            assert bob.events(IsTyping) == []
            chat.forward(1)


def test_ones_other_devices_and_earlier_clients_are_not_told(chat: Chat) -> None:
    laptop, phone = chat.login("alice", identity=KEYS[0]), chat.login("alice", identity=KEYS[0])
    earlier = chat.connect()
    earlier.ask(Login, PROTOCOL, "bob")
    for client in (phone, earlier):
        client.events()
    types(laptop)
    assert phone.events() == earlier.events() == []


def test_nobody_is_told_in_a_large_conversation(chat: Chat) -> None:
    alice, bob, *_ = chat.users(*(f"user{number}" for number in range(TYPING_MEMBERS)))
    for client in (alice, bob):
        client.events()
    types(alice)
    assert len(bob.events()) == 1
    chat.login("another")
    bob.events()
    chat.forward(TYPING_SECONDS)
    types(alice)
    assert bob.events() == []


def test_whoever_has_turned_it_off_neither_sends_nor_gets_it_also_after_a_restart() -> None:
    chat = Chat()
    alice, bob = chat.users("alice", "bob")
    assert isinstance(alice.ask(TypingNotices, False), Done)
    for client, other in ((alice, bob), (bob, alice)):
        types(client)
        assert other.events() == []
    assert not alice.ask(Whoami).typing
    chat.restart()
    alice = chat.connect()
    assert not alice.login("alice").typing
    bob = chat.login("bob")
    alice.ask(TypingNotices, True)
    types(alice)
    assert len(bob.events(IsTyping)) == 1
    assert alice.ask(Whoami).typing


def test_ones_other_devices_are_told_of_the_setting(chat: Chat) -> None:
    laptop, phone = chat.login("alice", identity=KEYS[0]), chat.login("alice", identity=KEYS[0])
    for _ in range(2):
        laptop.ask(TypingNotices, False)
    assert phone.events() == [TypingNoticesSet(on=False)]
    assert laptop.events() == []


def test_whoever_may_not_speak_does_not_type_either(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for client in (alice, bob):
        client.ask(Join, "#tea")
    alice.ask(Mute, "#tea", "bob")
    assert bob.refused(Typing, "#tea") is ErrorCode.MUTED


@pytest.mark.parametrize("how", ["kicked", "left"])
def test_whoever_is_put_out_of_a_private_room_hears_nothing_of_it(chat: Chat, how: str) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    alice.ask(RoomRules, "#tea", True)
    alice.ask(InviteUser, "#tea", "bob")
    bob.ask(Join, "#tea")
    if how == "kicked":
        alice.ask(Kick, "bob", "#tea")
    else:
        bob.ask(Leave, "#tea")
    for client in (alice, bob):
        client.events()
    types(alice, "#tea")
    assert bob.events() == []
    assert bob.ask(Typing, "#tea", id="x").text == bob.ask(Typing, "#none", id="x").text
    assert bob.refused(Typing, "#tea") is ErrorCode.NO_SUCH_ROOM
    assert alice.events() == []


def test_it_costs_a_tenth_of_a_message(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.peer.credit = 10.0
    types(alice)
    assert alice.peer.credit == pytest.approx(9.9)


def test_a_setting_that_cannot_be_stored_is_as_before() -> None:
    chat = Chat(FragileStore("epoch"))
    (alice,) = chat.users("alice")
    before = photograph(chat.core)
    chat.store.broken = True  # type: ignore[attr-defined]
    assert is_unavailable(alice.ask(TypingNotices, False))
    chat.mend()
    assert photograph(chat.core) == before
    assert alice.ask(Whoami).typing
