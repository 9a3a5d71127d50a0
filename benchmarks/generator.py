"""The load generator: raw sockets, one epoll, one thread. It knows no protocol; a Peer returns the bytes.

It counts deliveries by a marker in each text instead of parsing frames, so that it costs far less than the
servers. `Connection.recorded` keeps the bytes as well, for the check of every message.
"""

from __future__ import annotations

import errno
import select
import socket
import time
from collections.abc import Sequence

from benchmarks.peers.peer import Peer, Running, Step

RECEIVE = 256 * 1024
"""Bytes of one recv(2): few enough to stay in the processor's cache."""

ENTER_SECONDS = 180.0
"""Seconds that all users together may take to log in."""

_HEAD = 64
_HEARD = 65_536


class CheckFailed(Exception):
    """A server did not deliver correctly, so its figures are void."""


class Connection:
    """One user's connection, and the number of deliveries over it."""

    __slots__ = (
        "confirms",
        "count",
        "heard",
        "number",
        "recorded",
        "socket",
        "steps",
        "tail",
        "unsent",
        "way",
    )

    socket: socket.socket

    def __init__(self, number: int, steps: Sequence[Step]) -> None:
        self.number = number
        self.way = steps
        self.steps = list(steps)
        self.heard = b""
        self.tail = bytearray()
        self.count = 0
        self.unsent = b""
        self.confirms = False
        self.recorded: bytearray | None = None


class Generator:
    """All connections to one server. `marker` is in every text once, and nowhere else."""

    quick_ack = False
    """Whether TCP segments are acknowledged at once, not up to 40 ms later.

    This matters with servers that use Nagle's algorithm, and costs a system call for each recv.
    """

    def __init__(self, peer: Peer, server: Running, marker: bytes) -> None:
        self.peer = peer
        self.marker = marker
        self.overlap = len(marker) - 1
        """Bytes of earlier input that are searched again: one less than the length of the pattern."""
        self.heard: list[Connection] = []
        """The connections with deliveries in the last turn."""
        self.delivered = 0
        self.connections: list[Connection] = []
        self._port = server.port
        self._by_descriptor: dict[int, Connection] = {}
        self._epoll = select.epoll()
        self._buffer = bytearray(_HEAD + RECEIVE)
        self._view = memoryview(self._buffer)[_HEAD:]
        self._entering = 0
        self._confirmed = 0
        self._confirms_begin = 0.0

    def fileno(self) -> int:
        """Return the descriptor that is readable if a turn has something to do."""
        return self._epoll.fileno()

    def close(self) -> None:
        """Close all connections."""
        for connection in self.connections:
            connection.socket.close()
        self._epoll.close()

    def enter(self, ways: Sequence[Sequence[Step]], together: int) -> None:
        """Connect a user for each of `ways`, at most `together` at a time; wait until all are logged in."""
        deadline = time.perf_counter() + ENTER_SECONDS
        waiting = list(enumerate(ways, len(self.connections)))[::-1]
        while waiting or self._entering:
            while waiting and self._entering < together:
                self._connect(*waiting.pop())
            self.turn(0.1)
            if time.perf_counter() > deadline:
                late = next((one for one in self.connections if one.steps), None)
                out = self._entering + len(waiting)
                raise CheckFailed(
                    f"after {ENTER_SECONDS:.0f} s {out:,} of {len(ways):,} users are not logged in; "
                    f"one has received {late.heard[-200:] if late else b''!r}"
                )
        self._confirms_begin = time.perf_counter()
        self._confirmed = 0

    def _connect(self, number: int, steps: Sequence[Step]) -> None:
        entering = Connection(number, steps)
        entering.socket = self._open()
        self.connections.append(entering)
        self._begin(entering)
        self._entering += 1

    def _connect_again(self, entering: Connection) -> None:
        """Connect again, because the server had no room for one that is not logged in."""
        del self._by_descriptor[entering.socket.fileno()]
        entering.socket.close()
        entering.socket = self._open()
        entering.steps, entering.heard = list(entering.way), b""
        self._begin(entering)

    def _open(self) -> socket.socket:
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = connection.connect_ex(("127.0.0.1", self._port))
        if code not in {0, errno.EINPROGRESS}:
            connection.close()
            raise OSError(code, "connecting failed")
        return connection

    def _begin(self, entering: Connection) -> None:
        entering.unsent = entering.steps[0].says
        self._by_descriptor[entering.socket.fileno()] = entering
        self._epoll.register(entering.socket, select.EPOLLIN | select.EPOLLOUT)

    def turn(self, seconds: float) -> None:
        """Read all connections that have input, after a wait of at most `seconds`."""
        self.heard.clear()
        known = self._by_descriptor
        for descriptor, events in self._epoll.poll(seconds):
            connection = known[descriptor]
            try:
                if events & select.EPOLLOUT:
                    self._flush(connection)
                if events & ~select.EPOLLOUT:
                    self._receive(connection)
            except ConnectionError:
                if not connection.steps:
                    raise
                self._connect_again(connection)

    def confirm(self) -> None:
        """Let the members that are due confirm their next message, each as often as the server wants it."""
        elapsed = time.perf_counter() - self._confirms_begin
        size = len(self.connections)
        due = int(elapsed / self.peer.confirm_seconds(size) * size)
        for turn in range(self._confirmed, min(due, self._confirmed + size)):
            self.connections[turn % size].confirms = True
        self._confirmed = due

    def send(self, connection: Connection, data: bytes) -> None:
        """Send the data, or keep the rest until the socket takes it."""
        if connection.unsent:
            connection.unsent += data
            return
        try:
            sent = connection.socket.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            connection.unsent = data[sent:]
            self._epoll.modify(connection.socket, select.EPOLLIN | select.EPOLLOUT)

    def _flush(self, connection: Connection) -> None:
        unsent, connection.unsent = connection.unsent, b""
        self._epoll.modify(connection.socket, select.EPOLLIN)
        self.send(connection, unsent)

    def _receive(self, connection: Connection) -> None:
        try:
            size = connection.socket.recv_into(self._view)
        except BlockingIOError:
            return
        if not size:
            if connection.steps:
                raise ConnectionResetError  # a client that is cut before it is logged in connects again
            raise CheckFailed(f"{self.peer.name} hung up on a user")
        if self.quick_ack:
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        if connection.steps:
            self._step(connection, bytes(self._view[:size]))
            return
        tail = connection.tail
        start, end = _HEAD - len(tail), _HEAD + size
        self._buffer[start:_HEAD] = tail
        connection.tail = self._buffer[max(start, end - self.overlap) : end]
        count = self.count(self._buffer, start, end)
        if count:
            connection.count += count
            self.delivered += count
            self.heard.append(connection)
        if connection.recorded is not None:
            connection.recorded += self._view[:size]
        if connection.confirms and self.peer.confirms:
            connection.confirms = False
            if confirm := self.peer.confirm(bytes(self._view[:size])):
                self.send(connection, confirm)

    def count(self, buffer: bytearray, start: int, end: int) -> int:
        """Return how many deliveries end in the input just read."""
        return buffer.count(self.marker, start, end)

    def _step(self, connection: Connection, received: bytes) -> None:
        """Take a user's login further if the expected bytes have arrived."""
        heard = connection.heard + received
        step = connection.steps[0]
        while step.hears in heard:
            heard = heard[heard.index(step.hears) + len(step.hears) :]
            del connection.steps[0]
            if not connection.steps:
                self._entering -= 1
                connection.heard = b""
                return
            step = connection.steps[0]
            self.send(connection, step.says)
        connection.heard = heard[-256:] if len(heard) > _HEARD else heard
