"""Read receipts: who is told how far others have read, and how one keeps that to oneself."""

import pytest
from wired import Chat

from messages.events import Receipt
from messages.requests import Confirm, Join, Leave, Logout, Nick, ReadReceipts, Send


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.fixture
def large() -> Chat:
    """A chat in which receipts of rooms with two members and more are counts."""
    return Chat(named_receipts=1)


def test_a_sender_is_told_who_has_read_what_when_it_is_read(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.put(Send, "#lobby", "one")
    alice.ask(Send, "#lobby", "two")
    bob.ask(Confirm, "#lobby", 2)
    bob.ask(Confirm, "#lobby", 2, read=1)
    bob.ask(Confirm, "#lobby", 2, read=2)
    assert alice.events(Receipt) == [
        Receipt("#lobby", 2, user="bob"),
        Receipt("#lobby", 2, user="bob", read=1),
        Receipt("#lobby", 2, user="bob", read=2),
    ]


def test_what_has_arrived_and_was_read_at_once_is_told_once(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "one")
    bob.ask(Confirm, "@alice", 1, read=1)
    assert alice.events(Receipt) == [Receipt("@bob", 1, user="bob", read=1)]


def test_what_was_read_stays_read(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.put(Send, "#lobby", "one")
    alice.ask(Send, "#lobby", "two")
    bob.ask(Confirm, "#lobby", 2, read=2)
    alice.events()
    bob.ask(Confirm, "#lobby", 2, read=1)
    bob.ask(Confirm, "#lobby", 1, read=0)
    bob.ask(Confirm, "#lobby", 2)
    assert alice.events(Receipt) == []
    bob.ask(Logout)
    (position,) = chat.connect().login("bob").conversations
    assert (position.delivered, position.read) == (2, 2)


def test_only_those_are_told_of_whose_messages_something_was_read(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    bob.ask(Send, "#lobby", "one")
    alice.ask(Send, "#lobby", "two")
    carol.ask(Confirm, "#lobby", 2, read=1)
    for client in (alice, bob, carol):
        client.events()
    carol.ask(Confirm, "#lobby", 2, read=2)
    assert [receipt.read for receipt in alice.events(Receipt)] == [2]
    assert bob.events(Receipt) == []
    assert carol.events(Receipt) == []


def test_nobody_is_told_that_they_have_read_their_own_message(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "one")
    alice.ask(Confirm, "#lobby", 1, read=1)
    assert alice.events(Receipt) == []
    assert bob.events(Receipt) == []


def test_who_is_discreet_is_not_told_of_but_for_what_has_arrived(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(ReadReceipts, on=False)
    alice.ask(Send, "@bob", "one")
    bob.ask(Confirm, "@alice", 1)
    bob.ask(Confirm, "@alice", 1, read=1)
    assert alice.events(Receipt) == [Receipt("@bob", 1, user="bob")]


def test_who_stops_being_discreet_has_the_next_reading_told_and_with_it_all_before(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(ReadReceipts, on=False)
    for text in ("one", "two"):
        alice.ask(Send, "@bob", text)
        bob.ask(Confirm, "@alice", 1, read=1)
    alice.events()
    bob.ask(ReadReceipts, on=True)
    assert alice.events() == []
    bob.ask(Confirm, "@alice", 2, read=2)
    assert alice.events(Receipt) == [Receipt("@bob", 2, user="bob", read=2)]


def test_who_becomes_discreet_has_what_was_read_before_told_no_more(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "one")
    bob.ask(Confirm, "@alice", 1, read=1)
    bob.ask(ReadReceipts, on=False)
    alice.events()
    alice.ask(Send, "@bob", "two")
    bob.ask(Confirm, "@alice", 2, read=2)
    assert alice.events(Receipt) == [Receipt("@bob", 2, user="bob")]


def test_being_discreet_outlasts_a_restart(chat: Chat) -> None:
    _, bob = chat.users("alice", "bob")
    bob.ask(ReadReceipts, on=False)
    again = Chat(chat.store)
    alice, bob = again.users("alice", "bob")
    alice.ask(Send, "@bob", "one")
    bob.ask(Confirm, "@alice", 1, read=1)
    assert alice.events(Receipt) == [Receipt("@bob", 1, user="bob")]


def test_who_came_later_has_read_nothing_of_what_was_said_before(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    alice.ask(Send, "#tea", "before")
    bob.ask(Join, "#tea")
    alice.ask(Send, "#tea", "behind")
    bob.ask(Confirm, "#tea", 2)
    bob.ask(Confirm, "#tea", 2, read=2)
    assert alice.events(Receipt) == [
        Receipt("#tea", 2, user="bob", after=1),
        Receipt("#tea", 2, user="bob", after=1, read=2),
    ]


def test_a_receipt_names_the_reader_and_the_conversation_as_they_are_called_now(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "one")
    bob.ask(Nick, "robert")
    bob.ask(Confirm, "@alice", 1, read=1)
    assert alice.events(Receipt) == [Receipt("@robert", 1, user="robert", read=1)]


def test_a_session_that_is_resumed_is_told_what_was_read_meanwhile(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "one")
    token = next(iter(chat.core.state.users["alice"].sessions))
    alice.gone = True
    bob.ask(Send, "@alice", "are you there?")
    bob.ask(Confirm, "@alice", 2, read=1)
    back = chat.connect()
    assert back.login("alice", token).resumed
    assert back.events(Receipt) == [Receipt("@bob", 2, user="bob", read=1)]


def test_in_a_large_room_readers_are_counted(large: Chat) -> None:
    alice, bob, carol = large.users("alice", "bob", "carol")
    alice.ask(Send, "#lobby", "one")
    bob.ask(Confirm, "#lobby", 1, read=1)
    carol.ask(Confirm, "#lobby", 1)
    alice.events()
    large.forward(1)
    assert alice.events(Receipt) == [Receipt("#lobby", 1, count=2, readers=1)]
    carol.ask(Confirm, "#lobby", 1, read=1)
    large.forward(1)
    assert alice.events(Receipt) == [Receipt("#lobby", 1, count=2, readers=2)]
    large.forward(1)
    assert alice.events(Receipt) == []


def test_the_sender_is_no_reader_and_neither_are_the_discreet_and_those_who_came_later(large: Chat) -> None:
    alice, bob, carol = large.users("alice", "bob", "carol")
    carol.ask(ReadReceipts, on=False)
    alice.ask(Send, "#lobby", "one")
    dave = large.login("dave")
    for client in (alice, bob, carol, dave):
        client.ask(Confirm, "#lobby", 1, read=1)
    alice.events()
    large.forward(1)
    assert alice.events(Receipt) == [Receipt("#lobby", 1, count=2, readers=1)]


def test_a_discreet_sender_in_a_large_room_is_told_of_the_others(large: Chat) -> None:
    alice, bob = large.users("alice", "bob")
    alice.ask(ReadReceipts, on=False)
    alice.ask(Send, "#lobby", "one")
    alice.ask(Confirm, "#lobby", 1, read=1)
    bob.ask(Confirm, "#lobby", 1, read=1)
    large.forward(1)
    assert alice.events(Receipt) == [Receipt("#lobby", 1, count=1, readers=1)]


def test_who_leaves_a_large_room_and_enters_it_again_has_not_read_what_was_said_before(large: Chat) -> None:
    alice, bob, carol = large.users("alice", "bob", "carol")
    for client in (alice, bob, carol):
        client.ask(Join, "#tea")
    alice.ask(Send, "#tea", "one")
    bob.ask(Confirm, "#tea", 1, read=1)
    carol.ask(Leave, "#tea")
    carol.ask(Join, "#tea")
    large.forward(1)
    assert alice.events(Receipt) == [Receipt("#tea", 1, count=1, readers=1)]
