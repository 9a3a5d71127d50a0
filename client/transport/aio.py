"""Links in an asyncio loop: one session or thousands in one thread, without a poller."""

from __future__ import annotations

import asyncio
import random
import resource
import time
from collections.abc import Callable
from contextlib import suppress

import zmq

from client.core.session import Session
from client.transport.contexts import MAX_SOCKETS, SOCKETS, shared_context
from client.transport.dealer import Dealer, is_ipv6_only
from client.transport.link import Link, Trace
from client.transport.probe import mechanism
from client.trust import Trust

_MOST_DOCUMENTS = 100
"""Documents taken in by one callback: other callbacks of the loop come in between."""

_DESCRIPTORS = 4
"""Open files of one connection."""

_SHARE = 0.8
"""Of the descriptors and sockets that there may be; the rest is for whatever else the process does."""


class TooManyConnections(Exception):
    """The process has as many connections as it may have; the text says what to do."""


def most_connections() -> int:
    """Return how many connections may share this process; its limit of open files is raised if it can be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # some systems have a lower limit than they tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    sockets = MAX_SOCKETS // SOCKETS
    files = sockets if soft == resource.RLIM_INFINITY else soft // _DESCRIPTORS
    return int(min(sockets, files) * _SHARE)


class AsyncConnection:
    """Keeps a session connected while the loop runs.

    `changed` is called in the loop after each turn: there the owner takes the session's events. After the
    owner has asked the session for something, it calls `wake`.
    """

    def __init__(self, link: Link, changed: Callable[[], None], *, shares: bool) -> None:
        self.link = link
        self._changed = changed
        self._shares = shares
        self._loop = asyncio.get_running_loop()
        self._watched: tuple[zmq.Socket[bytes], ...] = ()
        self._descriptors: list[int] = []
        self._soon: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due_at = 0.0
        self._probing: asyncio.Future[bytes] | None = None
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

        Raise ValueError if ZeroMQ cannot connect to such an endpoint, TooManyConnections if the process has
        80% of the connections that its limits allow.
        """
        loop = asyncio.get_running_loop()
        ipv6 = await loop.run_in_executor(None, is_ipv6_only, url)
        shares = context is None
        if context is None:
            most = most_connections()
            if shared_context.holders >= most:
                raise TooManyConnections(
                    f"this process may have {most:,} connections; raise the limit of open files (ulimit -n), "
                    "or start a further process"
                )
            context = shared_context.acquire()
        try:
            dealer = Dealer(context, url, trust, ipv6=ipv6)
        except ValueError:
            if shares:
                shared_context.release()
            raise
        return cls(Link(session, dealer, trace, random.random()), changed, shares=shares)

    def wake(self) -> None:
        """Have what the session wants to send go out at the loop's next turn."""
        if self._soon is None and not self.link.dealer.closed:
            self._soon = self._loop.call_soon(self._advance)

    async def close(self) -> None:
        """Send what is due and close. A second call does nothing."""
        if self.link.dealer.closed:
            return
        for descriptor in self._descriptors:
            self._loop.remove_reader(descriptor)
        for handle in (self._soon, self._timer, self._probing):
            if handle is not None:
                handle.cancel()
        self.link.close(time.monotonic())
        if self._shares:  # who is last waits until all is sent
            await asyncio.shield(self._loop.run_in_executor(None, shared_context.release))

    def _advance(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        now = time.monotonic()
        self.link.advance(now, _MOST_DOCUMENTS)
        self._watch()
        if self.link.has_input:  # a descriptor that was read does not tell it again
            self.wake()
        self._arm(now)
        if self.link.wants_probe and self._probing is None:
            self._probing = self._loop.run_in_executor(None, mechanism, self.link.url)
            self._probing.add_done_callback(self._probed)
        self._changed()

    def _watch(self) -> None:
        """Have the loop watch the sockets, and those of a new connection instead of the old one's."""
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
        """Advance when something is due. A timer that is too early looks again, which is cheap."""
        due_in = self.link.due_in(now)
        if self._timer is not None:
            if self._due_at <= now + due_in:
                return
            self._timer.cancel()
        self._due_at = now + due_in
        self._timer = self._loop.call_later(due_in, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._advance()

    def _probed(self, offered: asyncio.Future[bytes]) -> None:
        self._probing = None
        if not offered.cancelled():
            self.link.probed(offered.result())
            self._changed()
