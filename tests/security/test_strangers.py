"""Who has no business at the encrypted door never gets as far as the core."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import zmq
from eventually import eventually
from live_broker import Dealer, assert_undisturbed
from security.places import Fortress, fortress
from torture.figures import figure

from broker.core.outbox import Fact, Note
from broker.security.keys import make_keys

ATTEMPTS = figure(1_000, 100_000)
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
    """Say each part once the other side has had its turn; it may hang up in between."""
    stranger.settimeout(0.05)
    with suppress(ConnectionError):
        for part in parts:
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


def test_zeromq_clients_without_the_right_keys_are_never_answered(place: Fortress) -> None:
    strangers: list[Dealer] = []
    other = make_keys().public
    for number in range(30):
        strangers.append(place.plain(f"null{number}", place.url))
        strangers.append(place.dealer(f"wrong{number}", broker_key=other))
    for stranger in strangers:
        stranger.put("login", protocol=1, name=stranger.name)
    for number in range(30):
        place.dealer(f"friend{number}").login()
    assert place.known() == 30
    assert not any(stranger.socket.poll(0) for stranger in strangers)


def test_who_is_not_admitted_is_told_so_in_the_handshake_and_nothing_else() -> None:
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
def test_an_old_greeting_which_hides_where_a_peer_is_gets_nobody_through_a_plain_door(
    place: Fortress, kind: str
) -> None:
    noted: list[Note] = []
    place.broker.router._log = noted.extend
    host, _, port = place.plain_url.removeprefix("tcp://").rpartition(":")
    with socket.create_connection((host, int(port))) as mallory:
        say(mallory, KINDS[kind](random.Random()))
        eventually(lambda: [note.fact for note in noted] == [Fact.DROPPED], "the frame is dropped")
    assert place.known() == 0


def test_a_chosen_routing_id_is_refused_and_takes_nobodys_place(place: Fortress) -> None:
    alice, bob = place.dealer("alice").login(), place.dealer("bob").login()
    for number in range(20):
        thieves = [place.dealer("thief", ROUTING_ID=b"alice%d" % number) for _ in range(2)]
        for thief in thieves:
            thief.put("login", protocol=1, name="thief")
        first = eventually(lambda: next((t for t in thieves if t.read(0)), None), "one is answered")  # noqa: B023
        assert [document["code"] for document in first.inbox] == ["id-chosen"]
        for thief in thieves:
            place.drop(thief)
    assert_undisturbed(alice, bob)
    assert place.known() == 2


def test_a_frame_with_another_key_than_its_peers_is_not_that_peers(place: Fortress) -> None:
    alice, bob = place.dealer("alice").login(), place.dealer("bob").login()
    for door in place.broker.router._doors:  # as if somebody had chosen the id that alice had
        for peer in door.peers.values():
            if peer.session and peer.session.user.name == "alice":
                peer.identity = make_keys().public
    assert alice.ask("send", to="#lobby", text="I am alice")["code"] == "not-logged-in"
    bob.settle()
    bob.ask("send", to="#lobby", text="not for strangers")
    assert "not for strangers" not in str(alice.settle())


def test_the_same_routing_id_at_two_doors_are_two_peers(place: Fortress) -> None:
    inside, outside = place.dealer("alice").login(), place.plain("bob").login()
    guarded, plain = sorted(place.broker.router._doors, key=lambda door: not door.guarded)
    (caller,) = plain.peers.values()
    assert caller.door is plain
    assert all(peer.door is guarded for peer in guarded.peers.values())
    assert_undisturbed(inside, outside)
