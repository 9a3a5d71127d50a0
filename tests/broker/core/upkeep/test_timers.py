import pytest
from gateway import Town
from wired import Chat, Client, FragileStore

from broker.core.intervals import confirm_interval
from broker.core.outbox import LogEvent
from messages.errors import ErrorCode
from messages.events import Game, Goodbye, Intervals, System
from messages.game import GameKind, Hand
from messages.replies import Pong
from messages.requests import Ping, Play, Send, Who


@pytest.fixture
def chat() -> Chat:
    return Chat()


def wait(chat: Chat, client: Client, seconds: int) -> None:
    """Let time pass in which one client shows life."""
    for _ in range(seconds):
        chat.forward(1)
        client.ask(Ping)


def test_who_is_silent_for_three_intervals_is_gone_and_everyone_is_told(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    wait(chat, alice, 45)
    assert alice.events() == bob.events() == []
    wait(chat, alice, 1)
    (left,) = alice.events()
    assert (left.kind, left.user, left.text, left.reason) == (
        "left",
        "bob",
        "bob left the chat (timed out)",
        "timed out",
    )
    assert chat.noted(LogEvent.LEAVE) == [{"name": "bob", "address": "10.0.0.1", "reason": "timed out"}]


def test_each_is_gone_when_their_own_time_has_come(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    names = ["bob", "carol", "dave"]
    for name in names:
        chat.login(name)
        wait(chat, alice, 7)
    alice.events()
    wait(chat, alice, 46 - 21)
    for name in names:
        assert [event.user for event in alice.events(System)] == [name]
        wait(chat, alice, 7)


def test_who_is_gone_while_the_store_fails_is_gone_when_it_works_again(chat: Chat) -> None:
    assert isinstance(chat.store, FragileStore)
    alice, bob = chat.users("alice", "bob")
    wait(chat, alice, 45)
    chat.store.broken = True
    wait(chat, alice, 1)
    assert bob.peer in chat.core.peers
    chat.mend()
    assert [event.user for event in alice.events(System)] == ["bob"]
    assert bob.peer not in chat.core.peers


def test_who_timed_out_is_told_goodbye_and_to_log_in(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    wait(chat, alice, 46)
    assert [goodbye.reason for goodbye in bob.events(Goodbye)] == ["timed-out"]
    assert bob.refused(Ping) is ErrorCode.NOT_LOGGED_IN


def test_those_who_time_out_together_are_not_told_of_one_another(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    wait(chat, alice, 46)
    assert [type(event) for event in bob.events()] == [Goodbye]
    assert [type(event) for event in carol.events()] == [Goodbye]
    assert [event.user for event in alice.events()] == ["bob", "carol"]


def test_anything_heard_is_a_sign_of_life(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for _ in range(3):
        wait(chat, alice, 40)
        bob.garble()
    assert isinstance(bob.ask(Ping), Pong)
    assert alice.events(System) == []


def test_the_interval_is_the_one_clients_are_told() -> None:
    chat = Chat(heartbeat=2_000)
    client = chat.connect()
    assert client.login("alice").heartbeat == 2_000
    chat.forward(6)
    assert client.events() == []
    chat.forward(1)
    assert len(client.events(Goodbye)) == 1


def test_a_crowd_is_asked_for_signs_of_life_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.core.intervals.CROWD", 100)
    chat = Chat(heartbeat=1_000)
    client, *_ = [chat.connect() for _ in range(300)]
    assert client.login("alice").heartbeat == 3_000
    chat.forward(9)
    assert client.events(Goodbye) == []
    chat.forward(1)
    assert len(client.events(Goodbye)) == 1


def test_people_behind_a_gateway_may_be_silent_for_four_times_as_long_also_if_all_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("broker.core.intervals.CONFIRMS", 4)
    town = Town(heartbeat=1_000)
    here, welcome = town.visit("anna", guest=True)
    other = town.connect()
    assert (welcome.heartbeat, other.login("bob").heartbeat) == (4_000, 1_000)
    for number in range(5):
        town.connect().login(f"more{number}")
    town.forward(1)
    assert [one.heartbeat for one in here.events(Intervals)] == [4_000]
    assert [one.heartbeat for one in other.events(Intervals)] == [1_000]
    town.forward(10)
    assert (here.events(Goodbye), len(other.events(Goodbye))) == ([], 1)
    town.forward(2)
    assert len(here.events(Goodbye)) == 1


@pytest.mark.parametrize(
    ("peers", "milliseconds"), [(0, 250), (1, 250), (501, 250), (502, 251), (1_000, 500), (10_000, 5_000)]
)
def test_all_together_confirm_two_thousand_times_a_second_at_most(peers: int, milliseconds: int) -> None:
    assert confirm_interval(peers) == milliseconds


class TestPace:
    """Here 2 may confirm four times a second, and 4 are a crowd."""

    @pytest.fixture
    def chat(self, monkeypatch: pytest.MonkeyPatch) -> Chat:
        monkeypatch.setattr("broker.core.intervals.CONFIRMS", 8)
        monkeypatch.setattr("broker.core.intervals.CROWD", 4)
        return Chat(heartbeat=1_000)

    def grow(self, chat: Chat, count: int) -> list[Client]:
        return [chat.connect() for _ in range(count)]

    def shrink(self, chat: Chat, clients: list[Client]) -> None:
        chat.core.lose([client.peer for client in clients], "connection lost")
        chat.flush()

    def test_who_comes_into_a_crowd_is_asked_to_confirm_more_seldom(self, chat: Chat) -> None:
        assert chat.connect().login("alice").confirm_interval == 250
        self.grow(chat, 6)
        assert chat.connect().login("bob").confirm_interval == 1_000

    def test_those_who_came_early_are_told_when_there_are_more(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        chat.forward(1)
        assert alice.events() == []
        self.grow(chat, 1)
        chat.forward(1)
        assert alice.events() == bob.events() == [Intervals(1_000, 375)]

    def test_they_are_told_again_only_when_there_are_a_quarter_more_than_then(self, chat: Chat) -> None:
        (alice,) = chat.users("alice")
        self.grow(chat, 7)
        chat.forward(1)
        assert alice.events() == [Intervals(2_000, 1_000)]
        self.grow(chat, 1)
        alice.ask(Ping)
        chat.forward(1)
        assert alice.events() == []
        self.grow(chat, 1)
        chat.forward(1)
        assert alice.events() == [Intervals(2_500, 1_250)]

    def test_when_half_of_them_have_gone_the_others_may_go_faster(self, chat: Chat) -> None:
        (alice,) = chat.users("alice")
        others = self.grow(chat, 7)
        chat.forward(1)
        assert alice.events() == [Intervals(2_000, 1_000)]
        self.shrink(chat, others[:3])
        chat.forward(1)
        assert alice.events() == []
        self.shrink(chat, others[3:])
        chat.forward(1)
        assert alice.events() == [Intervals(1_000, 250)]
        chat.forward(1)
        assert alice.events() == []

    def test_who_was_told_may_be_silent_for_longer_at_once(self, chat: Chat) -> None:
        (alice,) = chat.users("alice")
        others = self.grow(chat, 11)
        chat.forward(1)
        assert alice.events() == [Intervals(3_000, 1_500)]
        self.shrink(chat, others)
        chat.forward(8)
        assert alice.events(Goodbye) == []
        chat.forward(1)
        assert len(alice.events(Goodbye)) == 1

    def test_who_lagged_when_the_others_were_told_is_told_and_may_be_silent_as_long(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        chat.core.lag(alice.peer)
        chat.flush()
        self.grow(chat, 10)
        chat.forward(1)
        assert bob.events() == [Intervals(3_000, 1_500)]
        assert isinstance(alice.ask(Ping), Pong)
        assert alice.events(Intervals) == [Intervals(3_000, 1_500)]
        chat.forward(9)
        assert alice.events(Goodbye) == []
        chat.forward(1)
        assert len(alice.events(Goodbye)) == 1

    def test_who_lagged_until_the_others_had_gone_may_go_as_fast_as_before(self, chat: Chat) -> None:
        alice, bob = chat.users("alice", "bob")
        others = self.grow(chat, 10)
        chat.forward(1)
        assert alice.events() == [Intervals(3_000, 1_500)]
        chat.core.lag(alice.peer)
        chat.flush()
        self.shrink(chat, others)
        chat.forward(1)
        assert bob.events(Intervals)[-1] == Intervals(1_000, 250)
        alice.ask(Ping)
        assert alice.events(Intervals) == [Intervals(1_000, 250)]

    def test_strangers_are_not_told(self, chat: Chat) -> None:
        (stranger, *_) = self.grow(chat, 8)
        chat.forward(1)
        assert stranger.inbox == []

    def test_what_was_not_told_because_the_store_failed_is_told_later(self, chat: Chat) -> None:
        assert isinstance(chat.store, FragileStore)
        alice, bob = chat.users("alice", "bob")
        self.grow(chat, 4)
        chat.store.broken = True
        bob.put(Send, "#lobby", "hello")
        chat.forward(1)
        assert alice.events() == []
        chat.mend()
        assert alice.events(Intervals) == [Intervals(1_500, 750)]


def test_a_silent_stranger_is_forgotten_and_told_nothing(chat: Chat) -> None:
    stranger = chat.connect()
    chat.forward(46)
    assert stranger.peer not in chat.core.peers
    assert stranger.inbox == []


def test_nobody_is_gone_because_the_broker_itself_was_stopped_for_long(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    chat.now = chat.now._replace(elapsed=chat.now.elapsed + 600)
    chat.tick()
    assert alice.events() == bob.events() == []
    wait(chat, alice, 46)
    assert [event.user for event in alice.events(System)] == ["bob"]


def test_a_short_stop_is_no_excuse(chat: Chat) -> None:
    alice, _ = chat.users("alice", "bob")
    wait(chat, alice, 40)
    chat.now = chat.now._replace(elapsed=chat.now.elapsed + 15)
    chat.tick()
    assert [event.user for event in alice.events(System)] == ["bob"]


def test_a_lost_session_can_be_resumed_for_five_minutes(chat: Chat) -> None:
    alice = chat.login("alice")
    (bob,) = chat.users("bob")
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    wait(chat, alice, 299)
    assert chat.connect().login("bob", "token-2").resumed


def test_a_lost_session_is_closed_after_that(chat: Chat) -> None:
    alice = chat.login("alice")
    (bob,) = chat.users("bob")
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    wait(chat, alice, 301)
    assert "token-2" not in chat.core.state.sessions
    assert not chat.connect().login("bob", "token-2").resumed


def test_each_lost_session_has_its_own_five_minutes(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    wait(chat, alice, 100)
    chat.core.lose([carol.peer], "connection lost")
    chat.flush()
    wait(chat, alice, 201)
    assert chat.core.state.sessions.keys() == {"token-1", "token-3"}
    wait(chat, alice, 100)
    assert chat.core.state.sessions.keys() == {"token-1"}


def test_an_unanswered_challenge_expires_and_both_are_told(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Play, Hand.ROCK, "bob")
    bob.events()
    chat.forward(29)
    assert alice.events() == bob.events() == []
    chat.forward(1)
    assert alice.events() == [Game(GameKind.EXPIRED, "bob")]
    assert bob.events() == [Game(GameKind.EXPIRED, "alice")]
    assert bob.ask(Play, Hand.PAPER, "alice").opponent == "alice"
    assert chat.core.state.challenges.keys() == {
        (bob.peer.session.user, alice.peer.session.user)  # type: ignore[union-attr]
    }


def test_the_clock_is_looked_at_once_a_second_at_most(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    chat.forward(0.5)
    alice.ask(Play, Hand.ROCK, "bob")
    bob.events()
    chat.forward(0.5)
    chat.forward(29)
    chat.forward(0.7)
    assert bob.events() == []
    chat.forward(0.5)
    assert bob.events() == [Game(GameKind.EXPIRED, "alice")]


def test_idle_time_is_that_of_a_person_not_of_their_client(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    chat.forward(10)
    alice.ask(Ping)
    bob.ask(Send, "#lobby", "hello")
    chat.forward(3)
    assert [(user.name, user.idle) for user in alice.ask(Who).users] == [("alice", 13), ("bob", 3)]


def test_those_who_time_out_together_are_told_to_others_only() -> None:
    chat = Chat(heartbeat=1_000)
    alice, bob, carol = chat.users("alice", "bob", "carol")
    for _ in range(4):
        chat.forward(1)
        alice.ask(Ping)
    assert [event.user for event in alice.events(System)] == ["bob", "carol"]
    assert bob.events(System) == carol.events(System) == []
