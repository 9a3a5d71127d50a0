"""When the store fails: nothing is said that is not so, and memory is as before."""

import pytest
from photograph import photograph
from wired import BEGINNING, Chat, FragileStore, is_unavailable

from broker.core.outbox import LogEvent
from broker.core.store import StoreError
from messages.errors import ErrorCode
from messages.events import Goodbye, Lagged, Message, Receipt, System
from messages.game import Hand
from messages.replies import RoomState
from messages.requests import (
    Away,
    Confirm,
    History,
    Join,
    Leave,
    Login,
    Logout,
    Nick,
    Ping,
    Play,
    Send,
    Topic,
)


@pytest.fixture
def store() -> FragileStore:
    return FragileStore("epoch")


@pytest.fixture
def chat(store: FragileStore) -> Chat:
    return Chat(store)


def test_everyone_in_the_batch_is_told_to_try_again_and_nothing_else_is_said(
    chat: Chat, store: FragileStore
) -> None:
    alice, bob = chat.users("alice", "bob")
    carol = chat.connect()
    store.broken = True
    asked = [
        (alice, alice.put(Send, "#lobby", "hello")),
        (alice, alice.put(Ping)),
        (bob, bob.put(Join, "#zmq")),
        (carol, carol.put(Login, 1, "carol")),
        (carol, carol.put(Send, "#lobby", "I am new")),
    ]
    chat.flush()
    assert all(is_unavailable(client.reply(request)) for client, request in asked)
    assert [client.inbox for client in (alice, bob, carol)] == [[], [], []]


@pytest.mark.parametrize("store_works_before", [True, False])
def test_a_failed_batch_says_nothing_whatever_was_said_in_the_one_before(
    chat: Chat, store: FragileStore, store_works_before: bool
) -> None:
    alice, bob = chat.users("alice", "bob")
    store.broken = not store_works_before
    for _ in range(3):
        alice.put(Send, "#lobby", "before")
    before, _ = chat.core.commit()
    assert before
    store.broken = True
    asked = [alice.put(Send, "#lobby", "hello") for _ in range(3)]
    chat.flush()
    assert all(is_unavailable(alice.reply(request)) for request in asked)
    assert alice.inbox == bob.inbox == []


def test_the_first_batch_after_a_restart_may_fail_like_any_other(chat: Chat, store: FragileStore) -> None:
    chat.login("alice")
    chat = Chat(store)
    store.broken = True
    assert chat.connect().refused(Login, 1, "bob") is ErrorCode.UNAVAILABLE


def test_the_broker_goes_on_when_the_store_works_again(chat: Chat, store: FragileStore) -> None:
    alice, bob = chat.users("alice", "bob")
    store.broken = True
    assert alice.refused(Send, "#lobby", "hello", id="first") is ErrorCode.UNAVAILABLE
    chat.mend()
    assert alice.ask(Send, "#lobby", "hello", id="first").seq == 1
    assert bob.texts() == ["hello"]


def test_the_log_tells_of_the_failure_and_of_nothing_that_did_not_happen(
    chat: Chat, store: FragileStore
) -> None:
    (alice,) = chat.users("alice")
    store.broken = True
    chat.notes.clear()
    alice.put(Send, "#lobby", "hello")
    alice.garble()
    chat.flush()
    refused, note = chat.notes
    assert refused.event is LogEvent.REFUSED
    assert (note.event, note.fields) == (LogEvent.STORE_FAILED, {"reason": "no space left on the device"})
    assert isinstance(note.error, StoreError)


def test_what_cannot_be_decoded_is_answered_although_the_batch_fails(chat: Chat, store: FragileStore) -> None:
    (alice,) = chat.users("alice")
    store.broken = True
    alice.put(Send, "#lobby", "hello", id="good")
    alice.garble(id="bad")
    chat.flush()
    assert is_unavailable(alice.reply("good"))
    assert alice.reply("bad").code is ErrorCode.INVALID


@pytest.mark.parametrize("settings", [{}, {"names": "shared"}, {"named_receipts": 1}])
def test_memory_is_as_before_a_batch_that_changes_everything(
    store: FragileStore, settings: dict[str, object]
) -> None:
    chat = Chat(store, **settings)
    alice, bob, carol, dave, erin, frank = chat.users("alice", "bob", "carol", "dave", "erin", "frank")
    for client in (alice, bob):
        client.ask(Join, "#zmq")
    alice.ask(Send, "@bob", "hello")
    bob.ask(Send, "#zmq", "hello")
    carol.ask(Play, Hand.ROCK, "dave")
    chat.core.lose([frank.peer], "connection lost")
    chat.flush()
    before = photograph(chat.core)

    store.broken = True
    alice.put(Join, "#new")
    alice.put(Send, "#new", "first")
    alice.put(Send, "@carol", "first")
    alice.put(Send, "@carol", "second")
    alice.put(Confirm, "#zmq", 1)
    alice.put(Topic, "#zmq", "sockets")
    bob.put(Leave, "#zmq")
    bob.put(Away, "lunch")
    bob.put(Nick, "robert")
    dave.put(Play, Hand.PAPER, "carol")
    dave.put(Play, Hand.PAPER, "alice")
    erin.put(Logout)
    erin.put(Login, 1, "erin", "token-5")
    back, new = chat.connect(), chat.connect()
    back.put(Login, 1, "frank", "token-6")
    new.put(Login, 1, "grace")
    chat.core.lose([carol.peer], "connection lost")
    chat.flush()

    after = photograph(chat.core, without=(back.peer, new.peer))
    assert after == before


