"""Roles, rooms' rules and invitations; and that a private room tells nothing to those who are not invited."""

from typing import Any

import pytest
from keyring import KEYS
from wired import Chat, Client, FragileStore

from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.errors import ErrorCode
from messages.events import System, SystemKind
from messages.files import Fetch
from messages.members import Members
from messages.moderation import (
    Ban,
    Bans,
    InviteUser,
    Kick,
    Mute,
    Role,
    RoomRules,
    Rules,
    SetRole,
    Unban,
    Unmute,
)
from messages.notices import NoticeLevel, Notify
from messages.replies import Done, Error, RoomState
from messages.requests import (
    Confirm,
    Count,
    History,
    Join,
    Leave,
    Request,
    Rooms,
    Search,
    Send,
    Topic,
    Who,
    Whoami,
)
from messages.typing import Typing


def stage(store: FragileStore | None = None) -> tuple[Chat, Client, Client]:
    """Return a chat in which alice has opened the private room #tea, and bob knows nothing."""
    chat = Chat(store, own_uid=0)
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    assert alice.ask(RoomRules, "#tea", True) == Rules("r4", "#tea", True)
    alice.ask(Send, "#tea", "secret")
    bob.events()
    return chat, alice, bob


# Every request that names a room, about one that a stranger may not know of.
ABOUT: list[tuple[type[Request], dict[str, Any]]] = [
    (Send, {"to": "ROOM", "text": "hello"}),
    (Confirm, {"conversation": "ROOM", "seq": 0}),
    (Edit, {"conversation": "ROOM", "seq": 1, "text": "other"}),
    (Delete, {"conversation": "ROOM", "seq": 1}),
    (React, {"conversation": "ROOM", "seq": 1, "reaction": "+1"}),
    (Pin, {"conversation": "ROOM", "seq": 1}),
    (Pins, {"conversation": "ROOM"}),
    (Members, {"room": "ROOM"}),
    (Typing, {"conversation": "ROOM"}),
    (History, {"conversation": "ROOM", "thread": 1}),
    (Notify, {"conversation": "ROOM"}),
    (Notify, {"conversation": "ROOM", "level": NoticeLevel.ALL}),
    (Leave, {"room": "ROOM"}),
    (Topic, {"room": "ROOM"}),
    (Topic, {"room": "ROOM", "topic": "free"}),
    (Who, {"room": "ROOM"}),
    (Count, {"room": "ROOM"}),
    (History, {"conversation": "ROOM"}),
    (Search, {"words": "secret", "conversation": "ROOM"}),
    (RoomRules, {"room": "ROOM"}),
    (RoomRules, {"room": "ROOM", "private": True}),
    (InviteUser, {"room": "ROOM", "name": "bob"}),
    (SetRole, {"room": "ROOM", "name": "alice", "role": Role.MEMBER}),
    (Kick, {"room": "ROOM", "name": "alice"}),
    (Ban, {"room": "ROOM", "name": "alice"}),
    (Ban, {"room": "ROOM", "address": "10.0.0.1"}),
    (Unban, {"room": "ROOM", "name": "alice"}),
    (Bans, {"room": "ROOM"}),
    (Fetch, {"conversation": "ROOM", "seq": 1}),
    (Mute, {"room": "ROOM", "name": "alice"}),
    (Unmute, {"room": "ROOM", "name": "alice"}),
]


def test_all_requests_that_name_a_room_are_tried() -> None:
    from broker.commands import COMMANDS

    naming = {kind for kind in COMMANDS if {"room", "conversation", "to"} & set(kind.__struct_fields__)}
    assert {kind for kind, _ in ABOUT} == naming - {Join}


@pytest.mark.parametrize(("kind", "fields"), ABOUT, ids=lambda value: getattr(value, "__name__", None))
def test_a_private_room_is_to_a_stranger_as_one_that_does_not_exist(
    kind: type[Request], fields: dict[str, Any]
) -> None:
    _, _, bob = stage()
    answers = [
        bob.ask(kind, id="same", **{k: room if v == "ROOM" else v for k, v in fields.items()})
        for room in ("#tea", "#nothing")
    ]
    assert isinstance(answers[0], Error)
    assert answers[0].code is ErrorCode.NO_SUCH_ROOM
    assert answers[0] == answers[1]


def test_to_enter_a_private_room_is_refused_as_to_enter_a_reserved_name() -> None:
    chat, _, bob = stage()
    root = chat.connect(uid=0)
    root.login("root")
    assert root.ask(RoomRules, "#Reserved", True).private
    answers = [bob.ask(Join, room, id="same") for room in ("#tea", "#reserved")]
    assert answers[0].code is ErrorCode.NO_SUCH_ROOM
    assert answers[0] == answers[1]
    assert "#reserved" not in chat.core.state.conversations
    assert isinstance(root.ask(Join, "#reserved"), RoomState)


