"""The connections that a ROUTER socket accepts, as ZeroMQ's monitor reports them by descriptor."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import zmq

from broker.core.limits.addresses import source
from broker.security.authenticator import plain_address

if TYPE_CHECKING:
    from broker.core.memory.model import Peer

LOCAL = "this machine"
"""The source of all connections over ipc: the descriptor does not tell the user."""

_EVENT = struct.Struct("=HI")  # event, value; https://libzmq.readthedocs.io/en/latest/zmq_socket_monitor.html
_numbers = count()


class Connection:
    """An accepted connection. `source` is the place that limits count for, `since` in monotonic seconds.

    `peer` is who sent frames on it, None as long as nothing has come.
    """

    __slots__ = ("_inode", "descriptor", "peer", "since", "source")

    def __init__(self, descriptor: int, inode: int, place: str, since: float) -> None:
        self.descriptor = descriptor
        self.source = place
        self.since = since
        self.peer: Peer | None = None
        self._inode = inode

    def cut(self) -> bool:
        """End the connection, and return whether it still existed. ZeroMQ closes the descriptor then.

        The number of a closed descriptor can belong to another file already, so the inode is compared, on a
        duplicate that nobody else can close.
        """
        try:
            held = socket.socket(fileno=os.dup(self.descriptor))
        except OSError:
            return False
        with held:
            if os.fstat(held.fileno()).st_ino != self._inode:
                return False
            with suppress(OSError):  # the peer has gone already
                held.shutdown(socket.SHUT_RDWR)
        return True


class Monitor:
    """The events of one ROUTER socket: it counts the `accepted` connections and the `finished` handshakes."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], router: zmq.Socket[bytes]) -> None:
        self.socket = context.socket(zmq.PAIR)
        self.socket.set(zmq.RCVHWM, 0)  # with a limit, ZeroMQ's I/O thread would wait for this side
        self.socket.set(zmq.LINGER, 0)
        self.accepted = self.finished = 0
        url = f"inproc://monitor-{os.getpid()}-{next(_numbers)}"
        events = zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_SUCCEEDED
        router.monitor(url, events)
        self.socket.connect(url)

    def close(self) -> None:
        """Close this side; the ROUTER closes the other one with itself."""
        self.socket.close()

    def events(self, now: float) -> Iterator[tuple[int, Connection | None]]:
        """Yield what has happened: a descriptor with its new connection, or with None if it was closed."""
        while True:
            try:
                event, value = _EVENT.unpack(self.socket.recv(zmq.DONTWAIT))
            except zmq.Again:
                return
            self.socket.recv(zmq.DONTWAIT)  # the endpoint
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self.finished += 1
            elif event == zmq.EVENT_DISCONNECTED:
                yield value, None
            else:
                self.accepted += 1
                if connection := _open(value, now):
                    yield value, connection


def _open(descriptor: int, now: float) -> Connection | None:
    """Return the connection of a descriptor, None if it was closed in the meantime."""
    try:
        held = socket.socket(fileno=os.dup(descriptor))
    except OSError:
        return None
    with held:
        inode = os.fstat(held.fileno()).st_ino
        if held.family == socket.AF_UNIX:
            return Connection(descriptor, inode, LOCAL, now)
        try:
            address = held.getpeername()[0]
        except OSError:
            return None
    return Connection(descriptor, inode, source(plain_address(address)), now)
