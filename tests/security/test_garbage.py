"""Arbitrary bytes at the port disturb no logged-in user, keep out no new one, and the broker ends well."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from random import Random

import pytest
from eventually import DEADLINE
from live_broker import Dealer, assert_undisturbed
from security.tap import tapped
from security.town import Town
from torture.figures import figure

INPUTS = figure(2_500, 5_000_000)
"""At each of the two endpoints, each input over a connection of its own."""

AT_ONCE = 50

GREETING = 64  # bytes
_LENGTHS = (0, 1, 0x7F, 0xFF, 2**16, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64 - 1)
_COMMANDS = (
    b"READY",
    b"ERROR",
    b"SUBSCRIBE",
    b"CANCEL",
    b"PING",
    b"PONG",
    b"HELLO",
    b"WELCOME",
    b"INITIATE",
    b"MESSAGE",
)


def record(town: Town) -> bytes:
    """Return the bytes of an ordinary client, from the greeting to its second request."""
    with ExitStack() as seats:
        tap = seats.enter_context(tapped(town.address))
        client = town.dealer("recorded", tap.url).login()
        assert client.ask("join", room="#elsewhere")["type"] == "room-state"
        assert client.ask("send", to="#elsewhere", text="hello")["type"] == "accepted"
        assert client.ask("logout")["type"] == "done"
        client.socket.close()
    return tap.said


def frame(chance: Random) -> bytes:
    """Return a ZMTP frame with any flags, any length in its head, and some of the bytes after it."""
    body = chance.randbytes(chance.randrange(80))
    if chance.random() < 0.5:
        name = chance.choice(_COMMANDS)
        body = bytes((chance.choice((len(name), chance.randrange(256))),)) + name + body
    length = chance.choice((len(body), chance.choice(_LENGTHS)))
    if chance.random() < 0.5:
        return bytes((chance.choice((2, 6, chance.randrange(256))),)) + length.to_bytes(8) + body
    return bytes((chance.choice((0, 4, chance.randrange(256))), length % 256)) + body


def noise(said: bytes, chance: Random) -> bytes:
    return chance.randbytes(chance.randrange(300))


def mangled(said: bytes, chance: Random) -> bytes:
    """Return the bytes of a client, with up to four parts replaced, inserted or removed."""
    mangled = bytearray(said)
    for _ in range(chance.randint(1, 4)):
        start = chance.choice((chance.randrange(GREETING), chance.randrange(len(mangled) + 1)))
        mangled[start : start + chance.choice((0, 1, 1, 8))] = chance.randbytes(chance.choice((0, 1, 1, 8)))
    return bytes(mangled)


def cut_off(said: bytes, chance: Random) -> bytes:
    return said[: chance.randrange(len(said))]


def frames(said: bytes, chance: Random) -> bytes:
    return b"".join(frame(chance) for _ in range(chance.randint(1, 4)))


def frames_behind_others(said: bytes, chance: Random) -> bytes:
    """Return some frames of a client, and after them frames without meaning."""
    return said[: chance.choice(list(frame_ends(said)))] + frames(said, chance)


def frame_ends(said: bytes) -> Iterator[int]:
    """Yield the end of the greeting, if it begins with one, and of each frame."""
    start = GREETING if said[0] == 0xFF else 0
    while start < len(said):
        yield start
        head = 9 if said[start] & 2 else 2
        start += head + int.from_bytes(said[start + 1 : start + head])
    assert start == len(said)
    yield start


def old_greeting(said: bytes, chance: Random) -> bytes:
    """Return the greeting of another ZMTP version or of an unknown mechanism, and the rest."""
    greeting = bytearray(said[:GREETING])
    greeting[10] = chance.choice((0, 1, 2, 3, 4, 255))
    if chance.random() < 0.5:
        greeting[12:32] = chance.choice((b"NULL", b"PLAIN", b"CURVE", b"GSSAPI", b"X" * 20)).ljust(20, b"\0")
    start = chance.choice((11, 12, GREETING))  # the greetings of old versions are shorter
    return bytes(greeting[:start]) + chance.choice((said[GREETING:], frame(chance)))


KINDS = (noise, mangled, cut_off, frames, frames_behind_others)


class Garbage:
    """Makes inputs from a client's bytes: from all of them, or from those after the answer to its opening."""

    def __init__(self, said: bytes, chance: Random) -> None:
        self._said = said
        self._chance = chance
        opening_ends = list(frame_ends(said))[1]
        self._opening, self._rest = said[:opening_ends], said[opening_ends:]
        self.answer = b"WELCOME" if b"CURVE" in said[:GREETING] else b"READY"

    def pick(self) -> tuple[bytes, bytes]:
        """Return an opening that is answered, or none, and the bytes to send after it."""
        chance = self._chance
        if chance.random() < 0.5:
            return self._opening, chance.choice(KINDS)(self._rest, chance)
        return b"", chance.choice((*KINDS, old_greeting))(self._said, chance)


