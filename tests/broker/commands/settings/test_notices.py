"""Levels, keywords and quiet hours: kept for a user's clients, and told to them."""

from __future__ import annotations

from typing import Any

import pytest
from keyring import KEYS
from photograph import photograph
from wired import Chat, Client, FragileStore, is_unavailable

from broker.core.facts.notices import NOTICE_FACTS, ChosenLevels
from broker.core.settings import Caps
from messages.errors import ErrorCode
from messages.events import Event, Ignoring, KeywordsChanged, Lagged, LevelChanged, QuietHoursChanged
from messages.moderation import RoomRules
from messages.notices import (
    ConversationLevel,
    Day,
    KeywordList,
    Keywords,
    NoticeLevel,
    Notify,
    QuietHours,
    QuietList,
    QuietSpan,
)
from messages.replies import Welcome
from messages.requests import Join, Leave, Login, Logout, Nick, Ping, Request, Send
from messages.version import PROTOCOL

ALICE = KEYS[0]
NIGHT = QuietSpan([Day.MON, Day.SUN], "22:00", "07:00")
ZONE = "Europe/Berlin"
SETTINGS = (LevelChanged, KeywordsChanged, QuietHoursChanged)


def login(chat: Chat, name: str = "alice", *, knowing: bool = True) -> tuple[Client, Welcome]:
    """Return a client that knows amendments or not, and its welcome; its inbox has what came after."""
    client = chat.connect(identity=ALICE if name == "alice" else None)
    welcome = client.ask(Login, PROTOCOL, name, amendments=knowing)
    assert isinstance(welcome, Welcome)
    return client, welcome


def told(client: Client) -> list[Event]:
    return [event for event in client.events() if isinstance(event, SETTINGS)]


def levels(welcome: Welcome) -> dict[str, NoticeLevel]:
    return {at.conversation: at.level for at in welcome.conversations}


CHOICES: list[tuple[type[Request], tuple[Any, ...], Event]] = [
    (Notify, ("#lobby", NoticeLevel.ALL), LevelChanged("#lobby", NoticeLevel.ALL)),
    (Keywords, (["deploy"],), KeywordsChanged(["deploy"])),
    (QuietHours, ([NIGHT], ZONE), QuietHoursChanged([NIGHT], ZONE)),
]


def test_what_is_chosen_can_be_asked_for_and_taken_back() -> None:
    chat = Chat()
    alice, _ = login(chat)
    lobby = "#lobby"
    assert alice.ask(Notify, lobby, id="x") == ConversationLevel("x", lobby, NoticeLevel.DEFAULT)
    assert alice.ask(Notify, "#LOBBY", NoticeLevel.NONE, id="x").level is NoticeLevel.NONE
    assert alice.ask(Notify, lobby, id="x") == ConversationLevel("x", lobby, NoticeLevel.NONE)
    assert alice.ask(Notify, lobby, NoticeLevel.DEFAULT).level is NoticeLevel.DEFAULT
    assert alice.ask(Keywords, ["Deploy", "deploy", "猫"], id="x") == KeywordList("x", ["Deploy", "猫"])
    assert alice.ask(Keywords).words == ["Deploy", "猫"]
    assert alice.ask(Keywords, []).words == []
    assert alice.ask(QuietHours, [NIGHT], ZONE, id="x") == QuietList("x", [NIGHT], ZONE)
    assert alice.ask(QuietHours, id="x") == QuietList("x", [NIGHT], ZONE)
    assert alice.ask(QuietHours, [], id="x") == QuietList("x", [])
    assert [chat.core.state.facts.of(kind) for kind in NOTICE_FACTS] == [{}, {}, {}]


@pytest.mark.parametrize(("kind", "values", "event"), CHOICES)
def test_other_devices_are_told_at_once_if_they_know_it_and_only_of_a_change(
    kind: type[Request], values: tuple[Any, ...], event: Event
) -> None:
    chat = Chat()
    (laptop, _), (phone, _), (old, _) = login(chat), login(chat), login(chat, knowing=False)
    bob, _ = login(chat, "bob")
    for client in (laptop, phone, old, bob):
        client.events()
    laptop.ask(kind, *values)
    assert phone.events() == [event]
    laptop.ask(kind, *values)
    assert [client.events() for client in (laptop, phone, old, bob)] == [[], [], [], []]


def test_all_of_it_is_told_at_the_next_login_also_after_a_restart() -> None:
    chat = Chat(FragileStore("epoch"))
    alice, _ = login(chat)
    for kind, values, _ in CHOICES:
        alice.ask(kind, *values)
    chat.restart()
    client, welcome = login(chat)
    assert levels(welcome) == {"#lobby": NoticeLevel.ALL}
    assert told(client) == [event for _, _, event in CHOICES[1:]]
    assert told(login(chat, knowing=False)[0]) == []
    assert told(login(chat, "bob")[0]) == []


