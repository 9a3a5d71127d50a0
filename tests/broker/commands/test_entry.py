"""Who may come: access, invites, gateways and their passwords."""

from typing import Any

import pytest
from keyring import KEYS, login_refused
from photograph import photograph
from wired import Chat, Client, FragileStore

from broker.commands import COMMANDS
from broker.core.access.invites import invite_secret, make_invite
from broker.core.facts.kinds import GrantedRole, InviteUse
from broker.core.limits import attempts
from broker.core.limits.attempts import LINK_SECONDS
from broker.core.outbox import LogEvent
from broker.core.settings import AccessPolicy, Caps
from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason
from messages.files import Chunk, Fetch, Upload
from messages.identity import Keys, Link, ResetKeys, Revoke, SetPassword, Uninvite, Whois
from messages.keys import fingerprint
from messages.members import Members
from messages.moderation import (
    Audit,
    AuditLog,
    Ban,
    Bans,
    Ignore,
    Ignored,
    InviteUser,
    Kick,
    Mute,
    Role,
    RoomRules,
    SetRole,
    Unban,
    Unignore,
    Unmute,
)
from messages.notices import Keywords, Notify, QuietHours
from messages.replies import Done, Pong, Welcome
from messages.requests import (
    Away,
    Confirm,
    Count,
    Debug,
    History,
    Join,
    Leave,
    Login,
    Logout,
    Nick,
    Ping,
    Play,
    ReadReceipts,
    Request,
    Rooms,
    Search,
    Send,
    Time,
    Topic,
    Who,
    Whoami,
)
from messages.sessions import EndSession, Sessions
from messages.typing import Typing, TypingNotices

ALICE, PHONE, BOB, GATE = KEYS[:4]
SECRET = invite_secret(b"the broker's own")
PASSWORD = "correct horse"


def chat_for(access: AccessPolicy, store: FragileStore | None = None, **settings: Any) -> Chat:
    return Chat(store or FragileStore("epoch"), access=access, invite_secret=SECRET, **settings)


def token(chat: Chat, nonce: int = 1, *, uses: int = 1, seconds: int = 60, role: str = "") -> str:
    return make_invite(SECRET, nonce.to_bytes(9, "big"), chat.now.at + seconds * 1000, uses, role)


def gateway(chat: Chat) -> None:
    gate = chat.connect(identity=GATE)
    assert isinstance(gate.ask(Login, 1, "irc", invite=token(chat, 99, role="gateway")), Welcome)
    gate.ask(Logout)


def operator(chat: Chat) -> Client:
    alice = chat.connect(identity=ALICE)
    assert isinstance(alice.ask(Login, 1, "alice", invite=token(chat, role="operator")), Welcome)
    return alice


def behind(chat: Chat, name: str, password: str | None, address: str = "198.51.100.7") -> object:
    door = chat.connect(identity=GATE)
    return door.ask(Login, 1, name, on_behalf=True, password=password, address=address)


def code(reply: object) -> ErrorCode | None:
    return getattr(reply, "code", None)


@pytest.fixture
def chat() -> Chat:
    """Return a chat with a gateway, and with alice who has a password."""
    chat = chat_for(AccessPolicy.OPEN)
    gateway(chat)
    alice = chat.login("alice", identity=ALICE)
    assert isinstance(alice.ask(SetPassword, PASSWORD), Done)
    chat.forward(1)
    return chat


def test_where_only_the_known_may_come_the_known_come_and_others_do_not() -> None:
    store = FragileStore("epoch")
    Chat(store).login("alice", identity=ALICE)
    chat = chat_for(AccessPolicy.KNOWN, store)
    assert chat.login("alice", identity=ALICE).ask(Ping)
    for identity in (BOB, None):
        stranger = chat.connect(identity=identity)
        assert login_refused(stranger, "bob").code is ErrorCode.NOT_ADMITTED
        assert login_refused(stranger, "bob", invite=token(chat)).code is ErrorCode.NOT_ADMITTED
    assert chat.connect(identity=BOB).refused(Login, 1, "alice") is ErrorCode.NAME_NOT_YOURS


