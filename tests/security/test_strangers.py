"""A client whose key is not admitted at the encrypted endpoint never reaches the core."""

from __future__ import annotations

import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import zmq
from eventually import DEADLINE, eventually
from live_broker import Dealer, assert_undisturbed
from security.places import Fortress, fortress
from torture.figures import figure
from zmq.utils.monitor import parse_monitor_message

from broker.core.access.invites import make_invite
from broker.core.outbox import LogEntry, LogEvent
from broker.core.settings import AccessPolicy, Settings
from broker.security.keys import make_keys
from messages.keys import KeyPair, fingerprint

ATTEMPTS = figure(1_000, 100_000)
"""Of each half: with raw bytes, and with clients of ZeroMQ."""
AT_ONCE = 10
_CLIENT_KINDS = 10
CLIENTS = ATTEMPTS // _CLIENT_KINDS
_CUT_OFF = zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_DISCONNECTED
_ALL_ENDS = _CUT_OFF | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_SUCCEEDED
_LOGIN = b'{"type":"login","id":"1","protocol":1,"name":"mallory"}'
_NULL = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)
_CURVE = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"CURVE".ljust(20, b"\0") + bytes(32)
_FORGED = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER\x07User-Id\x00\x00\x00\x05alice"


def _command(body: bytes) -> bytes:
    return b"\x04" + bytes((len(body),)) + body


def _message(body: bytes) -> bytes:
    return b"\x00" + bytes((len(body),)) + body


_HTTP = b"GET / HTTP/1.1\r\nHost: chat\r\n\r\n"

KINDS: dict[str, Callable[[random.Random], list[bytes]]] = {
    "null": lambda _: [_NULL, _command(_FORGED), _message(_LOGIN)],
    "zmtp 1.0": lambda _: [b"\x01\x00" + bytes((len(_LOGIN) + 1, 0)) + _LOGIN],
    "zmtp 2.0": lambda _: [b"\xff" + bytes(8) + b"\x7f\x01\x05", b"\x00\x00", _message(_LOGIN)],
    "no handshake": lambda _: [_CURVE, _message(_LOGIN)],
    "forged ready": lambda _: [_CURVE, _command(_FORGED), _message(_LOGIN)],
    "bad hello": lambda chance: [_CURVE, _command(b"\x05HELLO\x01\x00" + chance.randbytes(192))],
    "noise": lambda chance: [chance.randbytes(chance.randint(1, 500))],
    "http": lambda _: [_HTTP],
}


def say(stranger: socket.socket, parts: list[bytes]) -> None:
    """Send each part after a turn of the other side, and wait for its last turn. It may hang up before."""
    stranger.settimeout(0.05)
    with suppress(ConnectionError):
        for part in [*parts, b""]:
            with suppress(TimeoutError):
                if not stranger.recv(4_096):
                    return
            stranger.sendall(part)


@pytest.fixture
def place() -> Iterator[Fortress]:
    with fortress() as made:
        yield made


