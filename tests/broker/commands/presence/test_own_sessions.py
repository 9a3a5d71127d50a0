"""The list of one's own sessions, and ending one of them."""

import pytest
from keyring import KEYS
from wired import Chat

from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason, System
from messages.keys import fingerprint
from messages.replies import Done, Error
from messages.requests import Login, Logout, Ping, Send, Whoami
from messages.sessions import EndSession, SessionEntry, SessionProof, Sessions
from messages.version import PROTOCOL

ALICE, BOB = KEYS[:2]


def test_sessions_are_listed_with_where_they_are_from_and_how_they_logged_in(chat: Chat) -> None:
    laptop = chat.login("alice", identity=ALICE)
    chat.forward(10)
    phone = chat.connect("192.0.2.7", ALICE)
    phone.ask(Login, PROTOCOL, "alice", unannounced=True)
    chat.forward(5)
    laptop.ask(Ping)
    begun, shown = chat.now.at - 15_000, fingerprint(ALICE)
    first, second = laptop.ask(Sessions).sessions
    key = SessionProof.KEY
    assert first == SessionEntry(
        1, begun, chat.now.at, key, connected=True, current=True, address="10.0.0.1", fingerprint=shown
    )
    assert second == SessionEntry(
        *(2, begun + 10_000, chat.now.at - 5_000, key),
        connected=True,
        address="192.0.2.7",
        fingerprint=shown,
        unannounced=True,
    )


def test_a_lost_session_is_listed_as_long_as_it_can_be_resumed(chat: Chat) -> None:
    laptop, phone = chat.login("alice", identity=ALICE), chat.login("alice", identity=ALICE)
    lost_at = chat.now.at
    chat.core.lose([phone.peer], "connection lost")
    chat.forward(10)
    laptop.ask(Ping)
    lost = laptop.ask(Sessions).sessions[1]
    assert (lost.session, lost.connected, lost.address, lost.seen) == (2, False, "10.0.0.1", lost_at)
    for _ in range(30):
        laptop.ask(Ping)
        chat.forward(10)
    assert [one.session for one in laptop.ask(Sessions).sessions] == [1]


def test_a_session_without_a_key_has_only_shown_a_name(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    (session,) = alice.ask(Sessions).sessions
    assert (session.proof, session.fingerprint) == (SessionProof.NAME, "")


def test_nobody_sees_or_ends_the_sessions_of_others(chat: Chat) -> None:
    alice, bob = chat.login("alice", identity=ALICE), chat.login("bob", identity=BOB)
    chat.login("bob", identity=BOB)
    assert len(alice.ask(Sessions).sessions) == 1
    alice.events()
    assert alice.refused(EndSession, 2) is ErrorCode.NO_SUCH_SESSION
    assert isinstance(bob.ask(Ping), type(alice.ask(Ping)))
    assert len(bob.ask(Sessions).sessions) == 2


def test_a_session_that_is_ended_elsewhere_is_told_so_for_good(chat: Chat) -> None:
    laptop, phone = chat.login("alice", identity=ALICE), chat.login("alice", identity=ALICE)
    (bob,) = chat.users("bob")
    phone.events()
    assert isinstance(laptop.ask(EndSession, 2), Done)
    (goodbye,) = phone.events()
    assert isinstance(goodbye, Goodbye)
    assert (goodbye.reason, goodbye.reason.final) == (GoodbyeReason.REVOKED, True)
    assert phone.refused(Send, "#lobby", "hello") is ErrorCode.NOT_LOGGED_IN
    assert [one.session for one in laptop.ask(Sessions).sessions] == [1]
    assert laptop.ask(Whoami).sessions == 1
    assert bob.events() == []
    assert laptop.refused(EndSession, 2) is ErrorCode.NO_SUCH_SESSION


@pytest.mark.parametrize("connected", [True, False])
def test_a_device_that_has_not_heard_of_its_end_is_refused_once(chat: Chat, connected: bool) -> None:
    laptop = chat.login("alice", identity=ALICE)
    phone = chat.connect(identity=ALICE)
    token = phone.login("alice").session
    if not connected:
        chat.core.lose([phone.peer], "connection lost")
        chat.flush()
    laptop.ask(EndSession, 2)
    again = chat.connect(identity=ALICE)
    refused = again.ask(Login, PROTOCOL, "alice", token)
    assert isinstance(refused, Error)
    assert (refused.code, refused.retryable) == (ErrorCode.NOT_PERMITTED, False)
    assert not again.login("alice", token).resumed  # now it is a person who wants it
    assert [one.session for one in laptop.ask(Sessions).sessions] == [1, 3]


def test_ones_own_session_can_be_ended_and_the_others_hear_that_one_left(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert isinstance(alice.ask(EndSession, 1), Done)
    assert alice.events()[0].reason is GoodbyeReason.REVOKED
    assert [event.text for event in bob.events(System)] == ["alice left the chat (logged out)"]
    assert alice.refused(Logout) is ErrorCode.NOT_LOGGED_IN


def test_where_names_are_shared_a_user_is_forgotten_with_the_session_that_was_ended() -> None:
    chat = Chat(names="shared")
    alice = chat.connect()
    token = alice.login("alice").session
    alice.ask(EndSession, 1)
    assert isinstance(chat.connect().ask(Login, PROTOCOL, "alice", token), Error)
    assert chat.core.state.users == {}
