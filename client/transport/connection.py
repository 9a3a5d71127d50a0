"""A link with a poller, which also watches the owner's descriptors."""

from __future__ import annotations

import errno
import math
import os
import time
from collections.abc import Iterable

import zmq

from client.core.session import Session, SessionState
from client.transport.contexts import shared_context
from client.transport.dealer import Dealer
from client.transport.link import Link, Trace
from client.transport.places import find_places
from client.transport.probe import mechanism
from client.trust import Trust

GOODBYE_SECONDS = 0.5
"""Seconds for logging out when a program has to leave at once."""

_MOST_DOCUMENTS = 1_000
"""The most documents taken in by one turn, so that there is time to answer."""


class Connection:
    """Keeps a session connected. Its owner calls `turn` in a loop, and takes events in between.

    Without `context` it shares one with the other connections of this process; over inproc it must be the
    broker's. With `trust` it is encrypted. Raise ValueError if ZeroMQ cannot connect to this endpoint.
    """

    def __init__(
        self,
        session: Session,
        url: str,
        context: zmq.Context[zmq.Socket[bytes]] | None = None,
        trace: Trace | None = None,
        trust: Trust | None = None,
    ) -> None:
        self._shared: zmq.Context[zmq.Socket[bytes]] | None = None
        if context is None:
            context = self._shared = shared_context.acquire()
        try:
            dealer = Dealer(context, url, trust, places=find_places(url))
        except ValueError:
            self._release()
            raise
        self.link = Link(session, dealer, trace)

    def turn(self, seconds: float, read: Iterable[int] = (), output: int = -1) -> set[int]:
        """Send what is due, wait up to `seconds` for input and take it in.

        Return the descriptors of `read` that can be read or have ended. If there are none, and nobody reads
        the descriptor `output` any more, raise BrokenPipeError. This may take some seconds longer if the
        other side ends the handshake of an encrypted connection.
        """
        now = time.monotonic()
        self.link.send(now)
        wait = 0.0 if self.link.has_input else max(0.0, min(seconds, self.link.due_in(now)))
        poller = zmq.Poller()
        own = [int(socket.get(zmq.FD)) for socket in self.link.sockets]
        for fd in own:
            poller.register(fd, zmq.POLLIN)
        for fd in read:
            poller.register(fd, zmq.POLLIN | zmq.POLLERR)
        if output >= 0:
            poller.register(output, zmq.POLLERR)
        ready = {fd for fd, _ in poller.poll(math.ceil(wait * 1000)) if fd not in own}
        if ready == {output}:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        self.link.receive(time.monotonic(), _MOST_DOCUMENTS)
        if self.link.wants_probe:
            self.link.probed(mechanism(self.link.url))
        return ready - {output}

    def log_out(self, seconds: float = GOODBYE_SECONDS) -> None:
        """Log out, or first wait for the welcome if a login is under way, for `seconds` at most.

        Whoever leaves for whatever reason calls this, so that the name is free at once. Events that come
        meanwhile are not taken.
        """
        session, deadline = self.link.session, time.monotonic() + seconds
        session.logout()
        waits = SessionState.LOGGING_IN, SessionState.LOGGING_OUT
        while session.state in waits and (left := deadline - time.monotonic()) > 0:
            self.turn(left)

    def close(self, linger: int = 1_000) -> None:
        """Send what is due and close; sent frames have `linger` ms to leave. A second call does nothing."""
        if not self.link.dealer.closed:
            try:
                self.link.close(time.monotonic(), linger)
            finally:
                self._release()

    def _release(self) -> None:
        if self._shared is not None:
            shared_context.release(self._shared)
