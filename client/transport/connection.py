"""A link with a poller, which also watches the owner's descriptors."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

import zmq

from client.core.session import Session
from client.transport.contexts import shared_context
from client.transport.dealer import Dealer, is_ipv6_only
from client.transport.link import Link, Trace
from client.transport.probe import mechanism
from client.trust import Trust

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
            dealer = Dealer(context, url, trust, ipv6=is_ipv6_only(url))
        except ValueError:
            self._release()
            raise
        self.link = Link(session, dealer, trace)

    def turn(self, seconds: float, read: Iterable[int] = ()) -> set[int]:
        """Send what is due, wait up to `seconds` for input and take it in.

        Return the descriptors of `read` that can be read or have ended. This may take some seconds longer if
        the other side ends the handshake of an encrypted connection.
        """
        now = time.monotonic()
        self.link.send(now)
        wait = max(0.0, min(seconds, self.link.due_in(now)))
        poller = zmq.Poller()
        socket, monitor = self.link.sockets
        poller.register(socket, zmq.POLLIN | (zmq.POLLOUT if self.link.has_unsent else 0))
        poller.register(monitor, zmq.POLLIN)
        for fd in read:
            poller.register(fd, zmq.POLLIN | zmq.POLLERR)
        ready = {fd for fd, _ in poller.poll(math.ceil(wait * 1000)) if isinstance(fd, int)}
        self.link.receive(time.monotonic(), _MOST_DOCUMENTS)
        if self.link.wants_probe:
            self.link.probed(mechanism(self.link.url))
        return ready

    def close(self) -> None:
        """Send what is due and close. A second call does nothing."""
        if not self.link.dealer.closed:
            try:
                self.link.close(time.monotonic())
            finally:
                self._release()

    def _release(self) -> None:
        if self._shared is not None:
            shared_context.release(self._shared)
