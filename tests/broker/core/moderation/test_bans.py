"""Whom bans and mutes reach: with another key, by a code, behind a gateway, over a restart."""

import pytest
from keyring import KEYS, login_refused
from wired import Chat, Client, FragileStore

from broker.core.facts.kinds import GrantedRole
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason
from messages.identity import Link, SetPassword
from messages.keys import fingerprint
from messages.moderation import Audit, Ban, Kick, Mute, Role, SetRole
from messages.replies import Accepted, Done, Error, Welcome
from messages.requests import Join, Login, Logout, Send, Whoami

ALICE, PHONE, BOB, GATE = KEYS[:4]
PASSWORD = "correct horse"
PLACE = "198.51.100.7"


def stage() -> tuple[Chat, Client, Client]:
    """Return a chat with a gateway, who runs the broker, and alice, who has a password and is in #tea."""
    chat = Chat(FragileStore("epoch"), own_uid=0)
    root = chat.connect(uid=0)
    root.login("root")
    chat.login("irc", identity=GATE).ask(Logout)
    chat.core.state.facts.keep(GrantedRole(chat.core.state.users["irc"].id, "gateway", 0))
    alice = chat.login("alice", identity=ALICE)
    assert isinstance(alice.ask(SetPassword, PASSWORD), Done)
    for client in (root, alice):
        client.ask(Join, "#tea")
    return chat, root, alice


def behind(chat: Chat, address: str | None = PLACE) -> tuple[Client, Welcome | Error]:
    """Log alice in by the gateway, and return the connection and the answer."""
    client = chat.connect("10.0.0.9", GATE)
    return client, client.ask(Login, 1, "alice", on_behalf=True, password=PASSWORD, address=address)


def phone(chat: Chat, alice: Client) -> Client:
    """Have a second key join alice, and return its connection."""
    client = chat.connect(identity=PHONE)
    assert isinstance(client.ask(Login, 1, "x", link=alice.ask(Link).code), Welcome)
    return client


def code(reply: object) -> ErrorCode | None:
    return getattr(reply, "code", None)


@pytest.mark.parametrize("by", [{"name": "alice"}, {"key": fingerprint(ALICE)}, {"key": fingerprint(PHONE)}])
def test_a_ban_from_the_chat_reaches_every_way_in_over_a_restart_until_it_is_over(
    by: dict[str, str],
) -> None:
    chat, root, alice = stage()
    second = phone(chat, alice)
    third, _ = behind(chat)
    assert isinstance(root.ask(Ban, seconds=600, **by), Done)
    for client in (alice, second, third):
        assert [event.reason for event in client.events(Goodbye)] == [GoodbyeReason.BANNED]
    chat.restart()
    for identity in (ALICE, PHONE):
        for name in ("alice", "mallory"):
            assert login_refused(chat.connect(identity=identity), name).code is ErrorCode.BANNED
    assert code(behind(chat)[1]) is ErrorCode.BANNED
    chat.forward(601)
    assert isinstance(chat.connect(identity=PHONE).login("alice"), Welcome)
    assert isinstance(behind(chat)[1], Welcome)


@pytest.mark.parametrize("by", [{"name": "alice"}, {"key": fingerprint(ALICE)}])
def test_a_ban_from_a_room_reaches_every_session(by: dict[str, str]) -> None:
    chat, root, alice = stage()
    second = phone(chat, alice)
    root.ask(Ban, room="#tea", **by)
    third, _ = behind(chat)
    for client in (alice, second, third):
        assert client.refused(Join, "#tea") is ErrorCode.BANNED
        assert isinstance(client.ask(Send, "#lobby", "hello"), Accepted)


def test_a_mute_reaches_every_session_over_a_restart_until_it_is_over() -> None:
    chat, root, alice = stage()
    phone(chat, alice)
    root.ask(Mute, "#tea", "alice", 600)
    chat.restart()
    clients = [chat.login("alice", identity=ALICE), chat.login("alice", identity=PHONE), behind(chat)[0]]
    assert [client.refused(Send, "#tea", "hello") for client in clients] == [ErrorCode.MUTED] * 3
    chat.forward(601)
    assert isinstance(chat.login("alice", identity=PHONE).ask(Send, "#tea", "hello"), Accepted)


def test_a_code_that_was_shown_before_a_ban_lets_nobody_in() -> None:
    chat, root, alice = stage()
    shown = alice.ask(Link).code
    root.ask(Ban, "alice")
    assert login_refused(chat.connect(identity=PHONE), "x", link=shown).code is ErrorCode.BANNED
    assert PHONE not in chat.core.state.users["alice"].keys


def test_behind_a_gateway_an_address_is_what_the_gateway_says() -> None:
    chat, root, _ = stage()
    there, _ = behind(chat)
    root.ask(Ban, address="198.51.100.0/24")
    assert [event.reason for event in there.events(Goodbye)] == [GoodbyeReason.BANNED]
    assert code(behind(chat)[1]) is ErrorCode.BANNED
    assert isinstance(behind(chat, "203.0.113.5")[1], Welcome)


def test_a_session_that_a_gateway_takes_up_again_is_still_where_the_gateway_says() -> None:
    chat, _, _ = stage()
    lost, welcome = behind(chat)
    assert isinstance(welcome, Welcome)
    chat.core.lose([lost.peer], "connection lost")
    again = chat.connect("10.0.0.9", GATE)
    reply = again.ask(Login, 1, "alice", welcome.session, address=PLACE)
    assert (reply.resumed, again.ask(Whoami).address) == (True, PLACE)
    again.ask(Logout)
    gateway = again.ask(Login, 1, "irc")
    assert (gateway.name, again.ask(Whoami).address) == ("irc", "10.0.0.9")


def test_a_gateway_that_is_banned_lets_nobody_in() -> None:
    chat, root, _ = stage()
    root.ask(Ban, "irc")
    assert code(behind(chat)[1]) is ErrorCode.BANNED
    root.ask(Ban, key=fingerprint(GATE))
    assert code(behind(chat)[1]) is ErrorCode.BANNED


def test_a_gateway_that_is_banned_from_a_room_keeps_nobody_else_out_of_it() -> None:
    chat, root, _ = stage()
    root.ask(Ban, "irc", room="#tea")
    client, _ = behind(chat)
    assert isinstance(client.ask(Send, "#tea", "hello"), Accepted)


def test_nobody_is_an_operator_of_the_broker_by_the_gateway_that_runs_beside_it() -> None:
    chat, _, _ = stage()
    client = chat.connect(identity=GATE, uid=0)
    client.ask(Login, 1, "alice", on_behalf=True, password=PASSWORD)
    assert client.refused(Audit) is ErrorCode.NOT_PERMITTED


def test_one_who_is_away_cannot_be_banned_by_the_key_by_those_below_them() -> None:
    chat, root, alice = stage()
    bob = chat.login("bob", identity=BOB)
    bob.ask(Join, "#tea")
    root.ask(SetRole, "bob", Role.MODERATOR, "#tea")
    root.ask(SetRole, "alice", Role.OPERATOR)
    root.ask(Kick, "alice", "#tea")
    alice.ask(Logout)
    for by in ({"name": "alice"}, {"key": fingerprint(ALICE)}):
        assert bob.refused(Ban, room="#tea", **by) is ErrorCode.NOT_PERMITTED
