import pytest
from wired import Chat

from broker.core.outbox import LogEvent
from messages.events import Game, Message, System
from messages.game import GameKind, Hand
from messages.requests import Count, Login, Logout, Play, Send, Who


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_everyone_but_the_newcomer_is_told_who_has_come(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    bob = chat.login("bob")
    assert [(event.kind, event.user, event.text) for event in alice.events()] == [
        ("joined", "bob", "bob joined the chat")
    ]
    assert bob.events() == []


def test_a_client_is_lost_when_it_is_sent_to_and_gone(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    bob.gone = True
    alice.ask(Send, "#lobby", "are you there?")
    assert [type(event) for event in carol.events()] == [Message, System]
    (left,) = alice.events()
    assert (left.text, left.reason) == ("bob left the chat (connection lost)", "connection lost")
    assert chat.noted(LogEvent.LEAVE) == [{"name": "bob", "address": "10.0.0.1", "reason": "connection lost"}]
    assert [user.name for user in alice.ask(Who).users] == ["alice", "carol"]


def test_clients_found_gone_while_others_are_told_of_it_are_lost_as_well(chat: Chat) -> None:
    alice, bob, carol, dave = chat.users("alice", "bob", "carol", "dave")
    alice.ask(Play, Hand.ROCK, "bob")
    for client in (bob, carol):
        client.gone = True
    dave.ask(Send, "@bob", "are you there?")
    assert sorted(event.user for event in dave.events()) == ["bob", "carol"]
    assert alice.events(Game) == [Game(GameKind.EXPIRED, "bob")]
    assert dave.ask(Count).participants == 2


def test_those_who_are_gone_in_one_moment_are_not_told_of_one_another(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    gone = chat.users(*(f"user{number}" for number in range(20)))
    chat.core.lose([client.peer for client in gone], "connection lost")
    deliveries, _notes = chat.core.commit()
    assert [peers for peers, _document, _but in deliveries] == [(alice.peer,)] * 20


def test_a_stranger_who_is_lost_is_only_forgotten(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    stranger = chat.connect()
    chat.core.lose([stranger.peer], "connection lost")
    chat.flush()
    assert stranger.peer not in chat.core.peers
    assert alice.inbox == []


def test_a_user_with_another_device_has_neither_come_nor_left(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    laptop = chat.login("bob", identity="key")
    alice.events()
    phone = chat.login("bob", identity="key")
    laptop.ask(Logout)
    assert alice.events() == []
    phone.ask(Logout)
    assert [event.reason for event in alice.events()] == ["logged out"]


def test_nobody_is_told_that_an_unannounced_session_comes_and_goes(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Logout)
    alice.events()
    for end in (lambda: bob.ask(Logout), lambda: chat.core.lose([bob.peer], "connection lost")):
        bob.ask(Login, 1, "bob", unannounced=True)
        assert [user.name for user in alice.ask(Who).users] == ["alice", "bob"]
        end()
        chat.flush()
        assert alice.events() == []
        assert [user.name for user in alice.ask(Who).users] == ["alice"]
    assert len(chat.noted(LogEvent.LEAVE)) == 3


def test_an_unannounced_session_that_is_taken_up_again_is_one_still(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Logout)
    token = bob.ask(Login, 1, "bob", unannounced=True).session
    chat.core.lose([bob.peer], "connection lost")
    alice.events()
    bob.ask(Login, 1, "bob", token)
    bob.ask(Logout)
    assert alice.events() == []


def test_a_user_is_here_for_others_while_a_session_is_that_is_announced(chat: Chat) -> None:
    alice, script, bob = chat.connect(), chat.connect(identity="key"), chat.connect(identity="key")
    alice.login("alice")
    bob.login("bob")
    bob.ask(Logout)
    alice.events()
    script.ask(Login, 1, "bob", unannounced=True)
    assert alice.events() == []
    bob.login("bob")
    assert [event.kind for event in alice.events()] == ["joined"]
    bob.ask(Logout)
    assert [event.kind for event in alice.events()] == ["left"]
    assert [user.name for user in alice.ask(Who).users] == ["alice", "bob"]


@pytest.mark.parametrize("names", ["unique", "shared"])
def test_nobody_is_told_of_the_first_session_of_a_script(names: str) -> None:
    chat = Chat(names=names)
    (alice,) = chat.users("alice")
    script = chat.connect()
    script.ask(Login, 1, "script", unannounced=True)
    script.ask(Logout)
    assert alice.events() == []


def test_a_user_who_may_be_taken_for_a_forgotten_one_is_announced() -> None:
    """Clients of others still have the conversation with the earlier user of the name."""
    chat = Chat(names="shared")
    alice, bob = chat.users("alice", "bob")
    bob.ask(Send, "@alice", "hello")
    bob.ask(Logout)
    alice.events()
    bob.ask(Login, 1, "bob", unannounced=True)
    assert [event.kind for event in alice.events()] == ["joined"]


def test_who_leaves_takes_back_their_challenges_and_those_to_them(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    alice.ask(Play, Hand.ROCK, "bob")
    carol.ask(Play, Hand.ROCK, "alice")
    for client in (bob, carol):
        client.events()
    alice.ask(Logout)
    assert bob.events(Game) == carol.events(Game) == [Game(GameKind.EXPIRED, "alice")]
    assert chat.core.state.challenges == {}
