"""Links in an asyncio loop: one session or thousands in one thread, without a poller."""

from __future__ import annotations

import asyncio
import math
import random
import resource
import time
from collections.abc import Callable
from contextlib import suppress

import zmq

from client.core.session import Session
from client.transport.contexts import MAX_SOCKETS, SOCKETS, shared_context
from client.transport.dealer import Dealer
from client.transport.link import Link, Trace
from client.transport.places import find_places
from client.transport.probe import mechanism
from client.trust import Trust

_MOST_DOCUMENTS = 100
"""The most documents taken in by one callback, so that other callbacks of the loop can run."""

_DESCRIPTORS = 4
"""Open files of one connection while it is made; then it has half of them."""

_SHARE = 0.8
"""The share of the process's descriptors and sockets for connections. The rest is for other uses."""


class TooManyConnections(Exception):
    """The process has too many connections for its limits; the sentence says what to do."""


def most_descriptors() -> float:
    """Raise the limit of open files if possible, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # some systems have a lower limit than they report
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    return math.inf if soft == resource.RLIM_INFINITY else soft


def most_connections() -> int:
    """Raise the limit of open files if possible; return how many connections this process may have."""
    return int(min(MAX_SOCKETS // SOCKETS, most_descriptors() // _DESCRIPTORS) * _SHARE)


class AsyncConnection:
    """Keeps a session connected while the loop runs.

    `changed` is called in the loop after each turn; in it the owner takes the session's events. After a
    request, or after handing over an event outside `changed`, the owner calls `wake`. If serving the link or
    `changed` raises an exception, it becomes `error`, and the session is not served any more.
    """

    def __init__(
        self, link: Link, changed: Callable[[], None], shared: zmq.Context[zmq.Socket[bytes]] | None
    ) -> None:
        self.link = link
        self._changed = changed
        self._shared = shared
        self._loop = asyncio.get_running_loop()
        self._watched: tuple[zmq.Socket[bytes], ...] = ()
        self._descriptors: list[int] = []
        self._soon: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due_at = 0.0
        self._probing: asyncio.Future[bytes] | None = None
        self.error: Exception | None = None
        """The exception that ended the serving; None while there is none."""
        self._watch()
        self.wake()

    @classmethod
    async def open(
        cls,
        session: Session,
        url: str,
        changed: Callable[[], None],
        *,
        context: zmq.Context[zmq.Socket[bytes]] | None = None,
        trace: Trace | None = None,
        trust: Trust | None = None,
    ) -> AsyncConnection:
        """Begin to connect, as `Connection` does.

        Raise ValueError if ZeroMQ cannot connect to this endpoint, TooManyConnections if the process has 80%
        of the connections that its limits allow.
        """
        loop = asyncio.get_running_loop()
        places = await loop.run_in_executor(None, find_places, url)
        shared = None
        if context is None:
            most = most_connections()
            if shared_context.holders >= most:
                raise TooManyConnections(
                    f"this process may have {most:,} connections; raise the limit of open files (ulimit -n), "
                    "or start a further process"
                )
            context = shared = shared_context.acquire()
        try:
            dealer = Dealer(context, url, trust, places=places)
        except ValueError:
            if shared is not None:
                shared_context.release(shared)
            raise
        return cls(Link(session, dealer, trace, random.random()), changed, shared)

    def wake(self) -> None:
        """Send the session's requests at the loop's next turn."""
        if self._soon is None and self.error is None and not self.link.dealer.closed:
            self._soon = self._loop.call_soon(self._advance)

    async def close(self) -> None:
        """Send what is due and close. A second call does nothing."""
        if self.link.dealer.closed:
            return
        self._stop()
        try:
            self.link.close(time.monotonic())
        finally:
            if self._shared is not None:  # the last one waits until everything is sent
                await asyncio.shield(self._loop.run_in_executor(None, shared_context.release, self._shared))

    def _stop(self) -> None:
        for descriptor in self._descriptors:
            self._loop.remove_reader(descriptor)
        for handle in (self._soon, self._timer, self._probing):
            if handle is not None:
                handle.cancel()

    def _advance(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        now = time.monotonic()
        self._run(self._serve, now)
        self._run(self._changed)
        if self.error is None:
            self._arm(now)  # `changed` may have handed over events, which are then to be confirmed

    def _run(self, step: Callable[..., None], *arguments: object) -> None:
        """Keep an exception, which would be lost in the loop, and stop."""
        try:
            step(*arguments)
        except Exception as error:
            self.error = error
            self._stop()

    def _serve(self, now: float) -> None:
        self.link.advance(now, _MOST_DOCUMENTS)
        self._watch()
        if self.link.has_input:  # it is not reported again
            self.wake()
        if self.link.wants_probe and self._probing is None:
            self._probing = self._loop.run_in_executor(None, mechanism, self.link.url)
            self._probing.add_done_callback(self._probed)

    def _watch(self) -> None:
        """Let the loop watch the sockets. If the connection was replaced, stop watching the old ones."""
        sockets = self.link.sockets
        if sockets == self._watched:
            return
        for descriptor in self._descriptors:
            self._loop.remove_reader(descriptor)
        self._watched = sockets
        self._descriptors = [int(socket.get(zmq.FD)) for socket in sockets]
        for descriptor in self._descriptors:
            self._loop.add_reader(descriptor, self._advance)

    def _arm(self, now: float) -> None:
        """Set the timer for the next due work. A timer that is too early stays, and goes on waiting then."""
        self._due_at = now + self.link.due_in(now)
        if self._timer is not None:
            if self._timer.when() <= self._due_at:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(self._due_at, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        if time.monotonic() < self._due_at:
            self._timer = self._loop.call_at(self._due_at, self._on_time)
        else:
            self._advance()

    def _probed(self, offered: asyncio.Future[bytes]) -> None:
        self._probing = None
        if not offered.cancelled():
            self._run(self.link.probed, offered.result())
            self._run(self._changed)
