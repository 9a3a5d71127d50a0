"""Who may do what: every command that needs a role, asked by everyone there is."""

from typing import Any

import pytest
from keyring import KEYS
from wired import Chat, Client

from broker.commands import COMMANDS
from broker.core.access.invites import make_invite
from broker.core.facts.kinds import GrantedRole
from messages.errors import ErrorCode
from messages.identity import Link, ResetKeys, Revoke, SetPassword, Uninvite
from messages.moderation import (
    Audit,
    Ban,
    Bans,
    InviteUser,
    Kick,
    Mute,
    Role,
    RoomRules,
    SetRole,
    Unban,
    Unmute,
)
from messages.replies import Error
from messages.requests import Join, Nick, Topic

UID = 1000
PRINT = "SHA256:" + "a" * 43
WHO = ["outsider", "member", "moderator", "operator", "broker operator", "runner"]

# What is asked, and the least of those above who may. The runner of the broker may what its operators may.
SECRET = b"secret"
INVITE = make_invite(SECRET, bytes(9), 2_000_000_000_000, 1)
TABLE: list[tuple[Any, dict[str, Any], str]] = [
    (Kick, {"name": "victim", "room": "#tea"}, "moderator"),
    (Kick, {"name": "victim"}, "broker operator"),
    (Ban, {"name": "victim", "room": "#tea"}, "moderator"),
    (Ban, {"name": "victim"}, "broker operator"),
    (Ban, {"key": PRINT, "room": "#tea"}, "moderator"),
    (Ban, {"address": "192.0.2.0/24", "room": "#tea"}, "broker operator"),
    (Ban, {"address": "192.0.2.0/24"}, "broker operator"),
    (Unban, {"name": "banned", "room": "#tea"}, "moderator"),
    (Unban, {"address": "203.0.113.0/24", "room": "#tea"}, "broker operator"),
    (Bans, {"room": "#tea"}, "moderator"),
    (Bans, {}, "broker operator"),
    (Mute, {"name": "victim", "room": "#tea"}, "moderator"),
    (Mute, {"name": "victim", "room": "#lobby"}, "broker operator"),
    (Unmute, {"name": "victim", "room": "#tea"}, "moderator"),
    (InviteUser, {"name": "friend", "room": "#tea"}, "moderator"),
    (RoomRules, {"room": "#tea", "private": True}, "operator"),
    (RoomRules, {"room": "#lobby", "topic_locked": True}, "broker operator"),
    (SetRole, {"name": "victim", "role": Role.MODERATOR, "room": "#tea"}, "operator"),
    (SetRole, {"name": "victim", "role": Role.OPERATOR}, "broker operator"),
    (Audit, {}, "broker operator"),
    (ResetKeys, {"name": "victim"}, "broker operator"),
    (Uninvite, {"invite": INVITE}, "broker operator"),
    (Topic, {"room": "#tea", "topic": "free"}, "member"),
    (Topic, {"room": "#locked", "topic": "kept"}, "moderator"),
    (Topic, {"room": "#locked"}, "member"),
]


def stage() -> dict[str, Client]:
    """Return everyone there is around two rooms, and the chat of the operator who opened them."""
    chat = Chat(own_uid=UID, invite_secret=SECRET)
    found = {name: chat.login(name.replace(" ", "-")) for name in WHO if name != "runner"}
    found["runner"] = chat.connect(uid=UID)
    found["runner"].login("runner")
    others = [chat.login("victim", identity=KEYS[0]), *chat.users("friend", "banned")]
    users = chat.core.state.users
    chat.core.state.facts.keep(GrantedRole(users["broker-operator"].id, "operator", 0))
    chat.flush()
    for room in ("#tea", "#locked"):
        for client in (found["operator"], found["member"], found["moderator"], others[0]):
            client.ask(Join, room)
        found["operator"].ask(SetRole, "moderator", Role.MODERATOR, room)
    for name in ("broker operator", "runner"):
        found[name].ask(Join, "#locked")
        found[name].ask(Join, "#tea")
    found["operator"].ask(RoomRules, "#locked", topic_locked=True)
    found["operator"].ask(Ban, "banned", room="#tea")
    found["runner"].ask(Ban, address="203.0.113.0/24", room="#tea")
    return found


