"""The full screen on a terminal that takes nothing for a while, as over a slow line."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from eventually import DEADLINE
from programs import SCRIPTS, House, environment

_FRAME = 5_000
"""More bytes than one frame has."""


class Slow:
    """Alice's full screen, on a terminal that a test reads when it wants to."""

    def __init__(self, house: House, endpoint: str) -> None:
        self.far, near = os.openpty()
        termios.tcsetwinsize(self.far, (40, 120))
        self._near = os.open(os.ttyname(near), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        self.program = subprocess.Popen(
            [SCRIPTS / "chat-client", "--connect", endpoint, "-n", "alice", "--screen"],
            stdin=near,
            stdout=near,
            stderr=near,
            env=environment(house.home) | {"TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(near)
        self.read_until(b"2 of 2 here", 100_000)

    def type(self, keys: str) -> None:
        os.write(self.far, keys.encode())

    def read_until(self, text: bytes, most: int) -> bytes:
        """Return what comes until a text has come, at most so many bytes."""
        heard = b""
        while text not in heard and len(heard) < most:
            assert select.select([self.far], [], [], DEADLINE)[0], f"nothing after {heard[-300:]!r}"
            heard += os.read(self.far, 960)
        assert text in heard
        return heard

    def fill(self) -> int:
        """Let the terminal take nothing more. Return what was written for that."""
        kept = 0
        with suppress(BlockingIOError):
            while kept < 1_000_000:
                kept += os.write(self._near, b"\0" * 100)
        return kept

    def close(self) -> None:
        self.program.kill()
        self.program.wait(DEADLINE)
        os.close(self._near)
        os.close(self.far)


@contextmanager
def alice(house: House, endpoint: str) -> Iterator[Slow]:
    slow = Slow(house, endpoint)
    try:
        yield slow
    finally:
        slow.close()


def test_the_newest_is_shown_and_keys_work_although_nothing_is_read(house: House) -> None:
    _, endpoint = house.broker("--no-rate-limit")
    bob = house.client(endpoint, "bob")
    bob.says("Connected")  # so alice finds two members
    with alice(house, endpoint) as slow:
        kept = slow.fill()
        for burst in range(4):
            bob.type("".join(f"message {burst} {number} {'word ' * 15}\n" for number in range(100)))
            slow.type(f"I saw {burst}\r")
            bob.says(f"I saw {burst}")  # so keys take effect, and the loop does not wait for the terminal
        bob.type("this is the last one\n")
        most = kept + 4 * _FRAME  # what 400 messages need is twice as much: frames were dropped, not queued
        slow.read_until(b"this is the last one", most)


@pytest.mark.parametrize("leave", ["key", "signal"])
def test_it_ends_at_once_although_nothing_is_read(house: House, leave: str) -> None:
    _, endpoint = house.broker()
    bob = house.client(endpoint, "bob")
    bob.says("Connected")  # so alice finds two members
    with alice(house, endpoint) as slow:
        slow.fill()
        bob.type("a frame for a terminal that takes nothing\n")
        slow.type("hello bob\r")
        bob.says("hello bob")
        if leave == "key":
            slow.type("\x04")
        else:
            slow.program.send_signal(signal.SIGTERM)
        assert slow.program.wait(DEADLINE) == 0
        assert b"\x1b[?1049l" in slow.read_until(b"\x1b[?25h", 40_000)
