"""Bare ROUTERs in pyzmq: the cost of ZeroMQ and Python alone, without a broker's work."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import zmq

from benchmarks.peers.peer import Peer, Step
from benchmarks.zmtp import READY, encode_frame, make_handshake
from messages.codec import encode, join_lines
from messages.events import Message
from messages.limits import MAX_REQUEST_FRAME
from messages.runs import RunMessage

PADDING = len(encode(Message("#r0", 10_000, "10000", "m0", "", 1_790_000_000_000)))
"""Bytes that a message of chat-broker has beside its text, if it is the first of its frame to a room."""

MORE = len(encode(RunMessage("10000", ""))) + 1
"""Bytes that each one after it has beside its text."""


class Bare(Peer):
    """A program beside this package, run with port and `arguments`. A sender gets its own message too."""

    program = sys.executable
    script: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]] = ()
    echoes = True
    bare = True

    def find(self) -> tuple[str | None, str]:
        """Return the version of pyzmq."""
        return zmq.pyzmq_version(), ""

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Run the program beside this package."""
        return [sys.executable, str(Path(__file__).parents[1] / self.script), str(port), *self.arguments]


class Echo(Bare):
    """Sends each frame back, so it serves one member that waits for its own message."""

    name = "pyzmq echo"
    about = "Python, libzmq: a bare ROUTER that sends each frame back"
    script = "echo_server.py"
    alone_with_itself = True
    serves = frozenset({"alone"})

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Shake hands."""
        return [Step(make_handshake(), READY)]

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Send a frame a text."""
        return b"".join(map(encode_frame, texts))

    def heartbeat(self) -> bytes:
        """Send a frame."""
        return encode_frame(b"heartbeat")


class BareRooms(Bare):
    """Has rooms, and nothing else: no numbers, no receipts, no log."""

    name = "pyzmq rooms"
    about = "Python, libzmq: a bare ROUTER that passes lines on, as long as chat-broker's messages"
    script = "rooms_server.py"
    arguments = (str(PADDING), str(MORE))
    serves = frozenset({"fanout", "rooms", "rate"})

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Shake hands, and enter the rooms."""
        joins = [Step(encode_frame(f"+{room}".encode()), b"entered") for room in rooms]
        return [Step(make_handshake(), READY), *joins]

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Send lines in few frames."""
        return self.say_all([(to, texts)], first)

    def say_all(self, parts: Sequence[tuple[str, Sequence[bytes]]], first: int) -> bytes:
        """Join all lines into frames as a client of chat-broker does."""
        lines = [b"%s %s" % (to.encode(), text) for to, texts in parts for text in texts]
        return b"".join(map(encode_frame, join_lines(lines, MAX_REQUEST_FRAME)))

    def heartbeat(self) -> bytes:
        """Enter a room without messages."""
        return encode_frame(b"+quiet")
