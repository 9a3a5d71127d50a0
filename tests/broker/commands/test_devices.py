"""What a user's other sessions get when one of them does something, as docs/protocol.md says."""

from typing import Any

import pytest
from keyring import KEYS
from wired import Chat

from messages.events import Ignoring, Message, System, SystemKind
from messages.moderation import Ignore, InviteUser
from messages.requests import Away, Confirm, Join, Leave, Nick, Ping, ReadReceipts, Request, Send, Topic

ALICE = KEYS[0]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Confirm, ("#lobby", 1, 1)),
        (Away, ("at lunch",)),
        (ReadReceipts, (False,)),
        (Join, ("#tea",)),
        (Leave, ("#soil",)),
    ],
)
def test_a_second_device_is_not_told_of_cursors_away_texts_and_memberships(
    chat: Chat, kind: type[Request], values: tuple[Any, ...]
) -> None:
    laptop, phone = chat.login("alice", identity=ALICE), chat.login("alice", identity=ALICE)
    laptop.ask(Join, "#soil")
    chat.login("bob").ask(Send, "#lobby", "hello")
    phone.events()
    laptop.ask(kind, *values)
    assert phone.events() == []


def test_a_second_device_gets_the_messages_of_a_room_that_the_first_joined(chat: Chat) -> None:
    laptop, phone, bob = (*(chat.login("alice", identity=ALICE) for _ in range(2)), chat.login("bob"))
    bob.ask(Join, "#tea")
    laptop.ask(Join, "#tea")
    phone.events()
    bob.ask(Send, "#tea", "hello")
    assert [(said.conversation, said.text) for said in phone.events(Message)] == [("#tea", "hello")]


def test_a_second_device_gets_what_the_first_says_and_does_before_others(chat: Chat) -> None:
    laptop, phone = chat.login("alice", identity=ALICE), chat.login("alice", identity=ALICE)
    bob = chat.login("bob")
    laptop.ask(Join, "#tea")
    phone.events()
    laptop.ask(Send, "@bob", "hello")
    laptop.ask(Topic, "#tea", "green")
    laptop.ask(Ignore, "bob")
    laptop.ask(Nick, "alicia")
    message, topic, ignoring, renamed = phone.events()
    assert (message.conversation, message.text) == ("@bob", "hello")
    assert (topic.kind, renamed.kind) == (SystemKind.TOPIC, SystemKind.RENAMED)
    assert ignoring == Ignoring(["bob"])
    bob.ask(Join, "#club")
    bob.ask(InviteUser, "#club", "alicia")
    assert [event.kind for event in phone.events(System)] == [SystemKind.INVITED]
    assert phone.ask(Ping)