@pytest.mark.parametrize("access", [AccessPolicy.KNOWN, AccessPolicy.INVITED])
def test_who_runs_the_broker_comes_in_over_ipc_without_an_invite_and_others_over_it_do_not(
    access: AccessPolicy,
) -> None:
    chat = chat_for(access, own_uid=1000)
    assert isinstance(chat.connect(uid=1000).ask(Login, 1, "root"), Welcome)
    assert login_refused(chat.connect(uid=1001), "guest").code is ErrorCode.NOT_ADMITTED


@pytest.mark.parametrize("restarted", [False, True])
def test_an_invite_lets_so_many_in_as_it_says_who_need_none_again(restarted: bool) -> None:
    chat = chat_for(AccessPolicy.INVITED)
    invite = token(chat, uses=2)
    assert login_refused(chat.connect(identity=ALICE), "alice").code is ErrorCode.NOT_ADMITTED
    for name, identity in (("alice", ALICE), ("bob", BOB)):
        assert isinstance(chat.connect(identity=identity).ask(Login, 1, name, invite=invite), Welcome)
        if restarted:
            chat.restart()
    carol = chat.connect(identity=PHONE)
    assert login_refused(carol, "carol", invite=invite).code is ErrorCode.INVITE_INVALID
    assert isinstance(chat.connect(identity=ALICE).ask(Login, 1, "alice", invite=invite), Welcome)
    assert chat.login("bob", identity=BOB).ask(Ping)


def test_an_invite_ends_with_its_time_and_so_does_what_is_kept_of_it() -> None:
    chat = chat_for(AccessPolicy.INVITED)
    early, late = token(chat, 1, uses=9), token(chat, 2, seconds=600)
    assert isinstance(chat.connect(identity=ALICE).ask(Login, 1, "alice", invite=early), Welcome)
    chat.now = chat.now._replace(at=chat.now.at + 60_000)
    assert login_refused(chat.connect(identity=BOB), "bob", invite=early).code is ErrorCode.INVITE_INVALID
    assert isinstance(chat.connect(identity=BOB).ask(Login, 1, "bob", invite=late), Welcome)
    assert [use.expires for use in chat.core.state.facts.of(InviteUse).values()] == [chat.now.at + 540_000]


def test_an_invite_whose_use_could_not_be_stored_is_not_used() -> None:
    store = FragileStore("epoch")
    chat = chat_for(AccessPolicy.INVITED, store)
    invite = token(chat)
    store.broken = True
    refused = chat.connect(identity=ALICE).ask(Login, 1, "alice", invite=invite)
    assert code(refused) is ErrorCode.UNAVAILABLE
    chat.mend()
    assert isinstance(chat.connect(identity=ALICE).ask(Login, 1, "alice", invite=invite), Welcome)


def test_a_role_goes_to_a_key_and_to_nobody_without() -> None:
    chat = chat_for(AccessPolicy.OPEN)
    invite = token(chat, role="operator", uses=2)
    assert login_refused(chat.connect(), "alice", invite=invite).code is ErrorCode.INVITE_INVALID
    chat.login("alice", identity=ALICE)
    for _ in range(2):
        chat.connect(identity=ALICE).ask(Login, 1, "alice", invite=invite)
    assert [fact.role for fact in chat.core.state.facts.of(GrantedRole).values()] == ["operator"]
    assert [use.used for use in chat.core.state.facts.of(InviteUse).values()] == [1]
    assert chat.noted(LogEvent.AUDIT)[-1]["text"] == "set-role operator alice: by an invite"


def known_to_the_store() -> FragileStore:
    """Return a store that knows Alice and her key."""
    store = FragileStore("epoch")
    assert Chat(store).login("alice", identity=ALICE).peer.session is not None
    return store


