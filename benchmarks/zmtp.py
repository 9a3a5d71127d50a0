"""ZMTP 3.1 with the NULL mechanism, as far as a DEALER without a routing id needs it.

Raw non-blocking sockets cost a load generator far less than libzmq would. The specification is
https://rfc.zeromq.org/spec/37/. Nothing here knows what the messages mean.
"""

from __future__ import annotations

import select
import socket
from typing import NamedTuple

MORE, LONG, COMMAND = 1, 2, 4
"""Bits of a frame's first byte."""

MAX_FRAME = 1 << 20
"""Bytes. A larger frame is taken for a broken stream."""

RECEIVE = 256 * 1024
"""Bytes asked for in one recv(2): small enough to stay in the processor's cache."""

_GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)


class ZmtpError(Exception):
    """The other side does not speak the ZMTP that is expected here, or has hung up."""


class Frame(NamedTuple):
    """Where a whole frame's body lies in a buffer: from `start` to before `end`."""

    flags: int
    start: int
    end: int


def encode_frame(body: bytes, flags: int = 0) -> bytes:
    """Return a frame as it goes over the wire."""
    if len(body) > 255:
        return bytes((flags | LONG,)) + len(body).to_bytes(8) + body
    return bytes((flags, len(body))) + body


def find_frame(buffer: bytearray, start: int, end: int) -> Frame | None:
    """Find the frame that begins at `start`; None if it is not whole before `end`."""
    if end - start < 2:
        return None
    flags = buffer[start]
    if flags & LONG:
        if end - start < 9:
            return None
        body = start + 9
        size = int.from_bytes(buffer[start + 1 : body])
        if size > MAX_FRAME:
            raise ZmtpError(f"a frame of {size:,} bytes")
    else:
        body = start + 2
        size = buffer[start + 1]
    return Frame(flags, body, body + size) if body + size <= end else None


def open_dealer(host: str, port: int, seconds: float) -> socket.socket:
    """Connect to a ROUTER, shake hands and return the socket, non-blocking."""
    connection = socket.create_connection((host, port), seconds)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(_GREETING + encode_frame(_ready(), COMMAND))
        greeting = _receive_exactly(connection, len(_GREETING))
        if greeting[0] != 0xFF or greeting[10] < 3:
            raise ZmtpError("the other side does not speak ZMTP 3")
        if (mechanism := greeting[12:32].rstrip(b"\0")) != b"NULL":
            raise ZmtpError(f"the other side wants the mechanism {mechanism!r}")
        flags, size = _receive_exactly(connection, 2)
        ready = _receive_exactly(connection, size)
        if flags != COMMAND or not ready.startswith(b"\x05READY"):
            raise ZmtpError(f"the other side refused the handshake: {ready!r}")
        connection.setblocking(False)
    except BaseException:
        connection.close()
        raise
    return connection


def _ready() -> bytes:
    """Return the command that ends the NULL handshake, with the metadata of a DEALER."""
    metadata = b""
    for name, value in ((b"Socket-Type", b"DEALER"), (b"Identity", b"")):
        metadata += bytes((len(name),)) + name + len(value).to_bytes(4) + value
    return b"\x05READY" + metadata


def _receive_exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ZmtpError("the other side hung up during the handshake")
        data += part
    return data


class Dealer:
    """One connection. All connections of a process share one buffer to receive in, and one epoll."""

    def __init__(self, connection: socket.socket, epoll: select.epoll, buffer: bytearray) -> None:
        self._connection = connection
        self._epoll = epoll
        self._view = memoryview(buffer)
        self._kept = b""
        self._unsent = b""
        epoll.register(connection, select.EPOLLIN)

    def fileno(self) -> int:
        """Return the number by which epoll tells of this connection."""
        return self._connection.fileno()

    def receive(self) -> int:
        """Put what has arrived into the shared buffer, after what was kept; return where it ends."""
        kept = len(self._kept)
        if kept:
            self._view[:kept] = self._kept
            self._kept = b""
        try:
            size = self._connection.recv_into(self._view[kept:], RECEIVE)
        except BlockingIOError:
            return kept
        if not size:
            raise ZmtpError("the other side hung up")
        return kept + size

    def keep(self, start: int, end: int) -> None:
        """Keep the beginning of a frame that has not wholly arrived."""
        self._kept = bytes(self._view[start:end])

    def answer(self, command: bytes) -> None:
        """Answer a heartbeat: PING has two bytes of time to live and a context, PONG the context."""
        if command.startswith(b"\x04PING"):
            self._send(encode_frame(b"\x04PONG" + command[7:], COMMAND))

    def send(self, payload: bytes) -> None:
        """Send a message of one frame, as soon as the socket takes it."""
        self._send(encode_frame(payload))

    def flush(self) -> None:
        """Go on sending: epoll says that the socket takes data again."""
        unsent, self._unsent = self._unsent, b""
        self._epoll.modify(self._connection, select.EPOLLIN)
        self._send(unsent)

    def close(self) -> None:
        """Close the connection."""
        self._epoll.unregister(self._connection)
        self._connection.close()

    def _send(self, data: bytes) -> None:
        if self._unsent:
            self._unsent += data
            return
        try:
            sent = self._connection.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._unsent = data[sent:]
            self._epoll.modify(self._connection, select.EPOLLIN | select.EPOLLOUT)


def make_buffer() -> bytearray:
    """Return a buffer for `Dealer`: room for the largest frame kept and one recv after it."""
    return bytearray(MAX_FRAME + 9 + RECEIVE)
