"""No limit on numbers is passed by a cycle of commands: by leaving, handing over, coming back or linking."""

from itertools import count
from typing import Any

import pytest
from keyring import KEYS
from wired import Chat, Client, FragileStore

from broker.core.facts.moderation import OpenedRoom, Rank
from broker.core.settings import Caps
from messages.errors import ErrorCode
from messages.identity import Link
from messages.limits import MAX_SANCTIONS
from messages.moderation import Role, SetRole
from messages.replies import Done, Error, RoomState
from messages.requests import Join, Leave, Login, Nick, Topic
from messages.version import PROTOCOL

LIMIT, TOO_MANY = ErrorCode.LIMIT_REACHED, ErrorCode.TOO_MANY_REQUESTS


def chat(store: FragileStore | None = None, **caps: Any) -> Chat:
    return Chat(store or FragileStore("epoch"), caps=Caps(**caps))


def cut(chat: Chat, client: Client) -> None:
    chat.core.lose([client.peer], "connection lost")
    chat.flush()


def opens_three(alice: Client, bob: Client, *between: tuple[Any, ...]) -> list[bool]:
    """Let alice open rooms, with requests between. Return for each room whether it was opened."""
    opened = []
    for name in ("#one", "#two", "#three"):
        opened.append(isinstance(alice.ask(Join, name), RoomState))
        bob.ask(Join, name)
        for kind, *fields in between:
            alice.ask(kind, *(name if field is None else field for field in fields))
        alice.ask(Leave, name)
    return opened


def test_rooms_count_for_who_has_opened_them_whatever_rank_they_take_there() -> None:
    alice, bob = (there := chat(rooms_per_user=2)).users("alice", "bob")
    cycle = (SetRole, "bob", Role.OPERATOR, None), (SetRole, "alice", Role.MEMBER, None)
    assert opens_three(alice, bob, *cycle) == [True, True, False]
    assert not [rank for rank in there.core.state.facts.of(Rank).values() if rank.user == 1]


def test_rooms_of_others_count_for_nobody_whom_they_rank_there() -> None:
    alice, bob, carol = chat(rooms_per_user=2).users("alice", "bob", "carol")
    assert opens_three(alice, bob, (SetRole, "bob", Role.OPERATOR, None))[:2] == [True, True]
    for name in ("#one", "#two"):
        bob.ask(Leave, name)
    assert isinstance(bob.ask(Join, "#own"), RoomState)
    assert isinstance(carol.ask(Join, "#one"), RoomState)


def test_rooms_that_an_earlier_version_has_opened_count_for_their_operators() -> None:
    store = FragileStore("epoch")
    (alice,) = (before := chat(store)).users("alice")
    for name in ("#one", "#two"):
        alice.ask(Join, name)
        alice.ask(Leave, name)
    for fact in list(before.core.state.facts.of(OpenedRoom).values()):
        before.core.state.facts.drop(fact)
    before.flush()
    (again,) = chat(store, rooms_per_user=2).users("alice")
    assert again.refused(Join, "#three") is LIMIT


class Unread(dict[str, Any]):
    """A dictionary in which one looks for keys only."""

    def __iter__(self) -> Any:
        raise AssertionError("everything was looked at")

    items = keys = values = __iter__  # type: ignore[assignment]


def test_who_opens_a_room_is_limited_without_a_look_at_all_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    there = chat(rooms_per_user=2, rooms=4)
    alice, bob, carol = there.users("alice", "bob", "carol")
    state = there.core.state
    monkeypatch.setattr(state, "conversations", Unread(state.conversations))
    for kind in (OpenedRoom, Rank):
        monkeypatch.setitem(state.facts._by_type, kind, Unread())
    for name in ("#one", "#two"):
        assert isinstance(alice.ask(Join, name), RoomState)
        alice.ask(Leave, name)
    assert alice.refused(Join, "#three") is LIMIT
    assert isinstance(bob.ask(Join, "#three"), RoomState)
    assert carol.refused(Join, "#four") is LIMIT