def test_the_transports_question_is_answered_by_what_is_committed() -> None:
    chat = chat_for(AccessPolicy.KNOWN, known_to_the_store())
    admission = chat.core.admission
    assert (admission.admit(ALICE, "10.0.0.1"), admission.admit(PHONE, "10.0.0.1")) == (True, False)
    alice = chat.login("alice", identity=ALICE)
    alice.put(Link)
    assert not admission.admit(PHONE, "10.0.0.1")
    chat.flush()
    assert admission.admit(PHONE, "10.0.0.1")
    chat.connect(identity=PHONE).ask(Login, 1, "x", link=alice.ask(Link).code)
    assert admission.admit(PHONE, "10.0.0.1")
    assert not admission.admit(BOB, "10.0.0.1")
    alice.ask(Revoke, fingerprint(PHONE))
    assert not admission.admit(PHONE, "10.0.0.1")


def test_a_revocation_that_could_not_be_stored_keeps_nobody_out() -> None:
    store = FragileStore("epoch")
    chat = chat_for(AccessPolicy.OPEN, store)
    alice = chat.login("alice", identity=ALICE)
    chat.connect(identity=PHONE).ask(Login, 1, "x", link=alice.ask(Link).code)
    store.broken = True
    asked = alice.put(Revoke, fingerprint(PHONE))
    chat.now = chat.now._replace(elapsed=chat.now.elapsed + 2)
    chat.tick()
    assert code(alice.reply(asked)) is ErrorCode.UNAVAILABLE
    assert chat.core.admission.admit(PHONE, "10.0.0.1")
    chat.mend()
    chat.tick()
    assert chat.core.admission.admit(PHONE, "10.0.0.1")


def test_when_the_last_code_expires_strangers_connect_no_more() -> None:
    chat = chat_for(AccessPolicy.KNOWN, known_to_the_store())
    alice = chat.login("alice", identity=ALICE)
    alice.ask(Link)
    assert chat.core.admission.admit(PHONE, "10.0.0.1")
    chat.now = chat.now._replace(elapsed=chat.now.elapsed + LINK_SECONDS + 1)
    chat.tick()
    assert not chat.core.admission.admit(PHONE, "10.0.0.1")


def test_where_all_may_come_only_revoked_keys_do_not_connect() -> None:
    chat = chat_for(AccessPolicy.OPEN)
    alice = chat.login("alice", identity=ALICE)
    chat.connect(identity=PHONE).ask(Login, 1, "x", link=alice.ask(Link).code)
    alice.ask(Revoke, fingerprint(PHONE))
    assert [chat.core.admission.admit(key, "10.0.0.1") for key in (ALICE, PHONE, BOB)] == [True, False, True]


def test_a_gateway_logs_in_who_has_the_password_and_says_where_they_are(chat: Chat) -> None:
    door = chat.connect(identity=GATE)
    reply = door.ask(Login, 1, "Alice", on_behalf=True, password=PASSWORD, address="198.51.100.7")
    assert reply.name == "alice"
    assert door.ask(Whoami).address == "198.51.100.7"
    assert chat.noted(LogEvent.LOGIN)[-1] == {"name": "alice", "address": "198.51.100.7"}


def test_a_session_behind_a_gateway_has_no_key_of_the_user(chat: Chat) -> None:
    door = chat.connect(identity=GATE)
    session = door.ask(Login, 1, "alice", on_behalf=True, password=PASSWORD).session
    assert door.refused(Link) is ErrorCode.NO_KEY
    assert door.refused(SetPassword, "another one") is ErrorCode.NO_KEY
    assert (
        login_refused(chat.connect(identity=BOB), "alice", session=session).code is ErrorCode.NAME_NOT_YOURS
    )


