"""Who is told that a name has another key: all who can read what its earlier bearer has said."""

import pytest
from keyring import KEYS
from wired import Chat, Client, FragileStore

from broker.core.access import released_names
from broker.core.facts.kinds import ReleasedName
from messages.events import System, SystemKind
from messages.requests import Join, Leave, Logout, Nick, Send

ALICE, THIEF, BOB = KEYS[:3]


@pytest.fixture
def chat() -> Chat:
    return Chat(FragileStore("epoch"))


def new_keys(client: Client) -> list[str]:
    return [event.user for event in client.events(System) if event.kind is SystemKind.NEW_KEY]


def give_up(chat: Chat, name: str, key: str, place: str = "#lobby") -> None:
    """Let a user speak, and give up their name."""
    client = chat.login(name, identity=key)
    client.ask(Send, place, "it is me")
    client.ask(Nick, f"{name}-old")
    client.ask(Logout)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("batched", [False, True])
def test_a_bearer_who_spoke_only_in_a_room_and_left_it_first_is_remembered(
    chat: Chat, restarted: bool, batched: bool
) -> None:
    alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
    for client in (alice, bob):
        client.ask(Join, "#tea")
    alice.put(Send, "#tea", "it is me")
    alice.put(Leave, "#tea")
    if not batched:
        chat.flush()
    alice.put(Nick, "ann")
    chat.flush()
    if restarted:
        chat.restart()
        bob = chat.login("bob", identity=BOB)
    bob.events()
    chat.login("alice", identity=THIEF)
    assert new_keys(bob) == ["alice"]


def test_who_was_away_is_told_at_the_next_login_once_though_they_never_talked_directly(chat: Chat) -> None:
    chat.login("bob", identity=BOB).ask(Logout)
    give_up(chat, "alice", ALICE)
    chat.forward(1)
    thief = chat.login("alice", identity=THIEF)
    thief.events()
    chat.forward(1)
    for told in (["alice"], []):
        bob = chat.login("bob", identity=BOB)
        assert new_keys(bob) == told
        bob.ask(Logout)
        chat.forward(1)
    thief.ask(Logout)
    assert new_keys(chat.login("alice", identity=THIEF)) == []  # it is their own key
    assert new_keys(chat.login("late")) == []  # who came later has not known the other one


def test_those_one_talks_with_are_not_pushed_out_by_any_number_of_others(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(released_names, "MOST_TOLD", 2)
    alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
    bob.ask(Send, "@alice", "for your eyes")
    bob.ask(Logout)
    chat.forward(1)
    alice.ask(Send, "@bob", "seen")
    alice.ask(Nick, "ann")
    alice.ask(Nick, "alice")
    keep = chat.core.state.facts.keep
    for number, name in enumerate(("alice", "one", "two", "three")):
        user = (chat.login(name, identity=None if name != "alice" else ALICE)).peer.session
        assert user is not None
        keep(released_names.NewKey(user.user.id, chat.now.at + number, 1_000))
    chat.flush()
    chat.forward(1)
    assert new_keys(chat.login("bob", identity=BOB)) == ["alice", "three"]


def test_names_that_one_user_gives_up_push_out_their_own_and_not_those_of_others(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(released_names, "MOST_RELEASED", 4)
    give_up(chat, "alice", ALICE)
    bob = chat.login("bob", identity=BOB)
    bob.ask(Send, "#lobby", "hello")
    for name in ("carla", "dieter", "emil", "fritz", "gustav", "hanna"):
        chat.forward(1)
        bob.ask(Nick, name)
    names = set(chat.core.state.facts.of(ReleasedName))
    assert names == {"alice", "emil", "fritz", "gustav"}
