"""More connections than the broker can have, and strangers that say nothing: logged-in users go on."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.error import HTTPError

import pytest
import zmq
from eventually import eventually
from live_broker import Dealer, assert_undisturbed
from security.town import Town
from torture.figures import figure

_HALF = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"CURVE".ljust(20, b"\0") + bytes(32)

FEW_FILES = ("sh", "-c", 'ulimit -n 256; exec "$@"', "sh")
SILENT = figure(400, 10_000)
"""Strangers: too many for a broker with 256 files, or for one with all files it may have."""

ADDRESSES = 20


@pytest.fixture
def seats() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def connect_silently(town: Town, seats: ExitStack, number: int) -> None:
    """Have so many clients, from ADDRESSES addresses, finish their handshake and say nothing."""
    port = town.url.rpartition(":")[2]
    for _ in range(number // ADDRESSES):
        socket = seats.enter_context(town.dealer("silent", f"tcp://127.0.1.1:0;127.0.0.1:{port}").socket)
        for address in range(2, ADDRESSES + 1):
            socket.connect(f"tcp://127.0.1.{address}:0;127.0.0.1:{port}")


def assert_newcomer_gets_in(town: Town, *inside: Dealer, name: str = "carol") -> None:
    newcomer = town.dealer(name)

    def is_in() -> bool:
        """Ask to log in, again after a while: the connection may have been cut with the request."""
        newcomer.put("login", protocol=1, name=name)
        return newcomer.read(0.5)

    eventually(is_in, "a new one gets in")
    assert newcomer.inbox[0]["type"] == "welcome"
    assert_undisturbed(*inside)


@pytest.mark.parametrize(
    ("prefix", "number"),
    [(FEW_FILES, 400), ((), 2_000)],
    ids=["256 files", "half-open handshakes"],
)
def test_useless_connections_disturb_no_logged_in_user_and_keep_no_client_out_for_long(
    seats: ExitStack, prefix: tuple[str, ...], number: int
) -> None:
    town = Town(seats, prefix=prefix)
    alice, bob = town.dealer("alice").login(), town.dealer("bob").login()
    with ExitStack() as strangers:
        for _ in range(number):
            with suppress(ConnectionError):
                strangers.enter_context(town.raw()).sendall(_HALF)
        assert_undisturbed(alice, bob)
        assert_newcomer_gets_in(town, alice, bob)
    assert town.process.stop() == 0


def test_strangers_that_finish_the_handshake_and_say_nothing_keep_nobody_out(seats: ExitStack) -> None:
    prefix = figure(FEW_FILES, ())
    town = Town(seats, "--metrics", "127.0.0.1:0", prefix=prefix)
    alice, bob = town.dealer("alice").login(), town.dealer("bob").login()
    with ExitStack() as strangers:
        connect_silently(town, strangers, SILENT)
        eventually(lambda: readiness(town) == 503, "/readyz says that connections are scarce")
        eventually(lambda: said(town, "connections are scarce"), "the log says it")
        assert_newcomer_gets_in(town, alice, bob)
        eventually(lambda: town.process.files < (256 if prefix else 1_200), "most strangers are gone")
        assert_newcomer_gets_in(town, alice, bob, name="dave")
    eventually(lambda: readiness(town) == 200, "/readyz says that all is well again")
    eventually(lambda: said(town, "connections are no longer scarce"), "the log says it")
    assert town.process.stop() == 0


def test_plain_connections_that_say_nothing_keep_nobody_out(seats: ExitStack) -> None:
    town = Town(seats, prefix=("sh", "-c", 'ulimit -n 96; exec "$@"', "sh"), curve=False)
    alice, bob = town.dealer("alice").login(), town.dealer("bob").login()
    with ExitStack() as strangers:
        for _ in range(192):
            strangers.enter_context(town.raw())
        assert_undisturbed(alice, bob)
        assert_newcomer_gets_in(town, alice, bob)
    assert town.process.stop() == 0


def test_an_id_chosen_like_one_of_zeromqs_is_not_served(seats: ExitStack) -> None:
    town = Town(seats)
    alice, bob = town.dealer("alice").login(), town.dealer("bob").login()
    mallory = town.dealer("mallory", "inproc://nowhere", ROUTING_ID=b"\0\1\2\3\4")
    mallory.socket.disconnect("inproc://nowhere")
    ends = seats.enter_context(mallory.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED))
    mallory.socket.connect(town.url)
    mallory.put("login", protocol=1, name="mallory")
    assert ends.poll(5_000)
    assert not mallory.read(0)
    assert_undisturbed(alice, bob)


def said(town: Town, text: str) -> bool:
    return any(text in line for line in town.process.err)


def readiness(town: Town) -> int:
    """Return the status of /readyz."""
    line = next(line for line in town.process.err if "metrics on " in line)
    url = line.split("metrics on ")[1].strip().removesuffix("/metrics") + "/readyz"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
