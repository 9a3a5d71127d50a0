"""Receipts for who was not there: senders who come back, and recipients who joined later."""

import pytest
from wired import Chat, Client

from messages.events import Lagged, Receipt
from messages.requests import Confirm, Join, Leave, Ping, Send


@pytest.fixture
def chat() -> Chat:
    return Chat()


def come_back(chat: Chat, name: str, token: str) -> Client:
    """Return a client that has taken the session up from another connection."""
    back = chat.connect()
    assert back.login(name, token).resumed
    return back


def lose(chat: Chat, client: Client) -> None:
    chat.core.lose([client.peer], "connection lost")
    chat.flush()


def test_a_sender_who_comes_back_is_told_who_has_what_was_sent(chat: Chat) -> None:
    alice, bob, _ = chat.users("alice", "bob", "carol")
    alice.ask(Send, "#lobby", "one")
    alice.ask(Send, "@bob", "two")
    lose(chat, alice)
    bob.ask(Confirm, "#lobby", 1)
    bob.ask(Confirm, "@alice", 1)
    back = come_back(chat, "alice", "token-1")
    assert sorted(back.events(Receipt), key=str) == [
        Receipt("#lobby", 1, user="bob"),
        Receipt("@bob", 1, user="bob"),
    ]
    assert bob.events(Receipt) == []


def test_who_sent_nothing_is_told_nothing(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Send, "#lobby", "hello")
    alice.ask(Confirm, "#lobby", 1)
    lose(chat, alice)
    assert come_back(chat, "alice", "token-1").events(Receipt) == []


def test_a_sender_who_lagged_is_told_after_where_the_conversations_are(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "hello")
    alice.full = True
    bob.ask(Confirm, "#lobby", 1)
    alice.full = False
    alice.ask(Ping)
    lagged, _ignoring, receipt = alice.events()
    assert isinstance(lagged, Lagged)
    assert receipt == Receipt("#lobby", 1, user="bob")


def test_in_a_large_room_a_sender_who_comes_back_is_told_a_count() -> None:
    chat = Chat(named_receipts=2)
    alice, bob, carol = chat.users("alice", "bob", "carol")
    alice.ask(Send, "#lobby", "hello")
    lose(chat, alice)
    back = come_back(chat, "alice", "token-1")
    assert back.events(Receipt) == []
    for client in (bob, carol):
        client.ask(Confirm, "#lobby", 1)
    lose(chat, back)
    back = come_back(chat, "alice", "token-1")
    chat.forward(1)
    assert back.events(Receipt) == [Receipt("#lobby", 1, count=2)]


def test_a_receipt_says_what_was_said_before_its_user_joined(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "before")
    bob.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "after")
    alice.events()
    bob.ask(Confirm, "#zmq", 2)
    assert alice.events() == [Receipt("#zmq", 2, user="bob", after=1)]


def test_who_joined_later_is_not_counted_as_having_what_was_said_before() -> None:
    chat = Chat(named_receipts=2)
    alice, bob, carol, dave = chat.users("alice", "bob", "carol", "dave")
    for client in (alice, bob, carol):
        client.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "before")
    dave.ask(Join, "#zmq")
    alice.events()
    bob.ask(Confirm, "#zmq", 1)
    chat.forward(1)
    assert alice.events() == [Receipt("#zmq", 1, count=1)]


def test_who_left_and_came_back_joined_when_they_came_back(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for client in (alice, bob):
        client.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "one")
    bob.ask(Leave, "#zmq")
    bob.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "two")
    alice.events()
    bob.ask(Confirm, "#zmq", 2)
    assert alice.events() == [Receipt("#zmq", 2, user="bob", after=1)]


def test_when_a_user_joined_is_known_after_a_restart(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Send, "#lobby", "before")
    chat.login("carol")
    chat = Chat(chat.store)
    alice, carol = chat.users("alice", "carol")
    assert alice.ask(Send, "#lobby", "after", id="after").seq == 2
    carol.ask(Confirm, "#lobby", 2)
    assert alice.events() == [Receipt("#lobby", 2, user="carol", after=1)]