def test_a_room_that_was_not_opened_after_all_can_be_opened_and_spoken_in(
    chat: Chat, store: FragileStore
) -> None:
    (alice,) = chat.users("alice")
    store.broken = True
    alice.put(Join, "#new")
    alice.put(Send, "#new", "hello")
    chat.flush()
    chat.mend()
    assert alice.refused(Send, "#new", "hello") is ErrorCode.NO_SUCH_ROOM
    assert isinstance(alice.ask(Join, "#new"), RoomState)
    assert alice.ask(Send, "#new", "hello").seq == 1


def test_a_pair_whose_first_messages_failed_numbers_their_next_once(chat: Chat, store: FragileStore) -> None:
    alice, bob = chat.users("alice", "bob")
    store.broken = True
    for text in ("one", "two"):
        alice.put(Send, "@bob", text)
    chat.flush()
    chat.mend()
    assert bob.ask(Send, "@alice", "from bob").seq == 1
    assert alice.ask(Send, "@bob", "from alice").seq == 2
    assert [message.text for message in bob.ask(History, "@alice").messages] == ["from bob", "from alice"]


def test_a_lagging_client_heard_in_a_failed_batch_is_told_what_it_missed(
    chat: Chat, store: FragileStore
) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.full = True
    alice.ask(Send, "#lobby", "missed")
    bob.full = False
    store.broken = True
    asked = bob.put(Ping)
    alice.put(Send, "#lobby", "failed")
    chat.flush()
    assert is_unavailable(bob.reply(asked))
    (lagged,) = bob.events(Lagged)
    assert [(position.conversation, position.head) for position in lagged.conversations] == [("#lobby", 1)]
    chat.mend()
    alice.ask(Send, "#lobby", "not missed")
    assert [(message.seq, message.text) for message in bob.events(Message)] == [(2, "not missed")]


def test_who_woke_before_is_not_told_again_when_a_batch_fails(chat: Chat, store: FragileStore) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.full = True
    alice.ask(Send, "#lobby", "missed")
    bob.full = False
    bob.ask(Ping)
    assert len(bob.events(Lagged)) == 1
    store.broken = True
    alice.ask(Send, "#lobby", "failed")
    assert bob.inbox == []


@pytest.mark.parametrize("change", [(Join, "#other"), (Leave, "#zmq")])
def test_who_woke_in_a_failed_batch_hears_the_rooms_they_are_in_and_no_others(
    chat: Chat, store: FragileStore, change: tuple[type[Join] | type[Leave], str]
) -> None:
    bob, phone = (chat.login("bob", identity="key") for _ in range(2))
    alice = chat.login("alice")
    for room in ("#zmq", "#other"):
        alice.ask(Join, room)
    bob.ask(Join, "#zmq")
    phone.full = True
    alice.ask(Send, "#zmq", "missed")
    phone.full = False
    store.broken = True
    bob.put(*change)
    phone.put(Ping)
    chat.flush()
    chat.mend()
    phone.events()
    alice.ask(Send, "#zmq", "for members")
    alice.ask(Send, "#other", "for others")
    assert phone.texts() == ["for members"]


def test_a_client_timed_out_in_a_failed_batch_is_timed_out_in_the_next(
    chat: Chat, store: FragileStore
) -> None:
    alice, bob = chat.users("alice", "bob")
    for _ in range(45):
        chat.forward(1)
        alice.ask(Ping)
    store.broken = True
    alice.put(Send, "#lobby", "hello")
    chat.forward(1)
    assert bob.inbox == []
    alice.events()
    chat.mend()
    assert [event.reason for event in alice.events(System)] == ["timed out"]
    assert len(bob.events(Goodbye)) == 1


def test_a_client_whose_loss_could_not_be_stored_times_out(chat: Chat, store: FragileStore) -> None:
    alice, bob = chat.users("alice", "bob")
    store.broken = True
    alice.put(Away, "lunch")
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    chat.mend()
    for _ in range(46):
        chat.forward(1)
        alice.ask(Ping)
    assert [event.reason for event in alice.events(System)] == ["timed out"]


def test_counted_receipts_of_a_failed_batch_are_told_with_the_next(store: FragileStore) -> None:
    chat = Chat(store, named_receipts=1)
    alice, bob = chat.users("alice", "bob")
    seq = alice.ask(Send, "#lobby", "hello").seq
    bob.ask(Confirm, "#lobby", seq)
    store.broken = True
    alice.put(Away, "lunch")
    chat.forward(1)
    assert alice.events(Receipt) == []
    chat.mend()
    assert alice.events(Receipt) == [Receipt("#lobby", seq, count=1)]


def test_a_broker_does_not_start_on_a_store_that_cannot_store(store: FragileStore) -> None:
    store.broken = True
    with pytest.raises(StoreError):
        Chat(store)
    store.broken = False
    assert Chat(store).now == BEGINNING
