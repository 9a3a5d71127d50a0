"""Our broker, with its messages in memory or on disk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Peer, Step
from benchmarks.processes import BROKER
from benchmarks.zmtp import READY, encode_frame, make_handshake
from messages.codec import encode, join_lines
from messages.limits import MAX_REQUEST_FRAME, MAX_TEXT
from messages.requests import Confirm, Join, Send
from messages.sessions import Login, Ping
from messages.version import PROTOCOL, __version__

_MESSAGE = re.compile(rb'"type":"message","conversation":"([^"]+)","seq":([0-9]+),')


class Ours(Peer):
    """`chat-broker --memory`."""

    name = "chat-broker"
    about = "Python, libzmq"
    program = "chat-broker"
    max_text = MAX_TEXT
    confirms = True

    def find(self) -> tuple[str | None, str]:
        """Return its version: it is always here."""
        return __version__, ""

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Let it listen without a log of each message."""
        return [
            *BROKER,
            "--bind",
            f"tcp://127.0.0.1:{port}",
            "--log-level",
            "warning",
            "--no-rate-limit",
            *self.store(directory),
        ]

    def store(self, directory: Path) -> list[str]:
        """Return the options that say where messages are kept."""
        return ["--memory"]

    def room(self, number: int) -> str:
        """Return the name of a room."""
        return f"#r{number}"

    def user(self, number: int) -> str:
        """Return how one writes to a user."""
        return f"@m{number}"

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Shake hands, log in and join."""
        login = encode(Login(id="login", protocol=PROTOCOL, name=f"m{number}"))
        steps = [Step(make_handshake(), READY), Step(encode_frame(login), b'"type":"welcome"')]
        joins = [encode(Join(id=f"join{place}", room=room)) for place, room in enumerate(rooms)]
        if joins:
            steps.append(Step(encode_frame(b"\n".join(joins)), b'"re":"join%d"' % (len(joins) - 1)))
        return steps

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Fill in a `send` made and checked once, and join them into frames as a client does."""
        begin, middle, end = _template(to)
        documents = [
            b"%s%d%s%s%s" % (begin, number, middle, text, end) for number, text in enumerate(texts, first)
        ]
        if len(documents) == 1:
            return encode_frame(documents[0])
        return b"".join(map(encode_frame, join_lines(documents, MAX_REQUEST_FRAME)))

    def stay(self) -> bytes:
        """Send a ping."""
        return encode_frame(encode(Ping(id="stay")))

    def confirm(self, received: bytes) -> bytes:
        """Confirm the last message that came."""
        position = received.rfind(b'"type":"message"')
        if position < 0 or not (found := _MESSAGE.match(received, position)):
            return b""
        confirm = Confirm(id="confirm", conversation=found[1].decode(), seq=int(found[2]))
        return encode_frame(encode(confirm))


class OursOnDisk(Ours):
    """`chat-broker --data DIR`: nothing is accepted or delivered before it is synced to disk."""

    name = "chat-broker on disk"
    about = "Python, libzmq, SQLite; synced before it is delivered"

    def store(self, directory: Path) -> list[str]:
        """Return the options that say where messages are kept."""
        return ["--data", str(directory / "data")]


_templates: dict[str, tuple[bytes, bytes, bytes]] = {}


def _template(to: str) -> tuple[bytes, bytes, bytes]:
    """Return what stands before, between and after the number and the text of a `send`."""
    if to not in _templates:
        sample = encode(Send(id="NUMBER", to=to, text="TEXT"))
        begin, _, rest = sample.partition(b"NUMBER")
        middle, _, end = rest.partition(b"TEXT")
        _templates[to] = (begin, middle, end)
    return _templates[to]
