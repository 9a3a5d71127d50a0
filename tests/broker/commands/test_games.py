import pytest
from wired import Chat

from broker.commands import games
from broker.commands.games import MOST_GAMES_OF_ONE
from messages.errors import ErrorCode
from messages.events import Game
from messages.game import GameKind, Hand, Outcome
from messages.replies import Challenged, Played
from messages.requests import Join, Login, Logout, Play

ROCK, PAPER, SCISSORS = Hand.ROCK, Hand.PAPER, Hand.SCISSORS


@pytest.mark.parametrize(
    ("hand", "outcome"), [(ROCK, Outcome.LOST), (PAPER, Outcome.DRAW), (SCISSORS, Outcome.WON)]
)
def test_the_broker_shows_its_hand_at_once(chat: Chat, hand: Hand, outcome: Outcome) -> None:
    (alice,) = chat.users("alice")
    chat.randomness.shown = PAPER
    assert alice.ask(Play, hand, id="1") == Played("1", hand, PAPER, outcome)


def test_a_challenged_user_answers_with_a_hand_and_both_learn_the_outcome(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.ask(Play, ROCK, "BOB", id="1") == Challenged("1", "bob", 30)
    assert bob.events() == [Game(GameKind.CHALLENGED, "alice", seconds=30)]
    assert bob.ask(Play, PAPER, "alice", id="2") == Played("2", PAPER, ROCK, Outcome.WON, "alice")
    assert alice.events() == [
        Game(GameKind.PLAYED, "bob", hand=ROCK, opponent_hand=PAPER, outcome=Outcome.LOST)
    ]
    assert bob.events() == []


def test_after_a_game_the_next_is_a_new_challenge(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Play, ROCK, "bob")
    bob.ask(Play, PAPER, "alice")
    assert isinstance(bob.ask(Play, ROCK, "alice"), Challenged)
    assert isinstance(alice.ask(Play, ROCK, "bob"), Played)


def test_a_hand_cannot_be_changed_while_the_other_thinks(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Play, ROCK, "bob")
    bob.events()
    assert alice.refused(Play, PAPER, "bob") is ErrorCode.ALREADY_CHALLENGED
    assert bob.events() == []
    assert bob.ask(Play, PAPER, "alice").outcome is Outcome.WON


def test_several_can_be_challenged_at_a_time(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    alice.ask(Play, ROCK, "bob")
    alice.ask(Play, PAPER, "carol")
    assert bob.ask(Play, ROCK, "alice").outcome is Outcome.DRAW
    assert carol.ask(Play, ROCK, "alice").outcome is Outcome.LOST


@pytest.mark.parametrize(
    ("opponent", "code"),
    [
        ("alice", ErrorCode.TO_YOURSELF),
        ("nobody", ErrorCode.NO_SUCH_USER),
        ("bob~2", ErrorCode.NO_SUCH_USER),
        ("bob", ErrorCode.NOT_ONLINE),
    ],
)
def test_an_opponent_is_somebody_else_who_is_here(chat: Chat, opponent: str, code: ErrorCode) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Logout)
    assert alice.refused(Play, ROCK, opponent) is code


def test_an_opponent_who_leaves_ends_the_challenge(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Play, ROCK, "bob")
    bob.ask(Logout)
    assert alice.events(Game) == [Game(GameKind.EXPIRED, "bob")]
    bob.login("bob")
    assert isinstance(bob.ask(Play, ROCK, "alice"), Challenged)


def test_games_make_no_conversation(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Play, ROCK, "bob")
    bob.ask(Play, ROCK, "alice")
    alice.ask(Logout)
    assert [p.conversation for p in alice.login("alice").conversations] == ["#lobby"]


def test_all_devices_are_told_of_a_challenge_and_one_answers(chat: Chat) -> None:
    laptop, phone = (chat.login("alice", identity="key") for _ in range(2))
    (bob,) = chat.users("bob")
    laptop.ask(Join, "#zmq")
    for client in (laptop, phone):
        client.events()
    bob.ask(Play, ROCK, "alice")
    assert laptop.events() == phone.events() == [Game(GameKind.CHALLENGED, "bob", seconds=30)]
    assert phone.ask(Play, SCISSORS, "bob").outcome is Outcome.LOST
    assert bob.events()[0].outcome is Outcome.WON


def test_a_game_asked_for_again_is_answered_again_and_not_played_twice(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    against_broker = alice.ask(Play, ROCK, id="1")
    chat.randomness.shown = PAPER
    assert alice.ask(Play, ROCK, id="1") == against_broker
    challenged = alice.ask(Play, ROCK, "bob", id="2")
    assert alice.ask(Play, ROCK, "bob", id="2") == challenged
    assert bob.events() == [Game(GameKind.CHALLENGED, "alice", seconds=30)]
    played = bob.ask(Play, PAPER, "alice", id="2")
    assert bob.ask(Play, PAPER, "alice", id="2") == played
    assert alice.ask(Play, ROCK, "bob", id="2") == challenged
    assert len(alice.events()) == 1
    assert bob.events() == []


def test_a_game_asked_for_again_from_a_new_connection_is_the_same(chat: Chat) -> None:
    (bob,) = chat.users("bob")
    lost, found = chat.connect(), chat.connect()
    token = lost.login("alice").session
    challenged = lost.ask(Play, ROCK, "bob", id="1")
    found.ask(Login, 1, "alice", token)
    assert found.ask(Play, ROCK, "bob", id="1") == challenged
    assert len(bob.events(Game)) == 1


def test_the_id_of_a_game_is_not_that_of_another(chat: Chat) -> None:
    alice, _bob = chat.users("alice", "bob")
    alice.ask(Play, ROCK, id="1")
    assert alice.refused(Play, PAPER, id="1") is ErrorCode.ID_REUSED
    assert alice.refused(Play, ROCK, "bob", id="1") is ErrorCode.ID_REUSED


def test_a_challenge_that_was_dropped_can_be_made_again_with_its_id(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Play, ROCK, "bob", id="1")
    bob.events()
    chat.forward(31)
    alice.ask(Play, PAPER, "bob", id="1")
    assert bob.events(Game)[-1] == Game(GameKind.CHALLENGED, "alice", seconds=30)


def test_a_users_last_8_games_are_remembered_however_many_others_play(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    first = alice.ask(Play, ROCK, id="first")
    for _ in range(MOST_GAMES_OF_ONE - 1):
        alice.ask(Play, ROCK)
    for _ in range(300):
        bob.ask(Play, ROCK)
    chat.randomness.shown = PAPER
    assert alice.ask(Play, ROCK, id="first") == first
    alice.ask(Play, ROCK)
    assert alice.ask(Play, ROCK, id="first") != first
    assert len(chat.core.state.games) == 2 * MOST_GAMES_OF_ONE


def test_what_is_remembered_of_games_has_a_bound(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(games, "MOST_GAMES", 3)
    for client in chat.users("alice", "bob", "carol", "dora"):
        client.ask(Play, ROCK)
    assert len(chat.core.state.games) == 3
