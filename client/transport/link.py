"""Joins the core to a DEALER without waiting. An owner with a poller or a loop says when to go on."""

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
"""The least seconds between two replaced connections."""

_MOST_HANG_UPS = 3
"""Handshakes that the other side ends in a row before a probe. One can be a broker that is stopping."""

Trace = Callable[[str, bytes], None]
"""Called with `>` and each frame sent, or `<` and each frame received."""


def new_id() -> str:
    """Return an id for a request. Ids grow with time, which keeps the broker's index of them compact."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def new_session(
    name: str,
    *,
    credentials: Credentials = NO_CREDENTIALS,
    listening: Listening = LISTENING,
    unannounced: bool = False,
    ids: Callable[[], str] = new_id,
) -> Session:
    """Return a session with real ids, encoding and chance; raise ValueError if the name is not valid."""
    return Session(
        name,
        ids,
        encode,
        credentials=credentials,
        listening=listening,
        unannounced=unannounced,
        chance=random.random,
    )


class Link:
    """A session and its DEALER. No method blocks or waits.

    The owner calls `advance` while `has_input`, when the descriptor of one of `sockets` can be read, and
    after `due_in` seconds. It takes the session's events in between. If `wants_probe` is set, the owner calls
    `probe.mechanism`, which may block, and passes the result to `probed`. Pings are sent `second` (0 to 1)
    after a second of the clock begins. If the links of a process have different ones, they do not all ping
    at once.
    """

    def __init__(
        self, session: Session, dealer: Dealer, trace: Trace | None = None, second: float = 0.0
    ) -> None:
        self.session = session
        self._second = second
        self.wants_probe = False
        """The other side ends handshakes, so it may be another broker."""
        self.is_impostor = False
        """The other side accepts connections, and has shown that it is not the broker whose key is known."""
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
    def is_private(self) -> bool:
        """Whether nobody else can read the connection: it is encrypted, or within this machine, not tcp."""
        return self._dealer.trust is not None or not self.url.startswith("tcp:")

    @property
    def dealer(self) -> Dealer:
        """The connection."""
        return self._dealer

    @property
    def failure(self) -> Failure | None:
        """Why the last handshake failed; None if it did not."""
        return self._dealer.failure

    @property
    def sockets(self) -> tuple[zmq.Socket[bytes], ...]:
        """The sockets whose descriptors (`zmq.FD`) to watch. They vary with the connection's changes."""
        return self._dealer.sockets

    @property
    def has_input(self) -> bool:
        """Whether there is input now. After a look, such as to send is, no descriptor reports it."""
        return self._dealer.has_input

    def due_in(self, now: float) -> float:
        """Return in how many seconds to advance if there is no input; `now` is in monotonic seconds."""
        return self.session.next_tick(now)

    def advance(self, now: float, most: int) -> None:
        """Take in about `most` documents, and send what is due."""
        self.receive(now, most)
        self.send(now)

    def send(self, now: float) -> None:
        """Tick the session and send its lines. If the session gave up the connection, make a new one."""
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
        """Take in frames until they held `most` documents or more, and the changes of the connection."""
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
        self._check_hang_ups()

    def probed(self, offered: bytes) -> None:
        """Take the security mechanism that a probe found; empty if no ZeroMQ answers there."""
        self.wants_probe = False
        if self.session.state is not SessionState.OFFLINE:  # the known broker answered meanwhile
            return
        if offered == PLAIN:
            self._dealer.failure = Failure.MECHANISM
        elif self._mismatch:  # the known broker may be back
            self._dealer.failure = Failure.UNFINISHED
        self.is_impostor = offered == PLAIN or (offered == CURVE and not self._mismatch)

    def close(self, now: float, linger: int = 1_000) -> None:
        """Send what is due and close; sent frames have `linger` ms to leave. A second call does nothing."""
        if not self._dealer.closed:
            try:
                self.send(now)
            finally:
                self._dealer.close(linger)

    def _take(self, frame: bytes, now: float) -> None:
        try:
            for document in decode_frame(frame):
                self.session.receive(document, now)
        except ProtocolError as error:
            self.session.disconnected(f"the server there is not a chat broker: {error}")
            self.session.wants_connection = True

    def _changed(self, change: Change, now: float) -> None:
        if change is Change.UP:
            if self._dealer.trust:
                self._dealer.trust.pin()
            self.session.connected(now, self.url)
        else:
            self._unsent.clear()
            self.session.disconnected("the connection was lost")

    def _check_hang_ups(self) -> None:
        """Ask for a probe if another broker may answer. A proxy whose broker is down hangs up too."""
        if self._dealer.trust is None or self.wants_probe or self.session.state is not SessionState.OFFLINE:
            return
        mismatch = self._dealer.failure is Failure.MECHANISM and self._dealer.hang_ups > 0
        if mismatch or self._dealer.hang_ups >= _MOST_HANG_UPS:
            self._dealer.hang_ups = 0
            self._mismatch, self.wants_probe = mismatch, True
