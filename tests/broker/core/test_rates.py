"""Rates and caps on the core; that a frame is weighed before it is read is tested in tests/integration."""

from typing import Any

import pytest
from keyring import KEYS
from wired import Chat, Client

from broker.core.outbox import LogEvent
from broker.core.rates import FORGET_SECONDS
from broker.core.settings import Caps
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason
from messages.identity import Link, SetPassword
from messages.moderation import (
    Ban,
    Ignore,
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
from messages.replies import Error, Pong, Welcome
from messages.requests import Debug, Join, Leave, Login, Nick, Ping, Request, Send, Time, Topic
from messages.version import PROTOCOL

SMALL = Caps(rate=10, burst=100)


def chat(**caps: int) -> Chat:
    return Chat(caps=Caps(**caps))


def admit(chat: Chat, client: Client, documents: int = 1, size: int = 100) -> float:
    """Return how long the core has a frame wait."""
    chat.core.begin(chat.now)
    return chat.core.admit(client.peer, documents, size)


def exhaust(chat: Chat, client: Client) -> float:
    while not (wait := admit(chat, client, 64)):
        pass
    return wait


def error(client: Client, *request: object) -> Error:
    """Ask for something that is refused, and return the refusal."""
    reply = client.ask(*request)  # type: ignore[arg-type]
    assert isinstance(reply, Error), reply
    return reply


def test_a_welcome_tells_how_much_is_taken() -> None:
    chat = Chat(caps=SMALL)
    far, near, inside = (chat.connect(address) for address in ("10.0.0.1", "127.0.0.1", "inproc"))
    welcomes = [far.login("alice"), near.login("bob"), inside.login("carol")]
    assert [(w.rate, w.burst) for w in welcomes] == [(10, 100), (100, 1_000), (0, 0)]


def test_a_user_may_send_a_burst_and_then_so_many_requests_a_second() -> None:
    chat = Chat(caps=SMALL)
    (alice,) = chat.users("alice")
    assert [bool(admit(chat, alice, 50)) for _ in range(3)] == [False, False, True]
    chat.forward(5.05)
    assert not admit(chat, alice, 50)
    assert admit(chat, alice)


def test_bytes_count_too() -> None:
    chat = Chat(caps=SMALL)
    (alice,) = chat.users("alice")
    assert [bool(admit(chat, alice, 1, 50 * 1_024)) for _ in range(3)] == [False, False, True]


def test_after_a_refusal_nothing_is_taken_before_the_time_that_was_told() -> None:
    chat = Chat(caps=SMALL)
    (alice,) = chat.users("alice")
    assert [admit(chat, alice, 60), admit(chat, alice, 60) > 0] == [0.0, True]
    assert admit(chat, alice, 1) > 1.9
    chat.forward(1)
    assert 0.9 < admit(chat, alice, 1) < 1.1
    chat.forward(1.1)
    assert not admit(chat, alice, 60)


def test_sessions_of_one_user_share_what_the_user_has_and_other_users_do_not() -> None:
    chat = Chat(caps=SMALL)
    key = "k" * 40
    one, other = chat.login("alice", identity=key), chat.login("alice", identity=key)
    bob = chat.login("bob")
    exhaust(chat, one)
    assert admit(chat, other, 64)
    assert not admit(chat, bob, 64)


def test_strangers_of_an_address_use_up_nothing_that_its_users_have() -> None:
    chat = Chat(caps=SMALL)
    (alice,) = chat.users("alice")
    strangers = [chat.connect() for _ in range(3)]
    exhaust(chat, strangers[0])
    assert admit(chat, strangers[1], 64)
    assert not admit(chat, alice, 64)
    assert not admit(chat, chat.connect("10.0.0.2"), 64)


def test_all_users_of_an_address_have_ten_times_what_one_has() -> None:
    chat = Chat(caps=SMALL)
    users = chat.users(*(f"user{chr(97 + number)}" for number in range(11)))
    chat.forward(20)  # the logins cost something too
    taken = [admit(chat, user, 50) + admit(chat, user, 50) for user in users]
    assert [wait > 0 for wait in taken] == [False] * 10 + [True]
    late = chat.core.state.users["userk"]
    assert late.buckets is not None
    assert late.buckets.requests.is_full(chat.now.elapsed)


def test_a_sign_of_life_counts_a_tenth() -> None:
    chat = Chat(caps=SMALL)
    (alice,) = chat.users("alice")
    for _ in range(900):
        alice.put(Ping)
    chat.flush()
    assert {type(document) for document in alice.inbox} == {Pong}
    for _ in range(11):
        alice.put(Time)
    chat.flush()
    refused = [document for document in alice.inbox if isinstance(document, Error)]
    assert {document.code for document in refused} == {ErrorCode.TOO_MANY_REQUESTS}


def test_what_is_refused_is_answered_with_its_id_and_when_to_come_again() -> None:
    chat = Chat(caps=SMALL)
    (alice,) = chat.users("alice")
    chat.core.throttle(alice.peer, 0.5, ["a", None, "b", None])
    chat.flush()
    answers = [document for document in alice.inbox if isinstance(document, Error)]
    assert [answer.re for answer in answers] == ["a", None, "b"]
    assert {answer.code for answer in answers} == {ErrorCode.TOO_MANY_REQUESTS}
    assert all(answer.retryable and 500 <= answer.retry_after <= 501 for answer in answers)


def flood(chat: Chat, client: Client) -> None:
    """Send on and on, as nobody does who reads the answers."""
    for _ in range(100):
        if wait := admit(chat, client, 64):
            chat.core.throttle(client.peer, wait, map(str, range(64)))
        if client.peer.barred:
            break
    chat.flush()


def test_who_floods_is_put_out_and_not_let_in_for_a_minute_and_nobody_else_is() -> None:
    chat = Chat(caps=SMALL)
    alice, bob = chat.users("alice", "bob")
    flood(chat, alice)
    assert alice.peer.barred
    assert [event.reason for event in alice.events(Goodbye)] == [GoodbyeReason.FLOODING]
    assert chat.noted(LogEvent.FLOODING) == [{"name": "alice", "address": "10.0.0.1"}]
    assert "alice left the chat (flooded)" in bob.texts()
    again = chat.connect()
    refusal = error(again, Login, PROTOCOL, "alice")
    assert refusal.code is ErrorCode.TOO_MANY_REQUESTS
    assert 59_000 <= refusal.retry_after <= 60_001
    assert isinstance(chat.connect().login("carol"), Welcome)
    chat.forward(61)
    assert chat.connect().login("alice")


def test_who_sends_twice_what_is_allowed_and_waits_when_told_is_never_put_out() -> None:
    chat = Chat(caps=SMALL)
    (alice,) = chat.users("alice")
    for _ in range(300):
        if wait := admit(chat, alice, 20):
            chat.core.throttle(alice.peer, wait, map(str, range(20)))
        chat.forward(1)
    assert not alice.peer.barred


def test_a_barred_peer_is_forgotten_only_when_it_has_been_silent_for_three_heartbeats() -> None:
    chat = Chat(caps=SMALL)
    stranger = chat.connect()
    flood(chat, stranger)
    for _ in range(100):
        chat.forward(1)
        chat.core.ignore(stranger.peer)
    assert stranger.peer in chat.core.peers
    chat.forward(46)
    assert stranger.peer not in chat.core.peers


def test_a_stranger_who_says_one_thing_and_no_more_is_forgotten_with_the_address() -> None:
    chat = Chat(caps=SMALL)
    stranger = chat.connect()
    error(stranger, Time)
    admit(chat, stranger)
    chat.forward(44)
    assert stranger.peer in chat.core.peers
    chat.forward(4)
    assert not chat.core.peers
    chat.forward(FORGET_SECONDS)
    assert not chat.core._limiter.sources


def test_local_peers_have_ten_times_as_much() -> None:
    chat = Chat(caps=Caps(rate=10, burst=100, joins=1))
    alice = chat.connect("127.0.0.1")
    welcome = alice.login("alice")
    assert (welcome.rate, welcome.burst) == (100, 1_000)
    assert not any(admit(chat, alice, 64) for _ in range(15))
    assert admit(chat, alice, 64)
    chat.forward(1)
    assert not admit(chat, alice, 64)


def test_local_peers_may_do_what_is_rare_as_often_as_they_like() -> None:
    chat = Chat(caps=Caps(rate=10, burst=100, joins=1))
    alice = chat.connect("127.0.0.1")
    alice.login("alice")
    assert not [
        alice.refused(Join, f"#r{n}") for n in range(5) if isinstance(alice.ask(Join, f"#r{n}"), Error)
    ]


def test_rooms_of_a_user_are_capped_and_leaving_one_makes_place() -> None:
    chat_ = chat(rooms_per_user=2)
    (alice,) = chat_.users("alice")
    alice.ask(Join, "#one")
    assert alice.refused(Join, "#two") is ErrorCode.LIMIT_REACHED
    assert not isinstance(alice.ask(Join, "#one"), Error)
    alice.ask(Leave, "#one")
    assert not isinstance(alice.ask(Join, "#two"), Error)


def test_rooms_and_users_are_capped_and_those_there_are_can_still_be_used() -> None:
    chat_ = chat(rooms=2, users=2)
    alice, bob = chat_.users("alice", "bob")
    alice.ask(Join, "#one")
    assert alice.refused(Join, "#two") is ErrorCode.LIMIT_REACHED
    assert not isinstance(bob.ask(Join, "#one"), Error)
    assert chat_.connect().refused(Login, PROTOCOL, "carol") is ErrorCode.LIMIT_REACHED
    chat_.core.lose([bob.peer], "connection lost")
    assert chat_.login("bob")


def test_another_device_of_a_user_is_linked_where_no_more_users_may_be() -> None:
    chat_ = chat(users=1)
    alice = chat_.login("alice", identity=KEYS[0])
    code = alice.ask(Link).code
    phone = chat_.connect(identity=KEYS[1])
    assert phone.refused(Login, PROTOCOL, "phone") is ErrorCode.LIMIT_REACHED
    assert phone.ask(Login, PROTOCOL, "phone", link=code).name == "alice"


def test_joining_opening_and_topics_have_rates_a_minute_with_a_time_to_wait() -> None:
    chat_ = chat(joins=6, openings=3, topics=2)
    alice, bob = chat_.users("alice", "bob")
    for name in ("#one", "#two", "#three"):
        alice.ask(Join, name)
    assert 20_000 <= error(alice, Join, "#four").retry_after <= 20_001
    for _ in range(3):
        alice.ask(Leave, "#one")
        alice.ask(Join, "#one")
    alice.ask(Leave, "#one")
    assert 10_000 <= error(alice, Join, "#one").retry_after <= 10_001
    assert not isinstance(bob.ask(Join, "#one"), Error)
    for text in ("a", "b"):
        alice.ask(Topic, "#two", text)
    assert alice.refused(Topic, "#two", "c") is ErrorCode.TOO_MANY_REQUESTS
    assert not isinstance(alice.ask(Topic, "#two", None), Error)
    chat_.forward(31)
    assert not isinstance(alice.ask(Topic, "#two", "c"), Error)


def test_rooms_that_one_has_opened_count_also_where_one_has_left() -> None:
    chat_ = chat(rooms_per_user=2)
    (alice,) = chat_.users("alice")
    for name in ("#one", "#two"):
        alice.ask(Join, name)
        alice.ask(Leave, name)
    assert error(alice, Join, "#three").code is ErrorCode.LIMIT_REACHED
    assert not isinstance(alice.ask(Join, "#one"), Error)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Nick, ("alicia",)),
        (Debug, ()),
        (Ignore, ("bob",)),
        (Unignore, ("bob",)),
        (InviteUser, ("#tea", "carol")),
        (RoomRules, ("#tea", True)),
        (SetRole, ("bob", Role.MODERATOR, "#tea")),
        (Mute, ("#tea", "bob")),
        (Unmute, ("#tea", "bob")),
        (Kick, ("bob", "#tea")),
        (Ban, ("bob", None, None, "#tea")),
        (Unban, ("bob", None, None, "#tea")),
        (Link, ()),
        (SetPassword, ("correct horse",)),
    ],
)
def test_changes_of_what_is_kept_have_a_rate_a_minute(kind: type[Request], fields: tuple[Any, ...]) -> None:
    chat_ = chat(changes=1)
    alice = chat_.login("alice", identity=KEYS[0])
    bob, _ = chat_.users("bob", "carol")
    for client in (alice, bob):
        client.ask(Join, "#tea")
    assert not isinstance(alice.ask(Ignore, "carol"), Error)
    refused = error(alice, kind, *fields)
    assert (refused.code, refused.retry_after > 59_000) == (ErrorCode.TOO_MANY_REQUESTS, True)
    assert not isinstance(bob.ask(Ignore, "carol"), Error)
    chat_.forward(60)
    assert getattr(alice.ask(kind, *fields), "code", None) is not ErrorCode.TOO_MANY_REQUESTS


