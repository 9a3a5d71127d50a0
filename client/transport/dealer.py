"""A DEALER socket: frames in and out, and changes of the connection.

Its queue has no limit and exists while it is connected. So it is connected as long as it can be written to.
Only while it cannot, a monitor tells why. A monitor takes half as much memory as the socket itself.
"""

from __future__ import annotations

import errno
import random
import struct
import time
from collections.abc import Iterator, Sequence
from enum import Enum

import zmq

from client.transport.places import Place
from client.trust import Trust
from messages.limits import MAX_BROKER_FRAME

_RECONNECT_MS = (250, 1_000)  # random for each socket, so that not all reconnect at once
_ROUND_SECONDS = (1.0, 30.0)  # the first and the longest pause between two rounds through all places
_PLACE_TIMEOUT = 1_500  # ms for one of several places
_CURVE_OVERHEAD = 33
_READABLE, _WRITABLE = int(zmq.POLLIN), int(zmq.POLLOUT)  # arithmetic with IntFlag is slow
_EVENT = struct.Struct("=HI")  # event, value; https://libzmq.readthedocs.io/en/latest/zmq_socket_monitor.html
_OPTIONS = {
    zmq.SNDHWM: 0,  # so it is not full; the session bounds what is under way
    zmq.RCVHWM: 1_000,
    zmq.MAXMSGSIZE: 4 * MAX_BROKER_FRAME + _CURVE_OVERHEAD,
    zmq.HANDSHAKE_IVL: 10_000,
    zmq.RECONNECT_IVL_MAX: 30_000,
    zmq.IMMEDIATE: 1,
    zmq.CONNECT_TIMEOUT: 5_000,
    zmq.LINGER: 0,
    zmq.TCP_KEEPALIVE: 1,
    zmq.TCP_KEEPALIVE_IDLE: 60,
    zmq.TCP_KEEPALIVE_INTVL: 15,
    zmq.TCP_KEEPALIVE_CNT: 4,
}


_FAILURES = (
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
)
_WATCHED = zmq.EVENT_CLOSED | _FAILURES
_HUNG_UP = {errno.EPIPE, errno.ECONNRESET}  # a slow broker does not hang up


class Failure(Enum):
    """Why the last handshake failed, as far as this side knows."""

    UNFINISHED = "unfinished"
    """The other side hung up: it has another key, or is no broker."""
    MECHANISM = "mechanism"
    """One side encrypts and the other does not."""
    NOT_ADMITTED = "not admitted"
    """The broker does not admit this key."""


class Change(Enum):
    """A change of the connection."""

    UP = "up"
    DOWN = "down"


