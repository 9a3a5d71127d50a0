"""Joins the core to a DEALER without waiting: whoever has a poller or a loop says when to go on."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable

import zmq

from client.core.options import LISTENING, NO_CREDENTIALS, Credentials, Listening
from client.core.session import Session, SessionState
from client.transport.dealer import Change, Dealer, Failure
from client.transport.probe import CURVE, PLAIN
from messages.codec import decode_frame, encode, join_lines
from messages.errors import ProtocolError
from messages.limits import MAX_REQUEST_FRAME

_REBUILD_PAUSE = 1.0
"""Seconds between two connections that were given up, at least."""

_MOST_HANG_UPS = 3
"""Handshakes that are ended in a row before what is there is looked at: one may meet a broker that stops."""

Trace = Callable[[str, bytes], None]
"""Called with `>` or `<` and each frame that goes or comes."""


def new_id() -> str:
    """Return an id for a request. Ids grow with time, which spares the index in which a broker finds them."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def new_session(
    name: str,
    *,
    credentials: Credentials = NO_CREDENTIALS,
    listening: Listening = LISTENING,
    unannounced: bool = False,
) -> Session:
    """Return a session with real ids, lines and chance; raise ValueError if the name is none."""
    return Session(
        name,
        new_id,
        encode,
        credentials=credentials,
        listening=listening,
        unannounced=unannounced,
        chance=random.random,
    )


class Link:
    """A session and its DEALER. No method blocks or waits.

    The owner calls `advance` when one of `sockets` can be read and when `due_in` has gone by, and takes the
    session's events in between. If `wants_probe` is set, the owner finds out with `probe.mechanism`, which
    may block, what is there, and tells it with `probed`. Pings go out `second` (0 to 1) after a second of the
    clock begins: links of one process that have different ones do not ping all at once.
    """

    def __init__(
        self, session: Session, dealer: Dealer, trace: Trace | None = None, second: float = 0.0
    ) -> None:
        self.session = session
        self._second = second
        self.wants_probe = False
        """The other side ends handshakes: another broker may be there."""
        self.is_impostor = False
        """What answers is ready to talk, and has shown that it is not the broker whose key is known."""
        self._dealer = dealer
        self._trace = trace
        self._unsent: list[bytes] = []
        self._rebuild_at = 0.0
        self._mismatch = False

    @property
    def url(self) -> str:
        """The endpoint, as ZeroMQ takes it."""
        return self._dealer.url

    @property
    def dealer(self) -> Dealer:
        """The connection."""
        return self._dealer

    @property
    def failure(self) -> Failure | None:
        """Why the last handshake failed; None if it did not."""
        return self._dealer.failure

    @property
    def sockets(self) -> tuple[zmq.Socket[bytes], zmq.Socket[bytes]]:
        """The DEALER and its monitor, to watch for input. They are replaced when a connection is given up."""
        return self._dealer.socket, self._dealer.monitor

    @property
    def has_unsent(self) -> bool:
        """Whether frames wait until the DEALER can take them."""
        return bool(self._unsent)

    @property
    def has_input(self) -> bool:
        """Whether there is something to take in now. Descriptors of ZeroMQ do not tell it a second time."""
        return self._dealer.is_new or any(int(socket.get(zmq.EVENTS)) & zmq.POLLIN for socket in self.sockets)

    def due_in(self, now: float) -> float:
        """Return in how many seconds to advance if nothing comes; `now` is in monotonic seconds."""
        return 0.0 if self._dealer.is_new else self.session.next_tick(now)

    def advance(self, now: float, most: int) -> None:
        """Take in what has come, about `most` documents of it, and send what is due."""
        self.receive(now, most)
        self.send(now)

    def send(self, now: float) -> None:
        """Let the session do what is due, and send that; make the connection anew if it was given up."""
        self.session.set_second(now - time.time() + self._second)
        self.session.tick(now)
        if self.session.wants_connection and now >= self._rebuild_at:
            self.session.wants_connection = False
            self._rebuild_at = now + _REBUILD_PAUSE
            self._unsent.clear()
            self._dealer.rebuild()
        lines = list(self.session.take_lines(now))
        if lines:
            self._unsent.extend(join_lines(lines, MAX_REQUEST_FRAME))
        while self._unsent and self._dealer.send(self._unsent[0]):
            if self._trace:
                self._trace(">", self._unsent[0])
            del self._unsent[0]

    def receive(self, now: float, most: int) -> None:
        """Take in frames until they held `most` documents or more, and how the connection came and went."""
        for frame in self._dealer.frames():
            if self._trace:
                self._trace("<", frame)
            if not self.session.wants_connection:  # else this connection is given up
                self._take(frame, now)
            most -= frame.count(b"\n") + 1
            if most <= 0:
                break
        for change in self._dealer.changes():
            if not self.session.wants_connection:
                self._changed(change, now)
        self._look_who_hangs_up()

    def probed(self, offered: bytes) -> None:
        """Take which security mechanism is offered there; empty if nothing there speaks ZeroMQ."""
        self.wants_probe = False
        if self.session.state is not SessionState.OFFLINE:  # the known broker has come meanwhile
            return
        if offered == PLAIN:
            self._dealer.failure = Failure.MECHANISM
        elif self._mismatch:  # an earlier one may have been plain, and the known one be back
            self._dealer.failure = Failure.UNFINISHED
        self.is_impostor = offered == PLAIN or (offered == CURVE and not self._mismatch)

    def close(self, now: float, linger: int = 1_000) -> None:
        """Send what is due and close; it has `linger` ms to leave. A second call does nothing."""
        if not self._dealer.closed:
            self.send(now)
            self._dealer.close(linger)

    def _take(self, frame: bytes, now: float) -> None:
        try:
            for document in decode_frame(frame):
                self.session.receive(document, now)
        except ProtocolError as error:
            self.session.disconnected(f"what answers there is no chat broker: {error}")
            self.session.wants_connection = True

    def _changed(self, change: Change, now: float) -> None:
        if change is Change.UP:
            if self._dealer.trust:
                self._dealer.trust.pin()
            self.session.connected(now, self.url)
        else:
            self._unsent.clear()
            self.session.disconnected("the connection was lost")

    def _look_who_hangs_up(self) -> None:
        """Have it found out whether another broker is there; a proxy whose broker is down hangs up too."""
        if self._dealer.trust is None or self.wants_probe or self.session.state is not SessionState.OFFLINE:
            return
        mismatch = self._dealer.failure is Failure.MECHANISM and self._dealer.hang_ups > 0
        if mismatch or self._dealer.hang_ups >= _MOST_HANG_UPS:
            self._dealer.hang_ups = 0
            self._mismatch, self.wants_probe = mismatch, True
