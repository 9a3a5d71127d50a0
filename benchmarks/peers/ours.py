"""Our broker, with its messages in memory or on disk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Peer, Step
from benchmarks.processes import BROKER
from benchmarks.zmtp import READY, encode_frame, make_handshake
from broker.core.intervals import confirm_interval
from broker.security.keys import KEY_FILE, load_or_make
from messages.amendments import React
from messages.base import Request
from messages.codec import encode, join_lines
from messages.limits import MAX_REQUEST_FRAME, MAX_TEXT
from messages.requests import Confirm, Join, Send
from messages.sessions import Login, Ping
from messages.version import PROTOCOL, __version__

_ENTRY = re.compile(rb'"type":"([a-z]+)","conversation":"([^"]+)","seq":([0-9]+),')


class Ours(Peer):
    """`chat-broker --memory`."""

    name = "chat-broker"
    about = "Python, libzmq"
    program = "chat-broker"
    max_text = MAX_TEXT
    confirms = True
    event = b"message"
    """The type of the events that are counted."""
    runs = True
    """Whether its clients ask for runs of messages."""

    def find(self) -> tuple[str | None, str]:
        """Return its version; it is always installed."""
        return __version__, ""

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Let it listen, without rate limits and with warnings only."""
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
        """Return the options for the place of the messages."""
        return ["--memory"]

    def room(self, number: int) -> str:
        """Return the name of a room."""
        return f"#r{number}"

    def user(self, number: int) -> str:
        """Return the conversation with a user."""
        return f"@m{number}"

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Shake hands, log in and join."""
        knows = self.event != b"message"
        login = encode(Login("login", PROTOCOL, f"m{number}", amendments=knows, crowds=True, runs=self.runs))
        steps = [Step(make_handshake(), READY), Step(encode_frame(login), b'"type":"welcome"')]
        joins = [encode(Join(id=f"join{place}", room=room)) for place, room in enumerate(rooms)]
        if joins:
            frames = b"".join(map(encode_frame, join_lines(joins, MAX_REQUEST_FRAME)))
            steps.append(Step(frames, b'"re":"join%d"' % (len(joins) - 1)))
        return steps

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Send the texts in as few frames as a client does."""
        return self.say_all([(to, texts)], first)

    def say_all(self, parts: Sequence[tuple[str, Sequence[bytes]]], first: int) -> bytes:
        """Fill in a `send` encoded once for each recipient; join them into frames as a client does.

        The ids grow as texts do, as those of the client.
        """
        documents: list[bytes] = []
        for to, texts in parts:
            begin, middle, end = _template(to)
            number = first + len(documents)
            documents += [
                b"%s%08d%s%s%s" % (begin, at, middle, text, end) for at, text in enumerate(texts, number)
            ]
        return b"".join(map(encode_frame, join_lines(documents, MAX_REQUEST_FRAME)))

    def heartbeat(self) -> bytes:
        """Send a ping."""
        return encode_frame(encode(Ping(id="heartbeat")))

    def confirm_seconds(self, users: int) -> float:
        """Return the pause that the broker asks for with `users` in the room."""
        return confirm_interval(users) / 1000

    def confirm(self, received: bytes) -> bytes:
        """Confirm the last message received."""
        position = received.rfind(b'"type":"%b' % self.event)
        if position < 0 or not (found := _ENTRY.match(received, position)):
            return b""
        seq = int(found[3])
        if found[1] == b"messages":  # each has its text after its id
            seq += max(received.count(b'"text":', position) - 1, 0)
        confirm = Confirm(id="confirm", conversation=found[2].decode(), seq=seq)
        return encode_frame(encode(confirm))


class OursOnDisk(Ours):
    """`chat-broker --data DIR`: nothing is accepted or delivered before it is synced to disk."""

    name = "chat-broker on disk"
    about = "Python, libzmq, SQLite; synced before it is delivered"

    def store(self, directory: Path) -> list[str]:
        """Return the options for the place of the messages."""
        return ["--data", str(directory / "data")]


class OursToLibzmq(Ours):
    """The same in memory, with sockets of libzmq as clients, to compare CURVE with."""

    name = "chat-broker, libzmq clients"
    about = "as chat-broker; its clients are sockets of libzmq"
    libzmq = True
    serves = frozenset({"fanout", "storm"})


class OursWithCurve(OursToLibzmq):
    """`chat-broker --memory --curve`: each client has a key of its own."""

    name = "chat-broker, CURVE"
    about = "the same with CURVE; each client has a key of its own"

    def store(self, directory: Path) -> list[str]:
        """Return the options for the places of the messages and the key."""
        return ["--memory", "--curve", "--key", str(directory / KEY_FILE)]

    def find_key(self, directory: Path) -> str:
        """Return the broker's public key."""
        return load_or_make(directory / KEY_FILE).public


class OursShort(Ours):
    """`chat-broker --memory` with messages of 20 characters. The bytes that are counted are in their ids.

    They come one by one, as reactions do, with which they are compared.
    """

    name = "chat-broker, 20 characters"
    about = "as chat-broker; messages of 20 characters"
    special = True
    runs = False
    echoes = True  # the reply has the id, too
    serves = frozenset({"reactions"})

    def store(self, directory: Path) -> list[str]:
        """Keep all, so that the message to which all react stays."""
        return ["--memory", "--keep", "10000000"]

    def say_all(self, parts: Sequence[tuple[str, Sequence[bytes]]], first: int) -> bytes:
        """Send a message for each text, which is its id."""
        documents = (self.entry(to, text.decode()) for to, texts in parts for text in texts)
        return b"".join(map(encode_frame, join_lines(list(map(encode, documents)), MAX_REQUEST_FRAME)))

    def entry(self, to: str, id: str) -> Request:
        """Return a request with this id for an entry of a conversation."""
        return Send(id, to, "x" * 20)


class OursReacting(OursShort):
    """The same with reactions to one message. Each speaker adds its reaction and takes it back, by turns."""

    name = "chat-broker, reactions"
    about = "as chat-broker; reactions to one message"
    event = b"reacted"

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Enter as a client that knows amendments. The first user sends the message."""
        steps = super().enter(number, rooms)
        if number == 0:
            sends = [encode(Send(f"first{place}", room, "hello")) for place, room in enumerate(rooms)]
            steps.append(Step(encode_frame(b"\n".join(sends)), b'"re":"first%d"' % (len(sends) - 1)))
        return steps

    def entry(self, to: str, id: str) -> Request:
        """Return a reaction. The last digit of a text is that of its number for the speaker."""
        return React(id, to, 1, "👍", on=int(id[-1]) % 2 == 1)


_templates: dict[str, tuple[bytes, bytes, bytes]] = {}


def _template(to: str) -> tuple[bytes, bytes, bytes]:
    """Return the bytes before, between and after the number and the text of a `send`."""
    if to not in _templates:
        sample = encode(Send(id="NUMBER", to=to, text="TEXT"))
        begin, _, rest = sample.partition(b"NUMBER")
        middle, _, end = rest.partition(b"TEXT")
        _templates[to] = (begin, middle, end)
    return _templates[to]