def test_behind_a_gateway_an_operator_of_the_broker_is_a_user_like_others(chat: Chat) -> None:
    alice = operator(chat)
    assert isinstance(alice.ask(Audit), AuditLog)
    door = chat.connect(identity=GATE)
    assert isinstance(door.ask(Login, 1, "alice", on_behalf=True, password=PASSWORD), Welcome)
    assert "with your own key" in door.ask(Audit).text
    for request in ((SetRole, "irc", Role.OPERATOR), (Kick, "irc"), (Ban, "irc")):
        assert door.refused(*request) is ErrorCode.NOT_PERMITTED
    assert isinstance(alice.ask(Audit), AuditLog)


LASTING: list[tuple[type[Request], dict[str, Any]]] = [
    (Nick, {"name": "mallory"}),
    (SetRole, {"name": "irc", "role": Role.OPERATOR, "room": "#tea"}),
    (InviteUser, {"room": "#tea", "name": "irc"}),
    (RoomRules, {"room": "#tea", "private": False}),
    (Unban, {"name": "irc", "room": "#tea"}),
    (Unmute, {"name": "irc", "room": "#tea"}),
    (Link, {}),
    (Revoke, {"key": "SHA256:12345678"}),
    (SetPassword, {"password": "another one"}),
]
PASSING: set[type[Request]] = {
    Login, Logout, Ping, Send, Edit, Delete, React, Pin, Pins,
    Confirm, ReadReceipts, History, Search, Join, Leave, Rooms, Topic, Who, Whoami,
    Upload, Chunk, Fetch,
    Count, Time, Away, Play, Debug, Kick, Ban, Bans, Mute, Ignore, Unignore, Ignored, Keys, Whois,
    Notify, Keywords, QuietHours,
    Members, Sessions, EndSession, Typing, TypingNotices,
}  # fmt: skip
OF_THE_BROKER: set[type[Request]] = {Audit, ResetKeys, Uninvite}
"""What no session behind a gateway may do, as it never has the rights of an operator of the broker."""


def test_of_every_command_it_is_decided_whether_a_gateway_may_do_it_for_a_user() -> None:
    proven = {kind for kind, command in COMMANDS.items() if command.proof}
    assert proven == {kind for kind, _ in LASTING}
    assert COMMANDS.keys() - proven == PASSING | OF_THE_BROKER
    assert all(COMMANDS[kind].role and not COMMANDS[kind].room for kind in OF_THE_BROKER)


@pytest.mark.parametrize(("kind", "fields"), LASTING)
def test_a_gateway_cannot_do_what_outlasts_the_visit(
    chat: Chat, kind: type[Request], fields: dict[str, Any]
) -> None:
    chat.login("alice", identity=ALICE).ask(Join, "#tea")
    door = chat.connect(identity=GATE)
    assert isinstance(door.ask(Login, 1, "alice", on_behalf=True, password=PASSWORD), Welcome)
    before = photograph(chat.core)
    assert door.refused(kind, **fields) is ErrorCode.NO_KEY
    assert photograph(chat.core) == before


@pytest.mark.parametrize(("kind", "fields"), LASTING)
def test_a_visit_in_the_gateways_own_name_has_no_key_either(
    chat: Chat, kind: type[Request], fields: dict[str, Any]
) -> None:
    gate = chat.login("irc", identity=GATE)
    assert isinstance(gate.ask(SetPassword, PASSWORD), Done)
    gate.ask(Join, "#tea")
    door = chat.connect(identity=GATE)
    assert isinstance(door.ask(Login, 1, "irc", on_behalf=True, password=PASSWORD), Welcome)
    assert door.refused(kind, **fields) is ErrorCode.NO_KEY


