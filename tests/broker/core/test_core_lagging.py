"""Peers who do not read: nothing is queued for them, and they catch up from the log."""

import pytest
from keyring import KEYS
from wired import Chat

from broker.core.outbox import LogEvent
from messages.events import Ignoring, Lagged
from messages.moderation import Ignore, Unignore
from messages.replies import Pong
from messages.requests import Confirm, History, Join, Ping, Send


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_nothing_more_is_queued_for_who_does_not_read_until_they_are_heard(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.full = True
    alice.ask(Send, "#lobby", "one")
    bob.full = False
    alice.ask(Send, "#lobby", "two")
    alice.ask(Send, "@bob", "three")
    assert bob.inbox == []
    assert chat.noted(LogEvent.LAGGING) == [{"name": "bob", "address": "10.0.0.1"}]


def test_who_lagged_is_told_where_the_conversations_are_and_catches_up_from_history(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "one")
    bob.ask(Confirm, "#lobby", 1)
    bob.events()
    bob.full = True
    for text in ("two", "three"):
        alice.ask(Send, "#lobby", text)
    alice.ask(Send, "@bob", "psst")
    bob.full = False
    assert isinstance(bob.ask(Ping), Pong)
    lagged, _ignoring = bob.events()
    assert isinstance(lagged, Lagged)
    assert {(p.conversation, p.head, p.delivered) for p in lagged.conversations} == {
        ("#lobby", 3, 1),
        ("@alice", 1, 0),
    }
    assert [m.text for m in bob.ask(History, "#lobby", after=1).messages] == ["two", "three"]
    alice.ask(Send, "#lobby", "four")
    assert bob.texts() == ["four"]


def test_who_still_does_not_read_lags_again(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.full = True
    alice.ask(Send, "#lobby", "one")
    bob.put(Ping)
    chat.flush()
    alice.ask(Send, "#lobby", "two")
    bob.full = False
    bob.ask(Ping)
    (lagged,) = bob.events(Lagged)
    assert lagged.conversations[0].head == 2


def test_who_asks_while_their_pipe_is_full_is_told_once_they_read_without_asking_again(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.full = True
    asked = bob.put(Send, "#lobby", "is anybody here?")
    chat.flush()
    bob.full = False
    alice.ask(Send, "#lobby", "I am")
    assert bob.inbox == []
    chat.forward(1)
    lagged, _ignoring = bob.events()
    assert isinstance(lagged, Lagged)
    assert lagged.conversations[0].head == 2
    assert bob.ask(Send, "#lobby", "is anybody here?", id=asked).seq == 1


def test_who_lagged_is_told_whom_they_ignore_by_now(chat: Chat) -> None:
    chat.users("bob")
    alice, phone = (chat.login("alice", identity=KEYS[0]) for _ in range(2))
    alice.ask(Ignore, "bob")
    assert phone.events(Ignoring) == [Ignoring(["bob"])]
    phone.full = True
    alice.ask(Unignore, "bob")
    phone.full = False
    phone.ask(Ping)
    assert phone.events(Ignoring) == [Ignoring([])]


def test_who_does_not_read_is_tried_less_and_less_often_and_noted_once(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    chat.forward(10)
    bob.full = True
    alice.ask(Send, "#lobby", "one")
    tried = []
    for second in range(1, 20):
        before = bob.peer.woken
        chat.forward(1)
        if bob.peer.woken != before:
            tried.append(second)
    assert tried == [1, 3, 7, 15]
    assert len(chat.noted(LogEvent.LAGGING)) == 1
    bob.put(Ping)
    chat.flush()
    before = bob.peer.woken
    chat.forward(1)
    assert bob.peer.woken != before


def test_who_has_left_while_lagging_is_not_tried_again(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.full = True
    alice.ask(Send, "#lobby", "one")
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    woken = bob.peer.woken
    chat.forward(3)
    assert bob.peer.woken == woken


def test_who_lags_already_is_noted_once(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    for _ in range(2):
        chat.core.lag(alice.peer)
    chat.flush()
    assert len(chat.noted(LogEvent.LAGGING)) == 1


def test_a_stranger_who_does_not_read_has_missed_nothing(chat: Chat) -> None:
    stranger = chat.connect()
    stranger.full = True
    stranger.put(Ping)
    chat.flush()
    stranger.full = False
    stranger.ask(Ping)
    assert stranger.inbox == []
    assert chat.noted(LogEvent.LAGGING) == [{"name": "an anonymous peer", "address": "10.0.0.1"}]


def test_many_missed_conversations_are_told_in_several_events(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    rooms = [f"#{number:0>4}{'ƀ' * 60}" for number in range(300)]
    for room in rooms:
        alice.put(Join, room)
        bob.put(Join, room)
    chat.flush()
    bob.full = True
    alice.ask(Send, "#lobby", "missed")
    bob.full = False
    bob.put(Ping)
    chat.flush()
    lagged = bob.events(Lagged)
    assert len(lagged) == 2
    assert lagged[0].conversations[0].conversation == "#lobby"
    told = [position.conversation for event in lagged for position in event.conversations]
    assert sorted(told) == ["#" + room[1:] for room in sorted(["#lobby", *rooms])]