def test_a_level_outlasts_other_names_and_that_the_user_leaves() -> None:
    chat = Chat()
    bob, _ = login(chat, "bob")
    alice, _ = login(chat)
    alice.ask(Join, "#Tea")
    alice.ask(Notify, "#tea", NoticeLevel.ALL)
    alice.ask(Notify, "@bob", NoticeLevel.NONE)
    bob.ask(Nick, "rob")
    alice.ask(Leave, "#tea")
    client, welcome = login(chat)
    assert levels(welcome) == {"#lobby": NoticeLevel.DEFAULT}
    assert told(client) == [
        LevelChanged("#tea", NoticeLevel.ALL),
        LevelChanged("@rob", NoticeLevel.NONE),
    ]
    bob.ask(Send, "@alice", "hello")
    alice.ask(Join, "#tea")
    client, welcome = login(chat)
    assert levels(welcome) == {
        "#lobby": NoticeLevel.DEFAULT,
        "#Tea": NoticeLevel.ALL,
        "@rob": NoticeLevel.NONE,
    }
    assert told(client) == []


def test_a_room_that_one_may_not_read_is_answered_like_one_that_is_not_there() -> None:
    chat = Chat()
    bob, alice = chat.users("bob", "alice")
    bob.ask(Join, "#tea")
    assert alice.refused(Notify, "#tea") is ErrorCode.NOT_IN_ROOM
    bob.ask(RoomRules, "#tea", private=True)
    for level in (None, NoticeLevel.ALL):
        hidden, absent = (alice.ask(Notify, room, level, id="x") for room in ("#tea", "#nowhere"))
        assert hidden == absent
        assert hidden.code is ErrorCode.NO_SUCH_ROOM
    assert alice.refused(Notify, "@nobody") is ErrorCode.NO_SUCH_USER
    assert alice.refused(Notify, "@alice") is ErrorCode.TO_YOURSELF


@pytest.mark.parametrize(("kind", "values", "event"), CHOICES)
def test_what_cannot_be_stored_does_not_hold(
    kind: type[Request], values: tuple[Any, ...], event: Event
) -> None:
    store = FragileStore("epoch")
    chat = Chat(store)
    (laptop, _), (phone, _) = login(chat), login(chat)
    phone.events()
    before, asked = photograph(chat.core), laptop.ask(kind, values[0] if kind is Notify else None, id="x")
    store.broken = True
    assert is_unavailable(laptop.ask(kind, *values))
    assert photograph(chat.core) == before
    assert laptop.ask(kind, values[0] if kind is Notify else None, id="x") == asked
    assert phone.events() == []


@pytest.mark.parametrize(("kind", "values", "event"), CHOICES)
def test_changes_have_a_rate_and_questions_have_none(
    kind: type[Request], values: tuple[Any, ...], event: Event
) -> None:
    chat = Chat(caps=Caps(changes=1))
    alice = chat.login("alice")
    alice.ask(kind, *values)
    assert alice.refused(kind, *values) is ErrorCode.TOO_MANY_REQUESTS
    assert alice.ask(kind, values[0] if kind is Notify else None)


def test_levels_have_a_most_and_those_of_rooms_that_were_left_make_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("broker.commands.settings.notices.MAX_LEVELS", 2)
    chat = Chat()
    (alice,) = chat.users("alice")
    for room in ("#one", "#two", "#three"):
        alice.ask(Join, room)
    for room in ("#one", "#two"):
        alice.ask(Notify, room, NoticeLevel.ALL)
    assert alice.refused(Notify, "#three", NoticeLevel.ALL) is ErrorCode.LIMIT_REACHED
    assert alice.ask(Notify, "#two", NoticeLevel.NONE).level is NoticeLevel.NONE
    alice.ask(Leave, "#one")
    assert alice.ask(Notify, "#three", NoticeLevel.ALL).level is NoticeLevel.ALL
    assert alice.refused(Notify, "#lobby", NoticeLevel.ALL) is ErrorCode.LIMIT_REACHED


def test_a_user_who_is_forgotten_leaves_nothing_behind() -> None:
    chat = Chat(names="shared")
    alice, bob = chat.users("alice", "bob")
    alice.ask(Notify, "@bob", NoticeLevel.NONE)
    for kind, values, _ in CHOICES:
        bob.ask(kind, *values)
    bob.ask(Notify, "@alice", NoticeLevel.ALL)
    bob.ask(Logout)
    assert [chat.core.state.facts.of(kind) for kind in NOTICE_FACTS] == [{}, {}, {}]
    alice.ask(Notify, "#lobby", NoticeLevel.NONE)
    assert [one.levels for one in chat.core.state.facts.of(ChosenLevels).values()] == [
        {"#lobby": NoticeLevel.NONE}
    ]


def test_a_client_that_lagged_is_told_all_of_it_again() -> None:
    chat = Chat()
    (laptop, _), (phone, _) = login(chat), login(chat)
    phone.full = True
    for kind, values, _ in CHOICES:
        laptop.ask(kind, *values)
    phone.full = False
    phone.ask(Ping)
    events = phone.events()
    assert [at.level for event in events if isinstance(event, Lagged) for at in event.conversations] == [
        NoticeLevel.ALL
    ]
    assert events[1:] == [Ignoring([]), *(event for _, _, event in CHOICES[1:])]
