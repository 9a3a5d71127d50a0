"""One ROUTER socket and those who are known on it. All endpoints bound to it are plain, or all use CURVE."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import zmq

from broker.core.model import Peer
from broker.security.authenticator import DOMAIN, plain_address
from messages.keys import KeyPair
from messages.limits import MAX_REQUEST_FRAME

_LOCAL = re.compile(r"localhost:(\d+):\d+:(\d+)")  # uid, gid and pid, as ZeroMQ gives them over ipc

CURVE_OVERHEAD = 33
"""Bytes that encryption adds to a frame."""

LINGER = 1_000
"""Milliseconds that what was said last has to leave after the socket is closed."""

_MAPPED_IPV4 = re.compile(r"\[::ffff:([0-9.]+)\]")

_OPTIONS = {
    zmq.ROUTER_MANDATORY: 1,
    zmq.ROUTER_HANDOVER: 0,
    zmq.SNDHWM: 192,
    zmq.RCVHWM: 64,
    zmq.MAXMSGSIZE: MAX_REQUEST_FRAME + CURVE_OVERHEAD,
    zmq.HANDSHAKE_IVL: 30_000,  # thousands at once take turns, and with less none of them is done in time
    zmq.LINGER: LINGER,
    zmq.TCP_KEEPALIVE: 1,
    zmq.TCP_KEEPALIVE_IDLE: 60,
    zmq.TCP_KEEPALIVE_INTVL: 15,
    zmq.TCP_KEEPALIVE_CNT: 4,
    zmq.BACKLOG: 1_024,
    zmq.IPV6: 1,
}


@dataclass(eq=False, slots=True, kw_only=True)
class Caller(Peer):
    """A peer, and the door at which its routing id is known."""

    door: Door


class Door:
    """A ROUTER socket. With `keys`, connections are encrypted and ZeroMQ asks our authenticator for each."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], keys: KeyPair | None) -> None:
        self.guarded = keys is not None
        self.peers: dict[bytes, Caller] = {}
        self.socket = context.socket(zmq.ROUTER)
        for option, value in _OPTIONS.items():
            self.socket.set(option, value)
        if keys:
            self.socket.set(zmq.ZAP_DOMAIN, DOMAIN)
            self.socket.set(zmq.ZAP_ENFORCE_DOMAIN, 1)  # else a missing authenticator admits everybody
            self.socket.set(zmq.CURVE_SERVER, 1)
            self.socket.set(zmq.CURVE_SECRETKEY, keys.secret.encode())

    def bind(self, url: str) -> str:
        """Listen on an endpoint, and return it as ZeroMQ resolved it. Raise zmq.ZMQError if it cannot."""
        self.socket.bind(url)
        resolved = str(self.socket.get_string(zmq.LAST_ENDPOINT)).rstrip("\0")
        return _MAPPED_IPV4.sub(r"\1", resolved)

    def meet(self, routing_id: bytes, frame: zmq.Frame) -> Caller:
        """Return a new peer whose first frame this is; whether it is to be known is for the caller to say."""
        address = _address(_property(frame, "Peer-Address"))
        return Caller(routing_id, address, time.monotonic(), self.key_of(frame), door=self)

    def key_of(self, frame: zmq.Frame) -> str | None:
        """Return the key that the authenticator vouches for. On plain connections a peer can forge it."""
        return _property(frame, "User-Id") if self.guarded else None


def _property(frame: zmq.Frame, name: str) -> str | None:
    """Return what ZeroMQ says of a frame's connection; nothing of it over inproc."""
    try:
        return str(frame.get(name))
    except zmq.ZMQError:
        return None


def _address(given: str | None) -> str:
    """Return where a frame came from: an IP address, over ipc the user and the process, or `inproc`."""
    if given is None:
        return "inproc"
    local = _LOCAL.fullmatch(given)
    return f"this machine (user {local[1]}, process {local[2]})" if local else plain_address(given)
