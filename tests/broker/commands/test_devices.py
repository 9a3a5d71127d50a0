"""What a user's other sessions get when one of them does something, as docs/protocol.md says."""

from itertools import takewhile
from typing import Any

import pytest
from keyring import KEYS
from wired import BEGINNING, Chat, Client

from broker.core.settings import Caps
from broker.core.store import StoredMessage
from messages.events import (
    AwaySet,
    Event,
    Ignoring,
    Message,
    Moved,
    ReadReceiptsSet,
    System,
    SystemKind,
)
from messages.moderation import Ignore, InviteUser
from messages.replies import Done
from messages.requests import (
    Away,
    Confirm,
    Join,
    Leave,
    Login,
    Nick,
    Ping,
    ReadReceipts,
    Request,
    Send,
    Topic,
)
from messages.version import PROTOCOL

ALICE = KEYS[0]


def pair(chat: Chat) -> tuple[Client, Client]:
    """Return two connected sessions of alice."""
    laptop, phone = chat.login("alice", identity=ALICE), chat.login("alice", identity=ALICE)
    return laptop, phone


TEXT = "alice left #soil"


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        (Confirm, ("#lobby", 1), Moved("#lobby", 1, 1, unread=1, at=BEGINNING.at)),
        (Confirm, ("#lobby", 1, 1), Moved("#lobby", 1, 1, 1, at=BEGINNING.at)),
        (Confirm, ("@bob", 1), Moved("@bob", 1, 1, unread=1, user_id=2, at=BEGINNING.at)),
        (Away, ("at lunch",), AwaySet("at lunch")),
        (Away, (), None),
        (ReadReceipts, (False,), ReadReceiptsSet(on=False)),
        (ReadReceipts, (True,), None),
        (Join, ("#tea",), Moved("#tea", 0, 0)),
        (Join, ("#soil",), None),
        (
            *(Leave, ("#soil",)),
            System(SystemKind.LEFT, "alice", TEXT, room="#soil", reason="left the room", user_id=1),
        ),
    ],
)
def test_a_second_device_is_told_what_the_first_does_and_earlier_clients_what_they_know(
    chat: Chat, kind: type[Request], values: tuple[Any, ...], told: Event | None
) -> None:
    laptop, phone = pair(chat)
    laptop.ask(Join, "#soil")
    earlier = chat.connect(identity=ALICE)
    earlier.ask(Login, PROTOCOL, "alice")
    bob = chat.login("bob")
    bob.ask(Send, "#lobby", "hello")
    bob.ask(Send, "@alice", "psst")
    for client in (laptop, phone, earlier, bob):
        client.events()
    laptop.ask(kind, *values)
    assert phone.events() == ([told] if told else [])
    assert earlier.events() == ([told] if isinstance(told, System) else [])
    assert laptop.events() == []
    assert bob.events(Moved, AwaySet, ReadReceiptsSet, System) == []


def test_a_confirm_that_changes_nothing_tells_nothing(chat: Chat) -> None:
    laptop, phone = pair(chat)
    chat.login("bob").ask(Send, "#lobby", "hello")
    laptop.ask(Confirm, "#lobby", 1)
    phone.events()
    phone.ask(Confirm, "#lobby", 1)
    assert laptop.events(Moved) == []


def test_a_confirm_that_makes_the_broker_count_many_unread_messages_costs_more_than_others() -> None:
    chat = Chat(caps=Caps(rate=1.0, burst=20, rooms_per_user=10))
    chat.users("alice", "bob", "carol")
    said = [StoredMessage("#lobby", seq, f"s{seq}", 2, "bob", "hi", BEGINNING.at) for seq in range(1, 1_001)]
    chat.store.commit(said)
    chat.restart()
    laptop, _, alone = *pair(chat), chat.login("carol")

    def confirmed(client: Client) -> int:
        """Return how many messages the client can confirm one by one before it has to wait."""
        replies = (client.ask(Confirm, "#lobby", seq) for seq in range(1, 151))
        return sum(1 for _ in takewhile(lambda reply: isinstance(reply, Done), replies))

    assert confirmed(alone) == 150
    assert 30 < confirmed(laptop) < 100


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
