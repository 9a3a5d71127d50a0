"""nats-server, in Go: its core, which keeps and acknowledges nothing, and JetStream, which keeps all."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Peer, Step, locate_beside_python, require

_CONFIGURATION = """
host: 127.0.0.1
port: {port}
max_connections: 100000
ping_interval: "1h"
"""

_JETSTREAM = """
jetstream {{ store_dir: "{directory}/jetstream", {settings} }}
"""

_STREAM = "ROOMS"
_LIVE = "live."
"""The prefix of the subject of a stored message that is sent to the members."""

_SYNC_ALWAYS_SINCE = (2, 10)


class NatsCore(Peer):
    """A room is a subject, and so is a user."""

    name = "nats-server"
    about = "Go, core: nothing kept, nothing acknowledged"
    program = "nats-server"
    version_command = ("nats-server", "--version")

    def locate(self) -> str | None:
        """Return the program on the PATH, usually the distribution's, else the one beside Python."""
        return super().locate() or locate_beside_python(self.program)

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Write its configuration."""
        path = directory / "nats.conf"
        path.write_text(self.configure(directory, port))
        return [self.locate() or self.program, "--config", str(path)]

    def configure(self, directory: Path, port: int) -> str:
        """Return the configuration."""
        return _CONFIGURATION.format(port=port)

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Connect, without an echo of the user's own messages, and subscribe."""
        subjects = [f"m{number}", *rooms]
        subscribe = "".join(f"SUB {subject} {place}\r\n" for place, subject in enumerate(subjects, 1))
        options = json.dumps({"verbose": False, "pedantic": False, "echo": False})
        return [Step(f"CONNECT {options}\r\n{subscribe}PING\r\n".encode(), b"PONG\r\n")]

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Publish."""
        begin = f"PUB {to} ".encode()
        return b"".join([b"%s%d\r\n%s\r\n" % (begin, len(text), text) for text in texts])

    def heartbeat(self) -> bytes:
        """Ping the server."""
        return b"PING\r\n"


class JetStream(NatsCore):
    """Rooms are subjects of one stream on disk, which republishes each stored message to their members.

    That is the cheapest way from a stream to many users. With a consumer for each member, even one in memory
    without acknowledgements, the server reads each message from its store again for each member. Members get
    the number of each message and of the one before it, so they would notice a gap and could ask the stream
    for it. A sender asks for no acknowledgement: its own message comes back to it with its number.
    """

    name = "JetStream"
    about = "Go, file store, synced now and then: delivered before it is"
    echoes = True
    serves = frozenset({"fanout"})
    settings = ""

    def room(self, number: int) -> str:
        """Return the subject of a room."""
        return f"room.{number}"

    def configure(self, directory: Path, port: int) -> str:
        """Return the configuration, with the store in `directory`."""
        return super().configure(directory, port) + _JETSTREAM.format(
            directory=directory, settings=self.settings
        )

    def after_start(self, port: int) -> None:
        """Make the stream."""
        stream = json.dumps(
            {
                "name": _STREAM,
                "subjects": ["room.*"],
                "storage": "file",
                "retention": "limits",
                "republish": {"src": ">", "dest": f"{_LIVE}>"},
            }
        )
        request = f"PUB $JS.API.STREAM.CREATE.{_STREAM} made {len(stream)}\r\n{stream}\r\n"
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(f"CONNECT {{}}\r\nSUB made 1\r\n{request}".encode())
            answer = b""
            while b"stream_create_response" not in answer:
                part = connection.recv(65_536)
                require(bool(part), f"nats-server made no stream: {answer[-300:]!r}")
                answer += part
        require(b'"error"' not in answer, f"nats-server made no stream: {answer[-300:]!r}")

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Connect, with the headers that have the numbers, and subscribe to stored messages."""
        subscribe = "".join(f"SUB {_LIVE}{room} {place}\r\n" for place, room in enumerate(rooms, 1))
        options = json.dumps({"verbose": False, "pedantic": False, "headers": True})
        return [Step(f"CONNECT {options}\r\n{subscribe}PING\r\n".encode(), b"PONG\r\n")]


class JetStreamSynced(JetStream):
    """JetStream that syncs each message before it delivers it; needs nats-server 2.10."""

    name = "JetStream synced"
    about = "Go, file store, sync_interval: always; synced before it is delivered"
    settings = "sync_interval: always"

    def locate(self) -> str | None:
        """Return the program beside Python, which is new enough, else the one on the PATH."""
        return locate_beside_python(self.program) or super().locate()

    def find(self) -> tuple[str | None, str]:
        """Return its version if it can sync each message."""
        version, why = super().find()
        if version and tuple(map(int, version.split(".")[:2])) < _SYNC_ALWAYS_SINCE:
            return None, f"nats-server {version} has no `sync_interval: always`, which came with 2.10"
        return version, why
