"""A bare ROUTER in pyzmq that sends each frame back: below it no broker on pyzmq can get."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import zmq

from benchmarks.peers.peer import Peer, Step
from benchmarks.zmtp import READY, encode_frame, make_handshake


class Echo(Peer):
    """Sends back what it gets, so it is good for one member that waits for its own message."""

    name = "pyzmq echo"
    about = "Python, libzmq: a bare ROUTER that sends each frame back"
    program = sys.executable
    echoes = True
    alone_with_itself = True
    bare = True
    serves = frozenset({"alone"})

    def find(self) -> tuple[str | None, str]:
        """Return the version of pyzmq."""
        return zmq.pyzmq_version(), ""

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Run the program beside this package."""
        return [sys.executable, str(Path(__file__).parents[1] / "echo_server.py"), str(port)]

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Shake hands."""
        return [Step(make_handshake(), READY)]

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Send a frame a text."""
        return b"".join(map(encode_frame, texts))

    def stay(self) -> bytes:
        """Send a frame."""
        return encode_frame(b"stay")