def hear(stranger: socket.socket, answer: bytes) -> None:
    """Read until the broker has sent this."""
    heard = b""
    while answer not in heard:
        heard += (more := stranger.recv(65_536))
        assert more, f"the broker hung up after {heard!r}"


def throw(town: Town, garbage: Garbage, inside: Dealer) -> None:
    """Send some inputs, each over a connection of its own, and wait until the broker has closed each.

    What a connection said that is over may be forgotten; so somebody inside is answered first.
    """
    inputs = [garbage.pick() for _ in range(AT_ONCE)]
    with ExitStack() as open_ones:
        strangers = [open_ones.enter_context(town.raw()) for _ in inputs]
        for stranger, (opening, _) in zip(strangers, inputs, strict=True):
            stranger.settimeout(DEADLINE)
            stranger.sendall(opening)
        for stranger, (opening, behind) in zip(strangers, inputs, strict=True):
            if opening:
                hear(stranger, garbage.answer)
            with suppress(OSError):  # the broker has hung up already
                stranger.sendall(behind)
        assert inside.ask("time")["type"] == "clock"
        for stranger in strangers:
            with suppress(OSError):
                stranger.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                while stranger.recv(65_536):
                    pass


@pytest.mark.parametrize("curve", [False, True], ids=["plain", "curve"])
def test_inputs_are_made_from_bytes_of_a_client_that_the_broker_answers(curve: bool) -> None:
    with ExitStack() as seats:
        town = Town(seats, curve=curve)
        garbage = Garbage(record(town), Random())
        with town.raw() as again:
            again.settimeout(DEADLINE)
            again.sendall(garbage._opening)
            hear(again, garbage.answer)
            if not curve:
                again.sendall(garbage._rest)
                hear(again, b'"type":"done"')


@pytest.mark.parametrize("curve", [False, True], ids=["plain", "curve"])
def test_arbitrary_bytes_disturb_no_user_and_keep_no_client_out(
    curve: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = os.environ.get("CHAT_SEED", "0")
    with ExitStack() as seats:
        town = Town(seats, curve=curve)
        garbage = Garbage(record(town), Random(f"garbage {curve} {seed}"))
        alice, bob = town.dealer("alice").login(), town.dealer("bob").login()
        for number in range(0, INPUTS, AT_ONCE):
            throw(town, garbage, alice)
            if number % 1_000 == 0:
                assert_undisturbed(alice, bob)
                alice.inbox, bob.inbox = [], []  # who of those with a mangled name came and went
        assert_undisturbed(alice, bob)
        assert_undisturbed(alice, town.dealer("carol").login())
        assert town.process.stop() == 0
        assert not [line for line in town.process.err if "Traceback" in line or "failed" in line]
        with capsys.disabled():
            print(f" [{INPUTS:,} inputs, seed {seed}]", end="")
