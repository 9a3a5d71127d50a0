"""One ROUTER socket and its peers.

Its endpoints are all plain or all use CURVE, and all are inproc or none is.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import zmq

from broker.core.limits.addresses import INPROC
from broker.core.memory.model import Peer
from broker.security.authenticator import DOMAIN, plain_address
from broker.transport.batch import Payload
from broker.transport.connections import Closed, Connection, Monitor
from broker.transport.strangers import ENCRYPTED_COST, Strangers
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

_ZERO_COPY_RECV = 10
"""The number of libzmq's ZMQ_ZERO_COPY_RECV, which pyzmq does not name."""

_ID_BYTES, _IDS = 5, 1 << 32  # a zero byte and a number

LINGER = 1_000
"""Milliseconds in which the last frames can leave after the socket is closed."""

_MAPPED_IPV4 = re.compile(r"\[::ffff:([0-9.]+)\]")

_OPTIONS = {
    zmq.ROUTER_MANDATORY: 1,
    zmq.ROUTER_HANDOVER: 0,
    zmq.SNDHWM: 192,
    zmq.RCVHWM: 64,
    zmq.MAXMSGSIZE: MAX_REQUEST_FRAME + CURVE_OVERHEAD,
    zmq.HANDSHAKE_IVL: 30_000,  # thousands of simultaneous handshakes slow each other down
    zmq.LINGER: LINGER,
    zmq.TCP_KEEPALIVE: 1,
    zmq.TCP_KEEPALIVE_IDLE: 60,
    zmq.TCP_KEEPALIVE_INTVL: 15,
    zmq.TCP_KEEPALIVE_CNT: 4,
    zmq.BACKLOG: 4_096,  # for thousands at once: if it is full, a client tries again only after a second
    zmq.IPV6: 1,
}


def make_context() -> zmq.Context[zmq.Socket[bytes]]:
    """Return a context in which a frame that waits takes its own size.

    By default, a frame is a part of the buffer into which it was received, and keeps all of it: 18 KB.
    """
    context = zmq.Context()
    with suppress(zmq.ZMQError):  # another libzmq may not know it
        context.set(_ZERO_COPY_RECV, 0)
    return context


@dataclass(eq=False, slots=True, kw_only=True)
class Caller(Peer):
    """A peer, the listener that has its routing id, and its connection, None over inproc."""

    listener: Listener
    connection: Connection | None = None


