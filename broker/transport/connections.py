"""The connections that a ROUTER socket accepts, as ZeroMQ's monitor reports them by descriptor."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import zmq

from broker.core.limits.addresses import source
from broker.security.authenticator import plain_address

if TYPE_CHECKING:
    from broker.core.memory.model import Peer

LOCAL = "this machine"
"""The source of all connections over ipc: the descriptor does not tell the user."""

_EVENT = struct.Struct("=HI")  # event, value; https://libzmq.readthedocs.io/en/latest/zmq_socket_monitor.html
_WANTED = (
    zmq.EVENT_ACCEPTED
    | zmq.EVENT_DISCONNECTED
    | zmq.EVENT_HANDSHAKE_SUCCEEDED
    | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
)
_numbers = count()


class Connection:
    """An accepted connection. `source` is the place that limits count for, `since` in monotonic seconds.

    `cost` is as how many strangers it counts. `peer` is who sent frames on it, None if nothing has come.
    """

    __slots__ = ("_inode", "cost", "descriptor", "peer", "since", "source")

    def __init__(self, descriptor: int, inode: int, place: str, since: float, cost: int) -> None:
        self.descriptor = descriptor
        self.source = place
        self.cost = cost
        self.since = since
        self.peer: Peer | None = None
        self._inode = inode

    def cut(self) -> bool:
        """End the connection, and return whether it still existed. ZeroMQ closes the descriptor then.

        The number of a closed descriptor can belong to another file already, so the inode is compared. A
        duplicate would be safer still, but there may be no descriptor left for one.
        """
        with _borrowed(self.descriptor) as held:
            try:
                if held is None or os.fstat(self.descriptor).st_ino != self._inode:
                    return False
            except OSError:  # ZeroMQ's thread has closed it just now
                return False
            with suppress(OSError):  # the peer has gone already
                held.shutdown(socket.SHUT_RDWR)
        return True


class Finished:
    """A handshake has succeeded. ZeroMQ does not say which one."""


class Closed(NamedTuple):
    """A descriptor was closed; `finished` tells whether its handshake had succeeded."""

    descriptor: int
    finished: bool


Event = Connection | Finished | Closed
"""An accepted connection, or what became of one."""


class Monitor:
    """The events of one ROUTER socket: it counts the `accepted` connections and the `finished` handshakes."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], router: zmq.Socket[bytes], cost: int) -> None:
        self.socket = context.socket(zmq.PAIR)
        self.socket.set(zmq.RCVHWM, 0)  # with a limit, ZeroMQ's I/O thread would wait for this side
        self.socket.set(zmq.LINGER, 0)
        self.accepted = self.finished = 0
        self._failed = False
        self._cost = cost
        url = f"inproc://monitor-{os.getpid()}-{next(_numbers)}"
        router.monitor(url, _WANTED)
        self.socket.connect(url)

    def close(self) -> None:
        """Close this side; the ROUTER closes the other one with itself."""
        self.socket.close()

    def events(self, now: float) -> Iterator[Event]:
        """Yield what has happened since the last call, at `now` (monotonic seconds)."""
        while True:
            try:
                event, value = _EVENT.unpack(self.socket.recv(zmq.DONTWAIT))
            except zmq.Again:
                return
            self.socket.recv(zmq.DONTWAIT)  # the endpoint
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self.finished += 1
                yield Finished()
            elif event == zmq.EVENT_DISCONNECTED:
                yield Closed(value, finished=not self._failed)
                self._failed = False
            elif event == zmq.EVENT_ACCEPTED:
                self.accepted += 1
                if connection := _open(value, now, self._cost):
                    yield connection
            else:
                self._failed = True  # the descriptor follows, in the event that it is closed


@contextmanager
def _borrowed(descriptor: int) -> Iterator[socket.socket | None]:
    """Yield the socket of a descriptor, None if it has none, and leave it open."""
    try:
        held = socket.socket(fileno=descriptor)
    except OSError:
        yield None
        return
    try:
        yield held
    finally:
        held.detach()


def _open(descriptor: int, now: float, cost: int) -> Connection | None:
    """Return the connection of a descriptor, None if it was closed in the meantime."""
    with _borrowed(descriptor) as held:
        try:
            if held is None:
                return None
            inode = os.fstat(descriptor).st_ino
            if held.family == socket.AF_UNIX:
                return Connection(descriptor, inode, LOCAL, now, cost)
            address = held.getpeername()[0]
        except OSError:
            return None
    return Connection(descriptor, inode, source(plain_address(address)), now, cost)