def test_invitations_into_a_room_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.commands.roles.MAX_SANCTIONS", 1)
    alice, bob, _ = Chat().users("alice", "bob", "carol")
    alice.ask(Join, "#tea")
    assert not isinstance(alice.ask(InviteUser, "#tea", "bob"), Error)
    assert alice.refused(InviteUser, "#tea", "carol") is ErrorCode.LIMIT_REACHED
    bob.ask(Join, "#tea")
    assert not isinstance(alice.ask(InviteUser, "#tea", "carol"), Error)


def test_logins_from_an_address_have_a_rate_but_taking_a_session_up_again_has_none() -> None:
    chat_ = chat(logins=2)
    client = chat_.connect()
    token = client.login("alice").session
    chat_.login("bob")
    assert 30_000 <= error(chat_.connect(), Login, PROTOCOL, "carol").retry_after <= 30_001
    for _ in range(5):
        chat_.core.lose([client.peer], "connection lost")
        client = chat_.connect()
        assert client.login("alice", token).resumed
    assert chat_.connect("10.0.0.2").login("carol")


def test_logins_with_a_users_own_key_count_for_the_user_and_not_for_the_address() -> None:
    chat_ = chat(logins=2)
    key = "k" * 40
    chat_.login("alice", identity=key)
    chat_.login("bob")
    assert chat_.connect().refused(Login, PROTOCOL, "carol") is ErrorCode.TOO_MANY_REQUESTS
    for _ in range(2):
        assert chat_.login("alice", identity=key)
    assert 30_000 <= error(chat_.connect(identity=key), Login, PROTOCOL, "alice").retry_after <= 30_001


