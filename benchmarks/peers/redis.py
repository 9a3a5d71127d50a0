"""Redis publish/subscribe, in C, with RESP 3; nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Peer, Step


class Redis(Peer):
    """A room is a channel, and so is a user. A sender gets its own message too if subscribed."""

    name = "redis"
    about = "C, publish/subscribe: nothing kept"
    program = "redis-server"
    version_command = ("redis-server", "--version")
    echoes = True

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Start it without snapshots and with unbounded buffers for subscribers."""
        options = {
            "port": str(port),
            "bind": "127.0.0.1",
            "dir": str(directory),
            "save": "",
            "appendonly": "no",
            "maxclients": "15000",
            "tcp-backlog": "4096",
            "tcp-keepalive": "0",
        }
        command = [self.program]
        for name, value in options.items():
            command += [f"--{name}", value]
        return [*command, "--client-output-buffer-limit", "pubsub 0 0 0"]

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Change to RESP 3, in which a subscriber may publish, and subscribe."""
        channels = [f"m{number}", *rooms]
        steps = [Step(b"HELLO 3\r\n", b"modules\r\n")]
        subscribe = f"SUBSCRIBE {' '.join(channels)}\r\n".encode()
        return [*steps, Step(subscribe, b":%d\r\n" % len(channels))]

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Publish."""
        begin = b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$" % (len(to), to.encode())
        return b"".join([b"%s%d\r\n%s\r\n" % (begin, len(text), text) for text in texts])

    def heartbeat(self) -> bytes:
        """Ping the server."""
        return b"*1\r\n$4\r\nPING\r\n"
