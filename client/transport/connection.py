"""Joins the core to a DEALER: one poller for the network and whatever else its owner reads."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterable
from itertools import islice

import zmq

from client.core.session import Session, SessionState
from client.transport.dealer import Change, Dealer, Failure
from client.transport.probe import CURVE, PLAIN, mechanism
from client.trust import Trust
from messages.codec import decode_frame, encode, join_lines
from messages.errors import ProtocolError
from messages.limits import MAX_REQUEST_FRAME

_REBUILD_PAUSE = 1.0
"""Seconds between two connections that were given up, at least."""

_MOST_HANG_UPS = 3
"""Handshakes that are ended in a row before what is there is looked at: one may meet a broker that stops."""

_MOST_FRAMES = 1_000
"""Frames taken in by one turn, so that there is time to answer while more are coming."""


def new_id() -> str:
    """Return an id for a request. Ids grow with time, which spares the index in which a broker finds them."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


class Connection:
    """Keeps a session connected. Its owner calls `turn` again and again, and takes events in between.

    `context` must be the broker's over inproc; otherwise it is made here. `trace` is called with `>` or
    `<` and each frame that goes or comes. With `trust` it is encrypted. Raise
    ValueError if ZeroMQ cannot connect to such an endpoint.
    """

    def __init__(
        self,
        session: Session,
        url: str,
        context: zmq.Context[zmq.Socket[bytes]] | None = None,
        trace: Callable[[str, bytes], None] | None = None,
        trust: Trust | None = None,
    ) -> None:
        self.session = session
        self.url = url
        self.trust = trust
        self._own_context = context is None
        self._context = context or zmq.Context()
        try:
            self._dealer = Dealer(self._context, url, trust)
        except ValueError:
            self._close_context()
            raise
        self._unsent: list[bytes] = []
        self._trace = trace
        self._rebuild_at = 0.0
        self.is_impostor = False
        """What answers is ready to talk, and has shown that it is not the broker whose key is known."""

    def turn(self, seconds: float, read: Iterable[int] = ()) -> set[int]:
        """Send what is due, wait up to `seconds` for something to happen and take it in.

        Return those of the descriptors in `read` that can be read, or have ended.
        """
        self._send()
        now = time.monotonic()
        wait = 0.0 if self._dealer.is_new else max(0.0, min(seconds, self.session.next_tick(now)))
        poller = zmq.Poller()
        poller.register(self._dealer.socket, zmq.POLLIN | (zmq.POLLOUT if self._unsent else 0))
        poller.register(self._dealer.monitor, zmq.POLLIN)
        for fd in read:
            poller.register(fd, zmq.POLLIN | zmq.POLLERR)
        ready = {fd for fd, _ in poller.poll(math.ceil(wait * 1000)) if isinstance(fd, int)}
        self._receive()
        return ready

    def _send(self) -> None:
        now = time.monotonic()
        self.session.set_second(now - time.time())
        self.session.tick(now)
        if self.session.wants_connection and now >= self._rebuild_at:
            self.session.wants_connection = False
            self._rebuild_at = now + _REBUILD_PAUSE
            self._unsent.clear()
            self._dealer.rebuild()
        lines = [encode(request) for request in self.session.take_requests(now)]
        if lines:
            self._unsent.extend(join_lines(lines, MAX_REQUEST_FRAME))
        while self._unsent and self._dealer.send(self._unsent[0]):
            if self._trace:
                self._trace(">", self._unsent[0])
            del self._unsent[0]

    def _receive(self) -> None:
        now = time.monotonic()
        for frame in islice(self._dealer.frames(), _MOST_FRAMES):
            if self._trace:
                self._trace("<", frame)
            if not self.session.wants_connection:  # else this connection is given up
                self._take(frame, now)
        for change in self._dealer.changes():
            if self.session.wants_connection:
                continue
            if change is Change.UP:
                if self.trust:
                    self.trust.pin()
                self.session.connected(now)
            else:
                self._unsent.clear()
                self.session.disconnected("the connection was lost")
        if self.trust and self.session.state is SessionState.OFFLINE:
            self._look_who_hangs_up()

    def _look_who_hangs_up(self) -> None:
        """Find out whether another broker is there; a proxy whose broker is down hangs up too."""
        mismatch = self._dealer.failure is Failure.MECHANISM and self._dealer.hang_ups
        if not mismatch and self._dealer.hang_ups < _MOST_HANG_UPS:
            return
        self._dealer.hang_ups = 0
        offered = mechanism(self.url)
        if offered == PLAIN:
            self._dealer.failure = Failure.MECHANISM
        elif mismatch:  # an earlier one may have been plain, and the known one be back
            self._dealer.failure = Failure.UNFINISHED
        self.is_impostor = offered == PLAIN or (offered == CURVE and not mismatch)

    def _take(self, frame: bytes, now: float) -> None:
        try:
            for document in decode_frame(frame):
                self.session.receive(document, now)
        except ProtocolError as error:
            self.session.disconnected(f"what answers there is no chat broker: {error}")
            self.session.wants_connection = True

    @property
    def failure(self) -> Failure | None:
        """Why the last handshake failed; None if it did not."""
        return self._dealer.failure

    def close(self) -> None:
        """Send what is due and close. A second call does nothing."""
        if not self._dealer.closed:
            self._send()
            self._dealer.close(1_000)
            self._close_context()

    def _close_context(self) -> None:
        if self._own_context:
            self._context.term()
