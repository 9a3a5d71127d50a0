"""The bytes that a client sends to an IRC server; RFC 2812. The servers have modules of their own."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.peers.peer import Peer, Step


class Irc(Peer):
    """A server that speaks IRC."""

    max_text = 400  # of the 512 bytes of a line, the rest is for the sender, the command and the room

    def room(self, number: int) -> str:
        """Return the name of a channel."""
        return f"#r{number}"

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Register and join."""
        name = f"m{number}"
        steps = [Step(f"NICK {name}\r\nUSER {name} 0 * :{name}\r\n".encode(), b" 001 ")]
        return steps + [Step(f"JOIN {room}\r\n".encode(), b" 366 ") for room in rooms]

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Send a line for each text."""
        begin = f"PRIVMSG {to} :".encode()
        return b"".join([b"%s%s\r\n" % (begin, text) for text in texts])

    def heartbeat(self) -> bytes:
        """Ping the server."""
        return b"PING heartbeat\r\n"