@pytest.mark.parametrize("kind", KINDS)
def test_raw_bytes_admit_nobody_and_disturb_nobody(place: Fortress, kind: str) -> None:
    alice, bob = place.dealer("alice").login(), place.dealer("bob").login()
    chance = random.Random(kind)
    seed = int(os.environ.get("CHAT_SEED", "0"))
    chance.seed(f"{kind}{seed}")
    for _ in range(ATTEMPTS // len(KINDS)):
        with socket.create_connection(place.address) as stranger:
            say(stranger, KINDS[kind](chance))
    assert_undisturbed(alice, bob)
    assert_undisturbed(place.dealer("carol").login())
    assert place.known() == 3
    assert place.broker.router.dropped == 0


def knock(place: Fortress, strangers: list[Dealer], told: int) -> None:
    """Let all connect and try to log in. Wait until each is refused in its handshake, with nothing more."""
    monitors = [stranger.socket.get_monitor_socket(_ALL_ENDS) for stranger in strangers]
    for stranger in strangers:
        stranger.socket.connect(place.url)
        with suppress(zmq.Again):  # it was told no already
            stranger.socket.send(_LOGIN, zmq.DONTWAIT)
    for stranger, monitor in zip(strangers, monitors, strict=True):
        assert monitor.poll(DEADLINE * 1_000), f"{stranger.name} is not told no"
        assert parse_monitor_message(monitor.recv_multipart())["event"] & told
        assert not stranger.socket.poll(0)
        stranger.socket.disable_monitor()
        monitor.close()
        place.drop(stranger)


def keys_of_strangers(place: Fortress, kind: str) -> dict[str, Any]:
    """Return the keys of a client of this kind."""
    other = make_keys()
    match kind:
        case "no key":
            return {"mechanism": "null"}
        case "another broker's key":
            return {"broker_key": other.public}
        case "a public key that is not its own":
            return {"keys": KeyPair(make_keys().public, other.secret)}
    return {}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("no key", _CUT_OFF),
        ("another broker's key", _CUT_OFF),
        ("a public key that is not its own", _CUT_OFF),
        ("a key that the policy refuses", zmq.EVENT_HANDSHAKE_FAILED_AUTH),
    ],
)
def test_clients_without_the_right_keys_are_told_no_in_the_handshake(kind: str, told: int) -> None:
    friends: set[str] = set()
    let_in = "refuses" not in kind
    with fortress(lambda key, _address: let_in or key in friends) as place:
        pairs = [make_keys() for _ in range(3)]
        friends.update(pair.public for pair in pairs)
        alice, bob = place.dealer("alice", pairs[0]).login(), place.dealer("bob", pairs[1]).login()
        for _ in range(CLIENTS // AT_ONCE):
            how = keys_of_strangers(place, kind)
            enter = place.plain if how.pop("mechanism", "") else place.dealer
            knock(place, [enter("m", url="", RECONNECT_IVL=-1, **how) for _ in range(AT_ONCE)], told)
        assert_undisturbed(alice, bob)
        assert_undisturbed(alice, place.dealer("carol", pairs[2]).login())
        assert place.known() == 3


def test_a_revoked_key_is_refused_in_the_handshake_and_another_is_not() -> None:
    with fortress(None) as place:
        first, second = make_keys(), make_keys()
        alice = place.dealer("alice", first).login()
        code = alice.ask("link")["code"]
        place.dealer("alice", second).login(link=code)
        assert alice.ask("revoke", key=fingerprint(second.public))["type"] == "done"
        for _ in range(CLIENTS // AT_ONCE):
            strangers = [place.dealer("alice", second, url="", RECONNECT_IVL=-1) for _ in range(AT_ONCE)]
            knock(place, strangers, zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        assert_undisturbed(alice, place.dealer("bob").login())


@pytest.mark.parametrize("kind", ["none", "expired", "used", "forged", "of another broker"])
def test_without_an_invite_that_holds_nobody_logs_in(kind: str) -> None:
    secret, nonce = b"s" * 32, bytes(9)
    later = round(time.time() * 1_000) + 3_600_000
    good = make_invite(secret, nonce, later, 2)
    invites = {
        "expired": make_invite(secret, b"expired  ", 1, 2),
        "used": good,
        "forged": good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1],
        "of another broker": make_invite(b"t" * 32, nonce, later, 2),
    }
    with fortress(None, Settings(access=AccessPolicy.INVITED, invite_secret=secret)) as place:
        alice, bob = (place.dealer(name).login(invite=good) for name in ("alice", "bob"))
        shown = {"invite": invites[kind]} if kind in invites else {}
        for _ in range(CLIENTS // AT_ONCE):
            strangers = [place.dealer("mallory") for _ in range(AT_ONCE)]
            asked = [stranger.put("login", protocol=1, name="mallory", **shown) for stranger in strangers]
            for stranger, request in zip(strangers, asked, strict=True):
                code = stranger.reply(request)["code"]
                assert code == ("invite-invalid" if shown else "not-admitted")
                place.drop(stranger)
        assert {p.session.user.name for p in place.broker.core.peers if p.session} == {"alice", "bob"}
        assert_undisturbed(alice, bob)


def test_a_key_that_is_not_admitted_is_refused_in_the_handshake_with_nothing_more() -> None:
    allowed = make_keys()
    with fortress(lambda key, _address: key == allowed.public) as place:
        stranger = place.dealer("mallory")
        monitor = stranger.socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        stranger.put("login", protocol=1, name="mallory")
        eventually(lambda: monitor.poll(0), "the broker says no")
        stranger.socket.disable_monitor()
        monitor.close()
        place.dealer("alice", allowed).login()
        assert place.known() == 1
        assert not stranger.socket.poll(0)


def test_the_key_of_a_connection_is_that_of_its_peer_and_a_plain_one_has_none(place: Fortress) -> None:
    keys = make_keys()
    place.dealer("alice", keys).login()
    place.plain("bob").login()
    found = {p.session.user.name: p.identity for p in place.broker.core.peers if p.session}
    assert found == {"alice": keys.public, "bob": None}


def test_a_user_id_that_a_plain_peer_claims_is_not_believed(place: Fortress) -> None:
    host, _, port = place.plain_url.removeprefix("tcp://").rpartition(":")
    with socket.create_connection((host, int(port))) as mallory:
        say(mallory, KINDS["null"](random.Random()))
        eventually(lambda: place.known() == 1, "the plain door hears it")
        (peer,) = place.broker.core.peers
        assert peer.identity is None


@pytest.mark.parametrize("kind", ["zmtp 1.0", "zmtp 2.0"])
def test_an_old_greeting_that_hides_a_peers_address_is_refused_at_a_plain_endpoint(
    place: Fortress, kind: str
) -> None:
    noted: list[LogEntry] = []
    place.broker.router._log = noted.extend
    host, _, port = place.plain_url.removeprefix("tcp://").rpartition(":")
    with socket.create_connection((host, int(port))) as mallory:
        say(mallory, KINDS[kind](random.Random()))
        eventually(lambda: [note.event for note in noted] == [LogEvent.DROPPED], "the frame is dropped")
    assert place.known() == 0


def test_an_encrypted_client_cannot_choose_its_routing_id(place: Fortress) -> None:
    alice, bob = place.dealer("alice").login(), place.dealer("bob").login()
    for number in range(20):
        thieves = [place.dealer("thief", ROUTING_ID=b"alice%d" % number) for _ in range(2)]
        for thief in thieves:
            thief.put("login", protocol=1, name="thief")
        first = eventually(lambda: next((t for t in thieves if t.read(0)), None), "one is answered")  # noqa: B023
        assert [document["code"] for document in first.inbox] == ["routing-id-set"]
        for thief in thieves:
            place.drop(thief)
    assert_undisturbed(alice, bob)
    assert place.known() == 2


def test_a_frame_with_another_key_than_its_peers_is_not_that_peers(place: Fortress) -> None:
    alice, bob = place.dealer("alice").login(), place.dealer("bob").login()
    for door in place.broker.router._listeners:  # as if somebody had chosen the id that alice had
        for peer in door.peers.values():
            if peer.session and peer.session.user.name == "alice":
                peer.identity = make_keys().public
    assert alice.ask("send", to="#lobby", text="I am alice")["code"] == "not-logged-in"
    bob.settle()
    bob.ask("send", to="#lobby", text="not for strangers")
    assert "not for strangers" not in str(alice.settle())


def test_the_same_routing_id_at_two_doors_are_two_peers(place: Fortress) -> None:
    inside, outside = place.dealer("alice").login(), place.plain("bob").login()
    guarded, plain = sorted(place.broker.router._listeners, key=lambda door: not door.guarded)
    (caller,) = plain.peers.values()
    assert caller.listener is plain
    assert all(peer.listener is guarded for peer in guarded.peers.values())
    assert_undisturbed(inside, outside)
