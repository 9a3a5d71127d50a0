"""Crowds: clients that know them are told of those near them, of lists that they look at, and of a count."""

from __future__ import annotations

import pytest
from wired import Chat, Client

from broker.core.delivery.crowds import COUNT_SECONDS
from broker.core.memory.watchers import WATCHED_CHANGES
from messages.events import Online, System, SystemKind
from messages.limits import WATCH_SECONDS
from messages.members import Count, Members
from messages.replies import Welcome
from messages.requests import Join, Leave, Nick, Send
from messages.sessions import Login, Logout
from messages.version import PROTOCOL

MOST = 3
"""More connections than this are a crowd."""


@pytest.fixture
def chat() -> Chat:
    return Chat(named_receipts=MOST, heartbeat=300_000)


def enter(chat: Chat, name: str, *, crowds: bool = True, identity: str | None = None) -> Client:
    client = chat.connect(identity=identity)
    welcome = client.ask(Login, PROTOCOL, name, crowds=crowds)
    assert isinstance(welcome, Welcome)
    return client


def crowd(chat: Chat, *names: str, crowds: bool = True) -> list[Client]:
    """Let so many others in that the chat is a crowd; return the clients of those named."""
    clients = [enter(chat, name, crowds=crowds) for name in names]
    for number in range(MOST):
        enter(chat, f"other{number}")
    for client in clients:
        client.events(System, Online)
    return clients


def heard(client: Client) -> list[tuple[SystemKind, str]]:
    return [(event.kind, event.user) for event in client.events(System)]


def test_up_to_the_limit_everyone_is_told_of_everyone(chat: Chat) -> None:
    alice = enter(chat, "alice")
    bob = enter(chat, "bob")
    enter(chat, "carol")
    bob.ask(Logout)
    assert heard(alice) == [
        (SystemKind.JOINED, "bob"),
        (SystemKind.JOINED, "carol"),
        (SystemKind.LEFT, "bob"),
    ]
    assert alice.events(Online) == []


def test_in_a_crowd_a_client_that_knows_crowds_is_told_of_nobody_far_away(chat: Chat) -> None:
    (alice,) = crowd(chat, "alice")
    enter(chat, "zoe").ask(Logout)
    assert heard(alice) == []


def test_a_client_that_does_not_know_crowds_is_told_of_everyone(chat: Chat) -> None:
    alice, bob = crowd(chat, "alice", "bob", crowds=False)
    enter(chat, "zoe").ask(Logout)
    told = [(SystemKind.JOINED, "zoe"), (SystemKind.LEFT, "zoe")]
    assert heard(alice) == heard(bob) == told
    chat.forward(COUNT_SECONDS + 60)
    assert alice.events(Online) == []


def test_those_in_a_small_room_or_a_direct_conversation_with_a_user_are_told_once(chat: Chat) -> None:
    alice, bob, carol, zoe = crowd(chat, "alice", "bob", "carol", "zoe")
    for client in (alice, zoe):
        client.ask(Join, "#tea")
    zoe.ask(Send, "@alice", "hello")
    zoe.ask(Send, "@bob", "hello")
    for client in (alice, bob, carol):
        client.events(System)
    zoe.ask(Logout)
    enter(chat, "zoe")
    told = [(SystemKind.LEFT, "zoe"), (SystemKind.JOINED, "zoe")]
    assert (heard(alice), heard(bob), heard(carol)) == (told, told, [])


def test_the_room_that_is_a_crowd_makes_nobody_near(chat: Chat) -> None:
    members = crowd(chat, *(f"m{number}" for number in range(MOST + 3)))
    for client in members:
        client.ask(Join, "#tea")
    assert [user for _, user in heard(members[0])] == ["m1", "m2"]  # with the next one it is a crowd
    members[-1].ask(Leave, "#tea")
    members[-2].ask(Logout)
    assert heard(members[0]) == []


def test_one_who_looks_at_a_list_is_told_of_changes_for_a_while(chat: Chat) -> None:
    alice, bob = crowd(chat, "alice", "bob")
    alice.ask(Members, "#lobby", watch=True)
    bob.ask(Members, "#lobby")
    zoe = enter(chat, "zoe")
    assert (heard(alice), heard(bob)) == ([(SystemKind.JOINED, "zoe")], [])
    chat.forward(WATCH_SECONDS - 1)
    zoe.ask(Logout)
    assert heard(alice) == [(SystemKind.LEFT, "zoe")]
    chat.forward(2)
    enter(chat, "zoe")
    assert heard(alice) == []


def test_one_who_looks_at_a_list_is_told_of_the_one_who_makes_it_a_crowd(chat: Chat) -> None:
    alice, *_ = (enter(chat, name) for name in ("alice", "bob", "carol"))
    alice.events(System)
    alice.ask(Members, "#lobby", watch=True)
    enter(chat, "zoe")
    assert heard(alice) == [(SystemKind.JOINED, "zoe")]


def test_one_who_looks_at_the_list_of_a_large_room_is_told_who_joins_and_leaves_it(chat: Chat) -> None:
    alice, *others = crowd(chat, *(f"m{number}" for number in range(MOST + 2)))
    for client in (alice, *others):
        client.ask(Join, "#tea")
    alice.events(System)
    alice.ask(Members, "#tea", watch=True)
    others[0].ask(Leave, "#tea")
    others[0].ask(Join, "#tea")
    assert heard(alice) == [(SystemKind.LEFT, "m1"), (SystemKind.JOINED, "m1")]
    alice.ask(Leave, "#tea")
    alice.events(System)
    others[0].ask(Leave, "#tea")
    assert heard(alice) == []