class Dealer:
    """One connection to a broker. ZeroMQ makes it again whenever it is lost.

    With `trust` it is encrypted. If nothing listens at one of the `places` of the endpoint, the next one is
    tried. Raise ValueError if ZeroMQ cannot connect to this endpoint.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        url: str,
        trust: Trust | None = None,
        *,
        places: Sequence[Place] = (),
    ) -> None:
        self.url = url
        self.trust = trust
        self.failure: Failure | None = None
        """Why the last handshake failed; None if it did not."""
        self.hang_ups = 0
        """How often in a row the other side ended the handshake."""
        self._context = context
        self._places = places or (Place(url),)
        self._place = 0  # the one that is tried, or connected to
        self._tried = 0  # how many were tried in this round
        self._round_at = float("-inf")
        self._round_seconds = _ROUND_SECONDS[0]
        self._open()

    def _open(self) -> None:
        self.socket = self._context.socket(zmq.DEALER)
        for option, value in _OPTIONS.items():
            self.socket.set(option, value)
        place = self._places[self._place]
        self.socket.set(zmq.IPV6, place.ipv6)
        if len(self._places) > 1:
            self.socket.set(zmq.CONNECT_TIMEOUT, _PLACE_TIMEOUT)
        self.socket.set(zmq.RECONNECT_IVL, random.randint(*_RECONNECT_MS))
        if self.trust:
            self.socket.set(zmq.CURVE_SERVERKEY, self.trust.broker_key.encode())
            self.socket.set(zmq.CURVE_PUBLICKEY, self.trust.keys.public.encode())
            self.socket.set(zmq.CURVE_SECRETKEY, self.trust.keys.secret.encode())
        self._up = False
        self._watch()
        try:
            self.socket.connect(place.url)
        except zmq.ZMQError as error:
            self.close()
            raise ValueError(f"{self.url}: cannot connect to this: {error.strerror.lower()}") from None

    def _watch(self) -> None:
        self._monitor: zmq.Socket[bytes] | None = self.socket.get_monitor_socket(_WATCHED)
        self._monitor.set(zmq.RCVHWM, 0)

    def _stop_watching(self) -> None:
        if self._monitor is not None:
            self.socket.disable_monitor()
            self._monitor.close()
            self._monitor = None

    def rebuild(self) -> None:
        """Replace the connection by a new one."""
        self.close()
        self._open()

    @property
    def sockets(self) -> tuple[zmq.Socket[bytes], ...]:
        """The DEALER, and its monitor if it is not connected. They vary with the connection's changes."""
        return (self.socket,) if self._monitor is None else (self.socket, self._monitor)

    @property
    def has_input(self) -> bool:
        """Whether there is a frame or a change. Once ZeroMQ has looked, its descriptor does not report it."""
        events = self._events()
        return bool(events & _READABLE) or bool(events & _WRITABLE) is not self._up

    @property
    def closed(self) -> bool:
        """Whether it has been closed for good."""
        return bool(self.socket.closed)

    def close(self, linger: int = 0) -> None:
        """Close; sent frames have `linger` ms to leave."""
        self._stop_watching()
        self.socket.close(linger)

    def changes(self) -> Iterator[Change]:
        """Yield the changes of the connection since the last call.

        If it was lost and made again since, there is none: the broker does not know the new one.
        """
        refused = self._read_reports()
        if bool(self._events() & _WRITABLE) is not self._up:
            self._up = not self._up
            if self._up:
                self.failure, self.hang_ups = None, 0
                self._tried, self._round_seconds = 0, _ROUND_SECONDS[0]
                self._stop_watching()
                yield Change.UP
            else:
                self._watch()
                yield Change.DOWN
        elif refused:
            self._try_next_place()

    def _events(self) -> int:
        return self.socket.get(zmq.EVENTS)  # type: ignore[return-value]

    def _read_reports(self) -> bool:
        """Read what the monitor reports. Return whether no one listens, as when the broker is restarting."""
        refused = False
        while self._monitor is not None and self._monitor.get(zmq.EVENTS) & _READABLE:  # type: ignore[operator]
            report, _endpoint = self._monitor.recv_multipart(zmq.DONTWAIT)
            event, value = _EVENT.unpack(report)
            if event & _FAILURES:
                self._note_failure(event, value)
            else:
                self.hang_ups, refused = 0, True
        return refused

    def _try_next_place(self) -> None:
        """Connect to the next place. After a round through all of them, stay at the first one for a while."""
        if len(self._places) == 1:
            return
        if self._tried == len(self._places):
            if time.monotonic() - self._round_at < self._round_seconds:
                return
            self._tried, self._round_seconds = 0, min(2 * self._round_seconds, _ROUND_SECONDS[1])
        if self._tried == 0:
            self._round_at = time.monotonic()
        self._tried += 1
        self._place = (self._place + 1) % len(self._places)
        self.rebuild()

    def _note_failure(self, event: int, value: int) -> None:
        if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
            self.failure, self.hang_ups = Failure.NOT_ADMITTED, 0
            return
        ended = event == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL or value in _HUNG_UP
        self.hang_ups = self.hang_ups + 1 if ended else 0
        if value == zmq.PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH:
            self.failure = Failure.MECHANISM
        elif self.failure is not Failure.MECHANISM:  # which is not always reported
            self.failure = Failure.UNFINISHED

    def frames(self) -> Iterator[bytes]:
        """Yield the frames received; skip messages of more than one frame."""
        while self._events() & _READABLE:
            parts = self.socket.recv_multipart(zmq.DONTWAIT)
            if len(parts) == 1:
                yield parts[0]

    def send(self, frame: bytes) -> bool:
        """Send a frame; return False if it cannot be taken now."""
        try:
            self.socket.send(frame, zmq.DONTWAIT)
        except zmq.Again:
            return False
        return True