def test_sessions_of_a_user_and_from_an_address_are_capped() -> None:
    chat_ = chat(sessions_per_user=2, sessions_per_address=3)
    key = "k" * 40
    first = [chat_.login("alice", identity=key) for _ in range(2)]
    assert chat_.connect(identity=key).refused(Login, PROTOCOL, "alice") is ErrorCode.LIMIT_REACHED
    chat_.login("bob")
    assert chat_.connect().refused(Login, PROTOCOL, "carol") is ErrorCode.LIMIT_REACHED
    chat_.core.lose([first[0].peer], "connection lost")
    assert chat_.connect().login("carol")


def test_connections_without_a_login_take_no_place_of_users() -> None:
    chat_ = chat(peers=3)
    chat_.users("alice", "bob")
    strangers = [chat_.connect() for _ in range(5)]
    assert strangers[0].login("carol")
    assert strangers[1].refused(Login, PROTOCOL, "dave") is ErrorCode.LIMIT_REACHED


def test_newcomers_are_refused_when_connections_run_out_and_the_log_tells_it_once() -> None:
    chat_ = chat(peers=2)
    alice, bob = chat_.users("alice", "bob")
    strangers = [chat_.connect() for _ in range(2)]
    for stranger in strangers:
        refusal = error(stranger, Login, PROTOCOL, "carol")
        assert (refusal.code, refusal.retryable, refusal.retry_after) == (
            ErrorCode.LIMIT_REACHED,
            True,
            60_000,
        )
    assert chat_.noted(LogEvent.CONNECTION_LIMIT) == [{"peers": 2}]
    assert not isinstance(alice.ask(Send, "#lobby", "still here"), Error)
    chat_.core.lose([bob.peer], "connection lost")
    assert strangers[0].login("carol")