def test_a_room_that_looks_like_a_private_one_is_refused_as_that_one_is() -> None:
    _, alice, bob = stage()
    alice.ask(Join, "#soil")
    alice.ask(RoomRules, "#soil", True)
    assert bob.ask(Join, "#soiI", id="same") == bob.ask(Join, "#soil", id="same")
    alice.ask(RoomRules, "#soil", False)
    assert bob.refused(Join, "#s0il") is ErrorCode.NAME_TOO_SIMILAR


def test_a_stranger_hears_of_it_nowhere() -> None:
    chat, alice, bob = stage()
    assert [entry.room for entry in bob.ask(Rooms).rooms] == ["#lobby"]
    assert bob.ask(Search, "secret").messages == []
    assert bob.ask(Whoami).rooms == ["#lobby"]
    chat.login("carol")
    alice.ask(InviteUser, "#tea", "carol")
    alice.ask(Topic, "#tea", "ours")
    assert [event.kind for event in bob.events(System)] == [SystemKind.JOINED]  # carol, into the chat


def test_it_stays_private_over_a_restart() -> None:
    store = FragileStore("epoch")
    chat, _, _ = stage(store)
    chat.restart()
    assert chat.login("bob").refused(Join, "#tea") is ErrorCode.NO_SUCH_ROOM
    assert isinstance(chat.login("alice").ask(Topic, "#tea"), RoomState)


class TestInviting:
    def test_the_invited_are_told_and_may_enter_once(self) -> None:
        _, alice, bob = stage()
        assert isinstance(alice.ask(InviteUser, "#tea", "bob"), Done)
        text = "alice invites you into #tea"
        assert bob.events() == [
            System(SystemKind.INVITED, "bob", text, room="#tea", by="alice", user_id=2, by_id=1)
        ]
        assert [entry.room for entry in bob.ask(Rooms).rooms] == ["#lobby", "#tea"]
        assert isinstance(bob.ask(Join, "#tea"), RoomState)
        bob.ask(Leave, "#tea")
        assert bob.refused(Join, "#tea") is ErrorCode.NO_SUCH_ROOM

    def test_an_invitation_lasts_until_a_ban(self) -> None:
        chat, alice, bob = stage(FragileStore("epoch"))
        alice.ask(InviteUser, "#tea", "bob")
        alice.ask(Join, "#open")
        chat.restart()
        alice, bob = chat.login("alice"), chat.login("bob")
        assert isinstance(bob.ask(Join, "#tea"), RoomState)
        alice.ask(Ban, "bob", room="#tea")
        assert bob.refused(Join, "#tea") is ErrorCode.NO_SUCH_ROOM
        assert alice.refused(InviteUser, "#tea", "bob") is ErrorCode.BANNED

    def test_a_ban_ends_an_invitation_that_was_not_taken_up(self) -> None:
        _, alice, bob = stage()
        alice.ask(InviteUser, "#tea", "bob")
        assert isinstance(alice.ask(Ban, "bob", room="#tea"), Done)
        assert bob.refused(Join, "#tea") is ErrorCode.NO_SUCH_ROOM
        alice.ask(Unban, "bob", room="#tea")
        assert bob.refused(Join, "#tea") is ErrorCode.NO_SUCH_ROOM

    def test_one_who_is_not_known_cannot_be_invited(self) -> None:
        _, alice, _ = stage()
        assert alice.refused(InviteUser, "#tea", "nobody") is ErrorCode.NO_SUCH_USER


class TestRules:
    def test_the_members_are_told(self) -> None:
        _, alice, bob = stage()
        assert alice.ask(RoomRules, "#tea", False, True, id="x") == Rules("x", "#tea", False, True)
        bob.ask(Join, "#tea")
        alice.ask(RoomRules, "#tea", topic_locked=False)
        (told,) = bob.events(System)
        assert (told.kind, told.text) == (
            SystemKind.RULES,
            "alice has changed #tea: all members may set its topic",
        )
        assert alice.ask(RoomRules, "#tea", id="y") == Rules("y", "#tea")

    def test_the_lobby_stays_open(self) -> None:
        chat, _, _ = stage()
        root = chat.connect(uid=0)
        root.login("root")
        assert root.refused(RoomRules, "#lobby", True) is ErrorCode.LOBBY_PROTECTED
        assert root.refused(RoomRules, "#nothing", topic_locked=True) is ErrorCode.NO_SUCH_ROOM