class Listener:
    """A ROUTER socket. With `keys`, connections are encrypted, and ZeroMQ asks the authenticator about each.

    A listener with `inside` is for inproc only. ZeroMQ gives inproc peers no address. A peer of another
    listener may lack one too, and must not pass for an inproc peer. A listener with `admin` is the admin
    channel.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        keys: KeyPair | None,
        *,
        inside: bool = False,
        admin: bool = False,
    ) -> None:
        self.guarded = keys is not None
        self.inside = inside
        self.admin = admin
        self.peers: dict[bytes, Caller] = {}
        self.socket = context.socket(zmq.ROUTER)
        for option, value in _OPTIONS.items():
            self.socket.set(option, value)
        if keys:
            self.socket.set(zmq.ZAP_DOMAIN, DOMAIN)
            self.socket.set(
                zmq.ZAP_ENFORCE_DOMAIN, 1
            )  # else everybody is admitted if the authenticator is missing
            self.socket.set(zmq.CURVE_SERVER, 1)
            self.socket.set(zmq.CURVE_SECRETKEY, keys.secret.encode())
        self._first_id = _next_id(context, self.socket)
        self.monitor = None
        if not (inside or admin):  # nobody there is a stranger
            self.monitor = Monitor(context, self.socket, ENCRYPTED_COST if keys else 1)

    def bind(self, url: str) -> str:
        """Listen on an endpoint, and return it as ZeroMQ resolved it. Raise zmq.ZMQError if it cannot."""
        self.socket.bind(url)
        resolved = str(self.socket.get_string(zmq.LAST_ENDPOINT)).rstrip("\0")
        return _MAPPED_IPV4.sub(r"\1", resolved)

    def next_sender(self) -> bytes:
        """Return the routing id before the next frame. Raise zmq.Again if no frame has arrived."""
        routing_id: bytes = _recv(self.socket, _LAST)
        return routing_id

    @property
    def empty(self) -> bool:
        """Whether no frame waits. This is cheaper than an exception of `next_sender`."""
        return not _get(self.socket, _EVENTS) & _READABLE

    def receive(self) -> zmq.Frame:
        """Return the next frame of the current message. Its `more` says whether others follow."""
        frame: zmq.Frame = _recv(self.socket, 0, False)
        return frame

    def send(self, routing_id: bytes, frame: Payload) -> None:
        """Send one frame. Raise zmq.Again if the peer does not read, zmq.ZMQError if it is gone."""
        _send(self.socket, routing_id, _MORE)
        _send(self.socket, frame, _LAST, isinstance(frame, bytes))

    def meet(self, routing_id: bytes, frame: zmq.Frame) -> Caller | None:
        """Return a new peer from its first frame, or None if its address or its key is unknown.

        They are unknown if the peer speaks ZMTP 1.0 or 2.0. The caller decides whether to add it to `peers`.
        """
        given, identity = _property(frame, "Peer-Address"), self.key_of(frame)
        if (given is None and not self.inside) or (identity is None and self.guarded):
            return None
        address, uid = _location(given)
        return Caller(
            routing_id, address, time.monotonic(), identity, uid=uid, admin=self.admin, listener=self
        )

    def gave(self, routing_id: bytes) -> bool:
        """Tell whether ZeroMQ can have given this id to a peer; those that it gives are numbered in order.

        It gives one with each finished handshake at most. At a plain listener old greetings finish without an
        event, so accepted connections are counted there.
        """
        if self.monitor is None:
            return True
        given = self.monitor.finished if self.guarded else self.monitor.accepted
        number = (int.from_bytes(routing_id[1:], "big") - self._first_id) % _IDS
        return len(routing_id) == _ID_BYTES and routing_id[0] == 0 and number < given

    def watch(self, strangers: Strangers[Connection]) -> None:
        """Tell of the connections that began or ended since the last call."""
        if self.monitor is None:
            return
        for event in self.monitor.events(time.monotonic()):
            if isinstance(event, Connection):
                strangers.add(event)
            elif isinstance(event, Closed):
                strangers.remove(event.descriptor, finished=event.finished)
            else:
                strangers.finish()

    def close(self) -> None:
        """Close the socket; what was sent last has LINGER to leave."""
        self.socket.close()
        if self.monitor is not None:
            self.monitor.close()

    def forget(self, caller: Caller) -> None:
        """Remove a peer."""
        self.peers.pop(caller.routing_id, None)

    def descriptor_of(self, frame: zmq.Frame) -> int:
        """Return the descriptor of the connection on which a frame came, -1 if there is no monitor."""
        if self.monitor is None:
            return -1
        try:
            return int(frame.get(zmq.SRCFD))
        except zmq.ZMQError:
            return -1

    def key_of(self, frame: zmq.Frame) -> str | None:
        """Return the key that the authenticator checked, or None on plain connections: they can forge it."""
        return _property(frame, "User-Id") if self.guarded else None


def _next_id(context: zmq.Context[zmq.Socket[bytes]], router: zmq.Socket[bytes]) -> int:
    """Return the number of the id that a ROUTER will give next, as a peer of this process learns it."""
    url = f"inproc://first-{id(router)}-{time.monotonic_ns()}"
    router.bind(url)
    with context.socket(zmq.DEALER) as probe:
        probe.set(zmq.LINGER, 0)
        probe.connect(url)
        probe.send(b"")
        routing_id, _ = router.recv_multipart()
    router.unbind(url)
    return int.from_bytes(routing_id[1:], "big") + 1


def _property(frame: zmq.Frame, name: str) -> str | None:
    """Return a property of a frame's connection, or None if ZeroMQ has none, as over inproc."""
    try:
        return str(frame.get(name))
    except zmq.ZMQError:
        return None


def _location(given: str | None) -> tuple[str, int | None]:
    """Return the location of a peer (an IP address, a process or `inproc`), and over ipc its user id."""
    if given is None:
        return INPROC, None
    local = _LOCAL.fullmatch(given)
    if local is None:
        return plain_address(given), None
    return f"this machine (user {local[1]}, process {local[2]})", int(local[1])