def test_a_gateway_whose_role_is_taken_away_speaks_for_nobody_any_more(chat: Chat) -> None:
    alice = operator(chat)
    door = chat.connect(identity=GATE)
    session = door.ask(Login, 1, "alice", on_behalf=True, password=PASSWORD).session
    lost = chat.connect(identity=GATE)
    lost_session = lost.ask(Login, 1, "alice", on_behalf=True, password=PASSWORD).session
    chat.core.lose([lost.peer], "connection lost")
    assert isinstance(alice.ask(SetRole, "irc", Role.MEMBER), Done)
    assert door.events(Goodbye)[-1].reason is GoodbyeReason.REVOKED
    for earlier in (session, lost_session):
        again = chat.connect(identity=GATE)
        assert not isinstance(again.ask(Login, 1, "alice", session=earlier), Welcome)
    assert code(behind(chat, "alice", PASSWORD)) is ErrorCode.NOT_A_GATEWAY
    assert alice.ask(Audit).entries[0].action == "set-role member"
    assert isinstance(alice.ask(Ping), Pong)


def test_nobody_else_may_speak_for_others(chat: Chat) -> None:
    for identity in (BOB, ALICE, None):
        reply = chat.connect(identity=identity).ask(Login, 1, "alice", on_behalf=True, password=PASSWORD)
        assert code(reply) is ErrorCode.NOT_A_GATEWAY


def test_a_password_lasts_until_it_is_cleared(chat: Chat) -> None:
    chat.restart()
    assert isinstance(behind(chat, "alice", PASSWORD), Welcome)
    chat.login("alice", identity=ALICE).ask(SetPassword)
    assert code(behind(chat, "alice", PASSWORD)) is ErrorCode.WRONG_PASSWORD


@pytest.mark.parametrize("password", ["wrong horse", None])
def test_wrong_passwords_and_unknown_names_are_refused_alike(chat: Chat, password: str | None) -> None:
    assert code(behind(chat, "alice", password, "10.1.0.1")) is ErrorCode.WRONG_PASSWORD
    assert code(behind(chat, "nobody", password, "10.1.0.2")) is ErrorCode.WRONG_PASSWORD


def test_wrong_passwords_make_name_and_address_wait_longer_each_time(chat: Chat) -> None:
    for pause in (1, 2, 4):
        assert code(behind(chat, "alice", "wrong horse", "10.1.0.1")) is ErrorCode.WRONG_PASSWORD
        chat.forward(pause - 0.5)
        assert code(behind(chat, "alice", PASSWORD, "10.1.0.2")) is ErrorCode.TOO_MANY_ATTEMPTS
        assert code(behind(chat, "bob", "wrong horse", "10.1.0.1")) is ErrorCode.TOO_MANY_ATTEMPTS
        chat.forward(0.5)
    assert isinstance(behind(chat, "alice", PASSWORD, "10.1.0.1"), Welcome)


def test_a_flood_of_other_names_and_addresses_ends_the_pause_of_no_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attempts, "_MOST_REMEMBERED", 8)
    chat = chat_for(AccessPolicy.OPEN)
    gateway(chat)
    chat.login("alice", identity=ALICE).ask(SetPassword, PASSWORD)
    for pause in (1, 2, 4):
        assert code(behind(chat, "alice", "wrong horse", f"10.1.0.{pause}")) is ErrorCode.WRONG_PASSWORD
        if pause < 4:
            chat.forward(pause)
    for number in range(100):
        assert code(behind(chat, f"user{number}", "wrong horse", f"10.2.0.{number}")) is (
            ErrorCode.WRONG_PASSWORD
        )
    refused = behind(chat, "alice", PASSWORD, "10.3.0.1")
    assert (code(refused), getattr(refused, "retry_after", 0)) == (ErrorCode.TOO_MANY_ATTEMPTS, 4_000)


def test_the_pause_follows_a_user_to_another_name(chat: Chat) -> None:
    assert code(behind(chat, "alice", "wrong horse", "10.1.0.1")) is ErrorCode.WRONG_PASSWORD
    chat.login("alice", identity=ALICE).ask(Nick, "alicia")
    assert code(behind(chat, "alicia", PASSWORD, "10.1.0.2")) is ErrorCode.TOO_MANY_ATTEMPTS