class TestRank:
    def test_who_opens_a_room_is_its_operator_and_the_others_are_not(self) -> None:
        _, alice, bob = stage()
        alice.ask(RoomRules, "#tea", False)
        bob.ask(Join, "#tea")
        assert bob.refused(RoomRules, "#tea", True) is ErrorCode.NOT_PERMITTED

    def test_a_role_holds_at_once_and_over_a_restart_until_it_is_taken(self) -> None:
        store = FragileStore("epoch")
        chat, alice, bob = stage(store)
        alice.ask(InviteUser, "#tea", "bob")
        bob.ask(Join, "#tea")
        alice.ask(SetRole, "bob", Role.MODERATOR, "#tea")
        assert bob.events(System)[-1].text == "alice has changed your role: you are now moderator of #tea"
        chat.restart()
        alice, bob = chat.login("alice"), chat.login("bob")
        assert not isinstance(bob.ask(Bans, "#tea"), Error)
        alice.ask(SetRole, "bob", Role.MEMBER, "#tea")
        assert bob.refused(Bans, "#tea") is ErrorCode.NOT_PERMITTED

    def test_only_those_in_a_room_have_roles_in_it(self) -> None:
        _, alice, _ = stage()
        assert alice.refused(SetRole, "bob", Role.OPERATOR, "#tea") is ErrorCode.NOT_IN_ROOM

    def test_nobody_is_told_to_invite_whose_role_they_take_away(self) -> None:
        _, alice, _ = stage()
        refusal = alice.ask(SetRole, "bob", Role.MEMBER, "#tea")
        assert isinstance(refusal, Error)
        advice = "name the room whose role you take away, or * for the whole chat"
        assert refusal.text == f"bob is not in #tea; {advice}"

    def test_one_can_give_up_ones_own_role(self) -> None:
        _, alice, _ = stage()
        assert isinstance(alice.ask(SetRole, "alice", Role.MEMBER, "#tea"), Done)
        assert alice.refused(RoomRules, "#tea", False) is ErrorCode.NOT_PERMITTED

    def test_an_operator_of_the_broker_is_made_and_unmade(self) -> None:
        chat, _, _ = stage()
        root, carol = chat.connect(uid=0), chat.login("carol", identity=KEYS[0])
        root.login("root")
        assert isinstance(root.ask(SetRole, "carol", Role.OPERATOR), Done)
        assert [entry.room for entry in carol.ask(Rooms).rooms] == ["#lobby", "#tea"]
        root.ask(SetRole, "carol", Role.MEMBER)
        assert [entry.room for entry in carol.ask(Rooms).rooms] == ["#lobby"]

    def test_no_operator_of_the_broker_is_made_of_a_name_that_anybody_could_take(self) -> None:
        chat, _, _ = stage()
        root = chat.connect(uid=0)
        root.login("root")
        reply = root.ask(SetRole, "bob", Role.OPERATOR)
        assert reply.code is ErrorCode.NO_KEY
        assert reply.text.startswith("bob has no key")


class TestTheFounder:
    """alice has opened #tea, and made bob its operator."""

    @pytest.fixture
    def people(self) -> tuple[Chat, Client, Client]:
        chat, alice, bob = stage()
        alice.ask(InviteUser, "#tea", "bob")
        bob.ask(Join, "#tea")
        assert isinstance(alice.ask(SetRole, "bob", Role.OPERATOR, "#tea"), Done)
        return chat, alice, bob

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR])
    def test_the_founder_takes_back_a_role(self, people: tuple[Chat, Client, Client], role: Role) -> None:
        _, alice, bob = people
        assert isinstance(alice.ask(SetRole, "bob", role, "#tea"), Done)
        assert bob.refused(RoomRules, "#tea", False) is ErrorCode.NOT_PERMITTED

    def test_it_is_so_after_a_restart(self, people: tuple[Chat, Client, Client]) -> None:
        chat, _, _ = people
        chat.restart()
        alice, _bob = chat.users("alice", "bob")
        assert isinstance(alice.ask(SetRole, "bob", Role.MEMBER, "#tea"), Done)

    def test_an_operator_cannot_take_the_role_of_the_founder_or_of_another(
        self, people: tuple[Chat, Client, Client]
    ) -> None:
        chat, alice, bob = people
        (carol,) = chat.users("carol")
        alice.ask(InviteUser, "#tea", "carol")
        carol.ask(Join, "#tea")
        alice.ask(SetRole, "carol", Role.OPERATOR, "#tea")
        for name in ("alice", "carol"):
            assert bob.refused(SetRole, name, Role.MEMBER, "#tea") is ErrorCode.NOT_PERMITTED
            assert bob.refused(Kick, name, "#tea") is ErrorCode.NOT_PERMITTED

    def test_a_founder_who_gives_up_the_role_is_a_founder_no_more(
        self, people: tuple[Chat, Client, Client]
    ) -> None:
        _, alice, bob = people
        alice.ask(SetRole, "alice", Role.MEMBER, "#tea")
        assert isinstance(bob.ask(SetRole, "alice", Role.OPERATOR, "#tea"), Done)
        assert alice.refused(SetRole, "bob", Role.MEMBER, "#tea") is ErrorCode.NOT_PERMITTED