def test_every_command_that_needs_a_role_is_in_the_table() -> None:
    needing = {kind for kind, command in COMMANDS.items() if command.role or command.moderated}
    assert {kind for kind, _, _ in TABLE} == needing


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    ("kind", "fields", "least"), TABLE, ids=lambda value: getattr(value, "__name__", None)
)
def test_a_command_is_for_those_with_the_role_it_needs(
    kind: Any, fields: dict[str, Any], least: str, who: str
) -> None:
    reply = stage()[who].ask(kind, **fields)
    if WHO.index(who) >= WHO.index(least):
        assert not isinstance(reply, Error), reply
    else:
        assert isinstance(reply, Error)
        outside = kind is Topic and who == "outsider"
        assert reply.code is (ErrorCode.NOT_IN_ROOM if outside else ErrorCode.NOT_PERMITTED)
        assert outside or reply.text.startswith("this needs a")


@pytest.mark.parametrize(
    ("uid", "own_uid", "trusted"),
    [(1000, 1000, True), (0, 1000, True), (1001, 1000, False), (1000, None, False), (None, 1000, False)],
)
def test_whoever_runs_the_broker_is_its_operator_over_ipc(
    uid: int | None, own_uid: int | None, trusted: bool
) -> None:
    client = Chat(own_uid=own_uid).connect(uid=uid)
    client.login("alice")
    assert isinstance(client.ask(Audit), Error) is not trusted


def test_what_is_needed_is_said() -> None:
    found = stage()
    assert found["member"].ask(RoomRules, "#tea", True).text == "this needs an operator of #tea; ask one"
    assert found["member"].ask(Kick, "victim", "#tea").text == "this needs a moderator of #tea; ask one"
    assert found["operator"].ask(Audit).text == "this needs an operator of the broker; ask one"


@pytest.mark.parametrize("kind", [Kick, Ban])
@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("moderator", "operator", False),
        ("moderator", "broker-operator", False),
        ("moderator", "member", True),
        ("operator", "moderator", True),
        ("operator", "broker-operator", False),
        ("operator", "runner", False),
        ("broker operator", "operator", True),
        ("broker operator", "runner", False),
        ("runner", "broker-operator", False),
    ],
)
def test_nobody_is_put_out_by_those_below_them(kind: Any, who: str, whom: str, may: bool) -> None:
    reply = stage()[who].ask(kind, name=whom, room="#tea")
    assert isinstance(reply, Error) is not may, reply
    if not may and whom in ("broker-operator", "runner"):
        assert reply.text == f"{whom} is an operator of the broker; take this role away first, with /deop"
    elif not may:
        assert reply.text == f"this needs a higher role than {whom}'s; ask an operator of the broker"


PROVEN = [
    (Link, {}, [False, False, True]),
    (Revoke, {"key": "SHA256:12345678"}, [False, False, True]),
    (SetPassword, {}, [False, True, True]),
    (Nick, {"name": "dora"}, [True, True, True]),
    (RoomRules, {"room": "#lobby"}, [True, True, True]),
    (InviteUser, {"room": "#lobby", "name": "bob"}, [True, True, True]),
    (SetRole, {"name": "bob", "role": Role.MODERATOR, "room": "#lobby"}, [True, True, True]),
    (Unban, {"name": "bob", "room": "#lobby"}, [True, True, True]),
    (Unmute, {"name": "bob", "room": "#lobby"}, [True, True, True]),
]


def test_every_command_that_needs_a_proof_is_in_the_table() -> None:
    needing = {kind for kind, command in COMMANDS.items() if command.proof}
    assert {kind for kind, _, _ in PROVEN} == needing


@pytest.mark.parametrize(("kind", "fields", "allowed"), PROVEN)
def test_a_command_is_for_those_who_have_shown_that_they_are_its_user(
    kind: Any, fields: dict[str, Any], allowed: list[bool]
) -> None:
    chat = Chat()
    clients = [chat.connect(), chat.connect(uid=UID), chat.connect(identity=KEYS[0])]
    for name, client in zip(("alice", "bob", "carol"), clients, strict=True):
        client.login(name)
    replies = [client.ask(kind, **fields) for client in clients]
    assert [getattr(reply, "code", None) is not ErrorCode.NO_KEY for reply in replies] == allowed