def test_hashing_takes_no_more_of_the_broker_than_it_may(chat: Chat) -> None:
    alice = chat.login("alice", identity=ALICE)
    replies = [alice.ask(SetPassword, f"password {n}") for n in range(6)]
    assert [code(reply) for reply in replies] == [None] * 5 + [ErrorCode.TOO_MANY_ATTEMPTS]
    assert "wait 1 s" in replies[-1].text
    assert isinstance(behind(chat, "alice", "password 4"), Welcome)


def test_nobody_uses_up_the_hashing_that_there_is_for_all(chat: Chat) -> None:
    alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
    replies = []
    for number in range(11):
        replies.append(alice.ask(SetPassword, f"password {number}"))
        chat.forward(1)
    assert [code(reply) for reply in replies[:9]] == [None] * 9  # and one when the chat was made
    assert code(replies[-1]) is ErrorCode.TOO_MANY_ATTEMPTS
    assert isinstance(bob.ask(SetPassword, PASSWORD), Done)


@pytest.mark.parametrize(
    ("address", "uid", "refused"), [("inproc", None, False), ("", 7, False), ("10.0.0.1", None, True)]
)
def test_a_password_is_set_where_nobody_can_read_it(address: str, uid: int | None, refused: bool) -> None:
    client: Client = Chat().connect(address, uid=uid)
    client.login("carol")
    assert (code(client.ask(SetPassword, PASSWORD)) is ErrorCode.NO_KEY) is refused


def test_logins_behind_a_gateway_count_where_it_says_the_user_is_and_sessions_for_that_user() -> None:
    chat = chat_for(AccessPolicy.OPEN, caps=Caps(logins=3, sessions_per_user=3))
    gateway(chat)
    alice = chat.login("alice", identity=ALICE)
    alice.ask(SetPassword, PASSWORD)
    replies = [code(behind(chat, "alice", PASSWORD, "198.51.100.1")) for _ in range(3)]
    assert replies == [None, None, ErrorCode.LIMIT_REACHED]
    alice.ask(Logout)
    far, other = (code(behind(chat, "alice", PASSWORD, f"198.51.100.{last}")) for last in (1, 2))
    assert (far, other) == (ErrorCode.TOO_MANY_REQUESTS, None)


def test_a_session_behind_a_gateway_is_limited_wherever_its_user_is_said_to_be() -> None:
    chat = chat_for(AccessPolicy.OPEN, caps=Caps())
    gateway(chat)
    alice = chat.login("alice", identity=ALICE)
    alice.ask(SetPassword, PASSWORD)
    doors = [chat.connect("127.0.0.1", GATE) for _ in range(3)]
    asked = zip(doors, ("198.51.100.1", "127.0.0.1", None), strict=True)
    fields = {"on_behalf": True, "password": PASSWORD}
    assert [door.ask(Login, 1, "alice", address=where, **fields).rate for door, where in asked] == [200] * 3


def test_a_gateway_that_is_one_no_more_takes_up_no_session_of_others(chat: Chat) -> None:
    door = chat.connect(identity=GATE)
    welcome = door.ask(Login, 1, "alice", on_behalf=True, password=PASSWORD)
    chat.core.lose([door.peer], "connection lost")
    (role,) = chat.core.state.facts.of(GrantedRole).values()
    chat.core.state.facts.drop(role)
    chat.flush()
    again = chat.connect(identity=GATE)
    assert again.refused(Login, 1, "alice", welcome.session) is ErrorCode.NOT_A_GATEWAY


def test_who_has_to_wait_is_told_for_how_long() -> None:
    chat = chat_for(AccessPolicy.OPEN)
    gateway(chat)
    chat.login("alice", identity=ALICE).ask(SetPassword, PASSWORD)
    assert code(behind(chat, "alice", "wrong horse")) is ErrorCode.WRONG_PASSWORD
    refused = behind(chat, "alice", PASSWORD)
    assert code(refused) is ErrorCode.TOO_MANY_ATTEMPTS
    assert getattr(refused, "retry_after", 0) == 1_000
