import pytest
from wired import Chat, Client

from messages.events import Receipt
from messages.requests import Confirm, Join, Leave, Nick, Send


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_a_sender_is_told_who_has_their_message(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "hello")
    bob.ask(Confirm, "#lobby", 1)
    assert alice.events() == [Receipt("#lobby", 1, user="bob")]


def test_all_devices_of_the_sender_are_told(chat: Chat) -> None:
    laptop, phone = (chat.login("alice", identity="key") for _ in range(2))
    (bob,) = chat.users("bob")
    laptop.ask(Send, "#lobby", "hello")
    bob.ask(Confirm, "#lobby", 1)
    assert laptop.events(Receipt) == phone.events(Receipt) == [Receipt("#lobby", 1, user="bob")]


def test_a_receipt_names_a_direct_conversation_as_its_reader_sees_it(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello")
    bob.ask(Nick, "robert")
    alice.events()
    bob.ask(Confirm, "@alice", 1)
    assert alice.events() == [Receipt("@robert", 1, user="robert")]


def test_one_confirmation_of_many_messages_is_one_receipt(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for _ in range(5):
        alice.ask(Send, "#lobby", "hello")
    bob.ask(Confirm, "#lobby", 5)
    assert alice.events() == [Receipt("#lobby", 5, user="bob")]


def test_only_those_are_told_whose_messages_were_confirmed(chat: Chat) -> None:
    alice, bob, carol, dave = chat.users("alice", "bob", "carol", "dave")
    alice.ask(Send, "#lobby", "one")
    bob.ask(Confirm, "#lobby", 1)
    carol.ask(Send, "#lobby", "two")
    for client in (alice, bob, carol, dave):
        client.events()
    bob.ask(Confirm, "#lobby", 2)
    assert [client.events() for client in (alice, bob, dave)] == [[], [], []]
    assert carol.events() == [Receipt("#lobby", 2, user="bob")]


def test_nobody_is_told_of_having_got_their_own_message(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Send, "#lobby", "hello")
    alice.ask(Confirm, "#lobby", 1)
    assert alice.events() == []


def test_a_sender_who_left_the_room_is_not_told(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for client in (alice, bob):
        client.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "hello")
    alice.ask(Leave, "#zmq")
    alice.events()
    bob.ask(Confirm, "#zmq", 1)
    assert alice.events() == []


# Large rooms


@pytest.fixture
def crowd() -> list[Client]:
    """Four users where a room with more than three members has counted receipts."""
    return Chat(named_receipts=3).users("alice", "bob", "carol", "dave")


def tick(client: Client) -> None:
    client._chat.forward(1)


def test_a_room_is_large_with_more_members_than_the_rule_says(crowd: list[Client]) -> None:
    alice, bob, carol, _ = crowd
    for client in (alice, bob, carol):
        client.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "hello")
    alice.events()
    bob.ask(Confirm, "#zmq", 1)
    assert alice.events() == [Receipt("#zmq", 1, user="bob")]


def test_in_a_large_room_receipts_are_counts_told_once_a_second(crowd: list[Client]) -> None:
    alice, bob, carol, dave = crowd
    alice.ask(Send, "#lobby", "hello")
    for client in (bob, carol):
        client.ask(Confirm, "#lobby", 1)
    assert alice.events() == []
    tick(alice)
    assert alice.events() == [Receipt("#lobby", 1, count=2)]
    dave.ask(Confirm, "#lobby", 1)
    tick(alice)
    assert alice.events() == [Receipt("#lobby", 1, count=3)]


def test_a_count_is_of_others(crowd: list[Client]) -> None:
    alice, bob, *_ = crowd
    alice.ask(Send, "#lobby", "hello")
    for client in (alice, bob):
        client.ask(Confirm, "#lobby", 1)
    tick(alice)
    assert alice.events() == [Receipt("#lobby", 1, count=1)]


def test_a_count_that_did_not_change_is_not_told_again(crowd: list[Client]) -> None:
    alice, bob, carol, _ = crowd
    alice.ask(Send, "#lobby", "one")
    bob.ask(Confirm, "#lobby", 1)
    tick(alice)
    alice.events()
    bob.ask(Send, "#lobby", "two")
    alice.events()
    bob.ask(Confirm, "#lobby", 2)
    tick(alice)
    assert alice.events() == []
    carol.ask(Confirm, "#lobby", 2)
    tick(alice)
    assert (alice.events(), bob.events(Receipt)) == (
        [Receipt("#lobby", 1, count=2)],
        [Receipt("#lobby", 2, count=1)],
    )


def test_a_count_is_of_the_last_message(crowd: list[Client]) -> None:
    alice, bob, carol, _ = crowd
    alice.ask(Send, "#lobby", "one")
    bob.ask(Confirm, "#lobby", 1)
    alice.ask(Send, "#lobby", "two")
    tick(alice)
    assert alice.events() == []
    carol.ask(Confirm, "#lobby", 2)
    tick(alice)
    assert alice.events() == [Receipt("#lobby", 2, count=1)]


def test_who_comes_back_to_a_large_room_is_counted_anew(crowd: list[Client]) -> None:
    alice, bob, *_ = crowd
    for client in crowd:
        client.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "hello")
    bob.ask(Confirm, "#zmq", 1)
    tick(alice)
    alice.ask(Leave, "#zmq")
    alice.ask(Join, "#zmq")
    alice.events()
    bob.ask(Leave, "#zmq")
    bob.ask(Join, "#zmq")
    bob.ask(Send, "#zmq", "hello")
    alice.ask(Confirm, "#zmq", 2)
    tick(alice)
    assert alice.events(Receipt) == []
    assert bob.events(Receipt) == [Receipt("#zmq", 2, count=1)]
