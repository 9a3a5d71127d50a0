"""Prosody, an XMPP server in Lua, with its rooms; RFC 6120, XEP-0045."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Peer, Step

_CONFIGURATION = """
run_as_root = true
data_path = "{directory}"
pidfile = "{directory}/prosody.pid"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{ }}
modules_enabled = {{ "saslauth", "disco", "ping" }}
modules_disabled = {{ "s2s", "tls", "posix", "offline" }}
authentication = "anonymous"
allow_anonymous_multiresourcing = true
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
log = {{ error = "{directory}/error.log" }}
VirtualHost "localhost"
Component "rooms.localhost" "muc"
    muc_room_locking = false
    muc_room_default_history_length = 0
    max_history_messages = 0
"""

_STREAM = (
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    "to='localhost' version='1.0'>"
)


class Prosody(Peer):
    """Started without encryption and limits. Users are anonymous, so they have no direct messages."""

    name = "prosody"
    about = "Lua, XMPP"
    program = "prosody"
    version_command = ("prosodyctl", "about")
    echoes = True
    serves = frozenset({"fanout", "rooms", "rate", "alone", "idle", "storm"})

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Write its configuration."""
        path = directory / "prosody.cfg.lua"
        path.write_text(_CONFIGURATION.format(directory=directory, port=port))
        return [self.program, "-F", "--config", str(path)]

    def room(self, number: int) -> str:
        """Return the address of a room."""
        return f"r{number}@rooms.localhost"

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Log in anonymously, bind, and enter."""
        auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"
        bind = "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
        steps = [
            Step(_STREAM.encode(), b"</stream:features>"),
            Step(auth.encode(), b"<success"),
            Step(_STREAM.encode(), b"</stream:features>"),
            Step(bind.encode(), b"</jid>"),
        ]
        for room in rooms:
            presence = (
                f"<presence to='{room}/m{number}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
            )
            steps.append(Step(presence.encode(), b"<subject"))
        return steps

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Send a stanza for each text."""
        begin = f"<message to='{to}' type='groupchat'><body>".encode()
        return b"".join([b"%s%s</body></message>" % (begin, text) for text in texts])

    def heartbeat(self) -> bytes:
        """Send a white space, which keeps the connection."""
        return b" "
