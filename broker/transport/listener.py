"""One ROUTER socket and those who are known on it.

All endpoints bound to it are plain, or all use CURVE; all are within this process, or none is.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import zmq

from broker.core.limits.addresses import INPROC
from broker.core.memory.model import Peer
from broker.security.authenticator import DOMAIN, plain_address
from broker.transport.batch import Payload
from messages.keys import KeyPair
from messages.limits import MAX_REQUEST_FRAME

_LOCAL = re.compile(r"localhost:(\d+):\d+:(\d+)")  # uid, gid and pid, as ZeroMQ gives them over ipc

CURVE_OVERHEAD = 33
"""Bytes that encryption adds to a frame."""

_MORE, _LAST = int(zmq.DONTWAIT | zmq.SNDMORE), int(zmq.DONTWAIT)  # to combine flags each time is slow
_send: Callable[..., None] = zmq.backend.Socket.send  # without what `zmq.Socket` adds, half of the time
_recv: Callable[..., Any] = zmq.backend.Socket.recv
_get: Callable[..., Any] = zmq.backend.Socket.get
_EVENTS, _READABLE = int(zmq.EVENTS), int(zmq.POLLIN)

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
    zmq.BACKLOG: 4_096,  # for thousands at once: who finds no place tries again after a second and more
    zmq.IPV6: 1,
}


@dataclass(eq=False, slots=True, kw_only=True)
class Caller(Peer):
    """A peer, and the listener at which its routing id is known."""

    listener: Listener


class Listener:
    """A ROUTER socket. With `keys`, connections are encrypted and ZeroMQ asks our authenticator for each.

    A listener that is `inside` is for inproc only. ZeroMQ gives its peers no address, and peers of other
    listeners who have none either must not pass for them.
    """

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], keys: KeyPair | None, *, inside: bool = False
    ) -> None:
        self.guarded = keys is not None
        self.inside = inside
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

    def next_sender(self) -> bytes:
        """Return the routing id before the next frame. Raise zmq.Again if nothing has come."""
        routing_id: bytes = _recv(self.socket, _LAST)
        return routing_id

    @property
    def empty(self) -> bool:
        """Whether nothing has come in; cheaper to ask than to be told by an exception."""
        return not _get(self.socket, _EVENTS) & _READABLE

    def receive(self) -> zmq.Frame:
        """Return the next frame of the message that has begun; it tells whether there are `more`."""
        frame: zmq.Frame = _recv(self.socket, 0, False)
        return frame

    def send(self, routing_id: bytes, frame: Payload) -> None:
        """Send one frame. Raise zmq.Again if the peer does not read, zmq.ZMQError if it is gone."""
        _send(self.socket, routing_id, _MORE)
        _send(self.socket, frame, _LAST, isinstance(frame, bytes))

    def meet(self, routing_id: bytes, frame: zmq.Frame) -> Caller | None:
        """Return a new peer whose first frame this is, None if nothing tells who or where it is.

        So it is with a greeting of ZMTP 1.0 or 2.0. Whether the peer is to be known is for the caller to say.
        """
        given, identity = _property(frame, "Peer-Address"), self.key_of(frame)
        if (given is None and not self.inside) or (identity is None and self.guarded):
            return None
        address, uid = _place(given)
        return Caller(routing_id, address, time.monotonic(), identity, uid=uid, listener=self)

    def forget(self, caller: Caller) -> None:
        """Take a peer as gone."""
        self.peers.pop(caller.routing_id, None)

    def key_of(self, frame: zmq.Frame) -> str | None:
        """Return the key that the authenticator vouches for. On plain connections a peer can forge it."""
        return _property(frame, "User-Id") if self.guarded else None


def _property(frame: zmq.Frame, name: str) -> str | None:
    """Return what ZeroMQ says of a frame's connection; nothing of it over inproc."""
    try:
        return str(frame.get(name))
    except zmq.ZMQError:
        return None


def _place(given: str | None) -> tuple[str, int | None]:
    """Return where a frame came from, an IP address, a process or `inproc`; and over ipc whose that is."""
    if given is None:
        return INPROC, None
    local = _LOCAL.fullmatch(given)
    if local is None:
        return plain_address(given), None
    return f"this machine (user {local[1]}, process {local[2]})", int(local[1])