def test_one_who_looks_is_told_of_a_bounded_number_of_changes_a_second(chat: Chat) -> None:
    (alice,) = crowd(chat, "alice")
    alice.ask(Members, "#lobby", watch=True)
    for number in range(2 * WATCHED_CHANGES):
        enter(chat, f"m{number}")
    assert len(heard(alice)) == WATCHED_CHANGES
    chat.forward(1)
    enter(chat, "zoe")
    assert heard(alice) == [(SystemKind.JOINED, "zoe")]


def test_the_count_is_told_in_the_welcome_and_now_and_then_if_it_changes(chat: Chat) -> None:
    alice = enter(chat, "alice")
    assert chat.connect().ask(Login, PROTOCOL, "bob", crowds=True).online == 0
    enter(chat, "bea")
    assert chat.connect().ask(Login, PROTOCOL, "carol", crowds=True).online == 4
    dave = chat.connect()
    assert dave.ask(Login, PROTOCOL, "dave").online == 0  # does not know crowds
    chat.forward(1)
    assert alice.events(Online) == []
    chat.forward(COUNT_SECONDS)
    assert alice.events(Online) == [Online(5, crowd=True)]
    enter(chat, "erin")
    chat.forward(1)
    assert alice.events(Online) == []
    chat.forward(COUNT_SECONDS)
    assert alice.events(Online) == [Online(6, crowd=True)]
    chat.forward(2 * COUNT_SECONDS)
    assert alice.events(Online) == []
    assert alice.ask(Count).participants == 6


def test_the_last_count_says_that_it_is_a_crowd_no_more(chat: Chat) -> None:
    alice, bob = crowd(chat, "alice", "bob")
    chat.forward(1)
    chat.forward(COUNT_SECONDS)
    assert bob.events(Online) == [Online(5, crowd=True)]
    for client in [*chat._clients.values()][-3:]:
        client.ask(Logout)
    chat.forward(COUNT_SECONDS)
    assert bob.events(Online) == [Online(2)]
    bob.events(System)
    alice.ask(Logout)
    enter(chat, "zoe")
    assert heard(bob) == [(SystemKind.LEFT, "alice"), (SystemKind.JOINED, "zoe")]


def test_clients_are_told_that_it_is_a_crowd_again_also_if_the_number_was_told_last(chat: Chat) -> None:
    alice, _, _, zoe = (enter(chat, name, identity=name) for name in ("alice", "bob", "carol", "zoe"))
    chat.forward(1)
    chat.forward(COUNT_SECONDS)
    zoe.ask(Logout)
    chat.forward(COUNT_SECONDS)
    assert alice.events(Online) == [Online(4, crowd=True), Online(3)]
    enter(chat, "bob", identity="bob")
    chat.forward(1)
    chat.forward(COUNT_SECONDS)
    assert alice.events(Online) == [Online(3, crowd=True)]


def test_one_who_lags_and_comes_back_is_told_whether_it_is_a_crowd(chat: Chat) -> None:
    alice, bob, carol = crowd(chat, "alice", "bob", "carol")
    chat.forward(1)
    chat.forward(COUNT_SECONDS)
    assert bob.events(Online) == [Online(6, crowd=True)]
    bob.full = True
    for client in (carol, *[*chat._clients.values()][-MOST:]):
        client.ask(Logout)
    chat.forward(COUNT_SECONDS)
    assert (alice.events(Online)[-1], bob.events(Online)) == (Online(2), [])
    bob.full = False
    bob.ask(Count)
    assert bob.events(Online) == [Online(2)]


def test_renames_reach_everyone_and_so_does_a_name_that_may_be_taken_for_another_users() -> None:
    chat = Chat(names="shared", named_receipts=MOST)
    alice, bob = crowd(chat, "alice", "bob")
    bob.ask(Nick, "robert")
    assert heard(alice) == [(SystemKind.RENAMED, "bob")]
    bob.ask(Send, "@alice", "hello")
    bob.ask(Logout)
    chat.flush()
    assert heard(alice) == [(SystemKind.LEFT, "robert")]
    enter(chat, "robert")
    enter(chat, "zoe")
    assert heard(alice) == [(SystemKind.JOINED, "robert")]


def test_one_who_lags_and_comes_back_is_told_as_before(chat: Chat) -> None:
    alice, bob = crowd(chat, "alice", "bob", crowds=False)
    chat.core.lag(bob.peer)
    chat.flush()
    assert [*chat.core.state.told_all] == [alice.peer], "nothing more is made for one who does not read"
    enter(chat, "zoe")
    assert (heard(alice), heard(bob)) == ([(SystemKind.JOINED, "zoe")], [])
    bob.ask(Count)
    enter(chat, "yuri")
    assert heard(bob) == [(SystemKind.JOINED, "yuri")]


def test_the_number_of_those_online_is_as_before_if_a_batch_cannot_be_stored(chat: Chat) -> None:
    (alice,) = crowd(chat, "alice")
    chat.store.broken = True  # type: ignore[attr-defined]
    chat.connect().ask(Login, PROTOCOL, "zoe", crowds=True)
    chat.mend()
    assert alice.ask(Count).participants == MOST + 1
    assert chat.core.state.online_count == len(chat.core.state.online())


def test_a_login_into_a_crowd_is_no_more_deliveries_than_into_a_small_chat() -> None:
    chat = Chat()
    for number in range(60):
        enter(chat, f"m{number}")
    client = chat.connect()
    client.put(Login, PROTOCOL, "last", crowds=True)
    chat.intake.take_waiting()
    deliveries, _ = chat.core.commit()
    assert [(len(one.peers), type(one.documents[0])) for one in deliveries] == [(1, Welcome)]