def test_a_room_whose_opening_is_undone_counts_no_longer() -> None:
    store = FragileStore("epoch")
    there = chat(store, rooms=2)
    (alice,) = there.users("alice")
    store.broken = True
    assert isinstance(alice.ask(Join, "#one"), Error)
    store.broken = False
    there.mend()
    assert isinstance(alice.ask(Join, "#two"), RoomState)
    assert alice.refused(Join, "#three") is LIMIT
    (alice,) = chat(store, rooms=2).users("alice")
    assert alice.refused(Join, "#three") is LIMIT


def test_a_user_has_no_more_sessions_by_losing_some_and_taking_them_up_again() -> None:
    there = chat(sessions_per_user=2)
    tokens = []
    for _ in range(4):
        client = there.connect(identity=KEYS[0])
        tokens.append(client.login("alice").session)
        cut(there, client)
        there.forward(1)
    back = [there.connect(identity=KEYS[0]) for _ in tokens]
    replies = [
        client.ask(Login, PROTOCOL, "alice", token)
        for client, token in zip(back, reversed(tokens), strict=True)
    ]
    assert [getattr(one, "resumed", False) for one in replies] == [True, True, False, False]
    assert [getattr(one, "code", None) for one in replies[2:]] == [LIMIT, LIMIT]


def test_a_user_has_no_more_sessions_by_linking_devices() -> None:
    there = chat(sessions_per_user=2)
    alice = there.login("alice", identity=KEYS[0])
    codes = (alice.ask(Link).code for _ in count())
    replies = [there.connect(identity=key).ask(Login, PROTOCOL, "x", link=next(codes)) for key in KEYS[1:3]]
    assert [getattr(reply, "code", None) for reply in replies] == [None, LIMIT]
    assert len(there.core.state.users["alice"].keys) == 2


def test_an_address_has_no_more_sessions_by_losing_some_and_taking_them_up_again() -> None:
    there = chat(sessions_per_address=2)
    tokens = {}
    for name in ("alice", "bob", "carol"):
        client = there.connect()
        tokens[name] = client.login(name).session
        if name != "carol":
            cut(there, client)
    back = {name: there.connect() for name in ("alice", "bob")}
    replies = {name: client.ask(Login, PROTOCOL, name, tokens[name]) for name, client in back.items()}
    assert replies["alice"].resumed
    assert (replies["bob"].code, replies["bob"].retryable) == (LIMIT, True)
    elsewhere = there.connect("10.0.0.2")
    assert elsewhere.ask(Login, PROTOCOL, "bob", tokens["bob"]).resumed
    again = there.connect()  # a session that is still connected counts once
    assert again.ask(Login, PROTOCOL, "carol", tokens["carol"]).resumed


def test_what_is_rare_is_limited_for_an_address_whatever_new_names_come_from_it() -> None:
    there = chat(openings=1, joins=1_000, topics=1_000)
    replies = []
    for number in range(11):
        client = there.login(f"user{number}")
        replies.append(client.ask(Join, f"#room{number}"))
    assert not [reply for reply in replies[:10] if isinstance(reply, Error)]
    assert (replies[10].code, replies[10].retryable) == (TOO_MANY, True)
    far = there.connect("10.0.0.2")
    far.login("far")
    assert isinstance(far.ask(Join, "#far"), RoomState)


def test_a_user_at_the_limit_takes_nothing_from_others_at_the_address() -> None:
    there = chat(topics=1, changes=1)
    alice, bob = there.users("alice", "bob")
    for number in range(20):
        alice.ask(Topic, "#lobby", f"topic {number}")
        alice.ask(Nick, f"alice{number}")
    assert isinstance(bob.ask(Topic, "#lobby", "mine"), RoomState)
    assert not isinstance(bob.ask(Nick, "robert"), Error)


def test_roles_in_a_room_are_capped_and_those_who_left_count() -> None:
    there = Chat()
    alice, bob = there.users("alice", "bob")
    alice.ask(Join, "#tea")
    bob.ask(Join, "#tea")
    for user in range(100, 99 + MAX_SANCTIONS):  # as many users have joined, got a role, and left
        there.core.state.facts.keep(Rank(user, Role.MODERATOR, "#tea"))
    there.flush()
    assert alice.refused(SetRole, "bob", Role.MODERATOR, "#tea") is LIMIT
    assert isinstance(alice.ask(SetRole, "alice", Role.MODERATOR, "#tea"), Done)
