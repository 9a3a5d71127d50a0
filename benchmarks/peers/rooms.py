"""A bare ROUTER in pyzmq that passes lines on to rooms: no broker of this design can be much faster."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import zmq

from benchmarks.peers.peer import Peer, Step
from benchmarks.zmtp import READY, encode_frame, make_handshake
from messages.codec import encode, join_lines
from messages.events import Message
from messages.limits import MAX_REQUEST_FRAME

PADDING = len(encode(Message("#r0", 10_000, "10000", "m0", "", 1_790_000_000_000)))
"""Bytes that a message of chat-broker has beside its text."""


class BareRouter(Peer):
    """Has rooms, and nothing else: no numbers, no receipts, no log. Who sends gets its own message too."""

    name = "pyzmq rooms"
    about = "Python, libzmq: a bare ROUTER that passes lines on, as long as chat-broker's messages"
    program = sys.executable
    echoes = True
    serves = frozenset({"fanout", "rooms", "rate"})
    bare = True

    def find(self) -> tuple[str | None, str]:
        """Return the version of pyzmq."""
        return zmq.pyzmq_version(), ""

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Run the program beside this package."""
        program = Path(__file__).parents[1] / "rooms_server.py"
        return [sys.executable, str(program), str(port), str(PADDING)]

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

    def stay(self) -> bytes:
        """Enter a room in which nobody talks."""
        return encode_frame(b"+quiet")
