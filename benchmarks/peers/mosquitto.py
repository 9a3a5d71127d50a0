"""Mosquitto, an MQTT broker in C, with MQTT 5 and QoS 0; nothing is kept or acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Peer, Step

_CONFIGURATION = """
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
max_connections -1
set_tcp_nodelay true
log_dest none
"""

_NO_LOCAL = b"\x04"


class Mosquitto(Peer):
    """Started with unbounded queues. A room is a topic, and so is a user."""

    name = "mosquitto"
    about = "C, QoS 0"
    program = "mosquitto"
    version_command = ("mosquitto", "-h")

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Write its configuration."""
        path = directory / "mosquitto.conf"
        path.write_text(_CONFIGURATION.format(port=port))
        return [self.program, "--config-file", str(path)]

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Connect with a clean start and no keep-alive, then subscribe."""
        name = f"m{number}"
        connect = _packet(0x10, _text("MQTT") + b"\x05\x02\x00\x00" + b"\x00" + _text(name))
        topics = b"".join(_text(topic) + _NO_LOCAL for topic in [name, *rooms])
        granted = b"\x00\x01\x00" + bytes(len(rooms) + 1)
        return [Step(connect, b"\x20"), Step(_packet(0x82, b"\x00\x01\x00" + topics), granted)]

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Publish."""
        begin = _text(to) + b"\x00"
        return b"".join([_packet(0x30, begin + text) for text in texts])

    def heartbeat(self) -> bytes:
        """Send a PINGREQ."""
        return b"\xc0\x00"


def _text(text: str) -> bytes:
    return len(text).to_bytes(2) + text.encode()


def _packet(head: int, body: bytes) -> bytes:
    """Return a packet: its first byte, its length in groups of 7 bits, its body."""
    length = len(body)
    encoded = bytearray((head,))
    while length > 127:
        encoded.append(length & 127 | 128)
        length >>= 7
    encoded.append(length)
    return bytes(encoded) + body
