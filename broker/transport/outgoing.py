"""Committed deliveries that are not sent yet. They leave at once, or under load joined with later ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import zmq

from broker.core.core import Core
from broker.core.memory.model import Peer
from broker.core.outbox import Delivery
from broker.monitoring.meter import Meter
from broker.transport.batch import Gathered, gather
from broker.transport.listener import Caller
from messages.files import Content
from messages.replies import Found, Page

PAUSE, BUSY_PAUSE = 3.0, 8.0
"""The pause after sending, as a multiple of this thread's processor time for it.

`BUSY_PAUSE` is for while more requests wait. A frame costs ZeroMQ's own thread several times what it costs
this one. A frame that is sent while that thread still writes only waits in a queue. Deliveries that are held
back instead are joined with later ones into fewer frames. Without more requests there is nothing to join.
It is processor time, because the thread should not pause for time in which others had the processor.
"""

LASTING, LONG = 4.0, 0.005
"""While more requests wait, a pause longer than `LONG` (s) is extended by `LASTING` times the excess.

Such a pause follows thousands of frames. As many requests are to come, and their replies can share frames.
"""

_PAGES = (Page, Found, Content)

LONGEST_PAUSE = 0.5
"""Seconds; twice as long while more requests wait."""

MOST_PAGES = 64
"""The most replies with pages of messages or bytes of files (up to 171 KiB each) to hold back."""

MOST_HELD = 65_536
"""The most deliveries to hold back."""

FEW_FRAMES = 16
"""If no request waits, the time of handing over so few frames is not measured: its pause is unnoticed.

Reading the thread's processor time takes as long as handing over a frame.
"""

JOINED_PEERS = 64
"""So many peers' frames are joined before they are handed over. All together could be 100 MB.

They are more than one, as it takes time to read the processor time.
"""

UNNOTICED = 0.002
"""Seconds. If no request waits, a pause that is shorter than this is skipped."""


class Outgoing:
    """Deliveries in the order in which they were committed."""

    def __init__(
        self,
        core: Core,
        meter: Meter,
        clock: Callable[[], float] = time.monotonic,
        work: Callable[[], float] = time.thread_time,
    ) -> None:
        """Start empty. `clock` returns the time, and `work` the thread's processor time, both in seconds."""
        self._core = core
        self._meter = meter
        self._clock = clock
        self._work = work
        self._held: list[Delivery] = []
        self._pages = 0
        self._resume_at = self._resume_busy_at = 0.0

    def __len__(self) -> int:
        """Return the number of deliveries held back."""
        return len(self._held)

    @property
    def milliseconds(self) -> int:
        """Milliseconds until the end of the pause."""
        return max(0, int((self._resume_at - self._clock()) * 1000))

    def hold(self, deliveries: Sequence[Delivery]) -> None:
        """Add committed deliveries."""
        self._held += deliveries
        self._pages += sum([type(delivery.documents[0]) in _PAGES for delivery in deliveries])

    def is_due(self, *, busy: bool) -> bool:
        """Return whether it is time to send. `busy` says whether more requests wait."""
        if self._pages >= MOST_PAGES or len(self._held) >= MOST_HELD:
            return True
        resume_at = self._resume_busy_at if busy else self._resume_at - UNNOTICED
        return bool(self._held) and self._clock() >= resume_at

    def send(self, *, busy: bool = True) -> bool:
        """Send all. Return whether the core has something to commit because of it.

        `busy` says whether more requests wait.
        """
        deliveries, self._held, self._pages = self._held, [], 0
        self._meter.count_sent(deliveries)
        gathered = gather(deliveries)
        gone: list[Peer] = []
        worked, lagged = 0.0, False
        for part in (gathered,) if isinstance(gathered, list) else _parts(gathered):
            measured = busy or len(part) > FEW_FRAMES
            begun = self._work() if measured else 0.0
            lagged |= self._hand_over(part, gone)
            if measured:
                worked += self._work() - begun
        self._pause(worked)
        if gone:
            self._core.lose(gone, "connection lost")
        return lagged or bool(gone)

    def _hand_over(self, gathered: Iterable[Gathered], gone: list[Peer]) -> bool:
        """Hand frames over to ZeroMQ. Add peers to `gone`, and return whether others lag."""
        lagged = False
        for peer, frames in gathered:
            if peer.lagging:
                continue
            caller: Caller = peer  # type: ignore[assignment]  # cast() is a call for each frame
            try:
                for frame in frames:
                    caller.listener.send(caller.routing_id, frame)
            except zmq.Again:
                self._core.lag(peer)
                lagged = True
            except zmq.ZMQError as error:
                if error.errno != zmq.EHOSTUNREACH:
                    raise
                caller.listener.forget(caller)
                gone.append(peer)
        return lagged

    def _pause(self, worked: float) -> None:
        now = self._clock()
        pause = min(BUSY_PAUSE * worked, LONGEST_PAUSE)
        self._resume_at = now + min(PAUSE * worked, LONGEST_PAUSE)
        self._resume_busy_at = now + pause + min(LASTING * max(pause - LONG, 0.0), LONGEST_PAUSE)


def _parts(gathered: Iterable[Gathered]) -> Iterator[list[Gathered]]:
    """Yield what is for JOINED_PEERS at a time."""
    rest = iter(gathered)
    while part := list(islice(rest, JOINED_PEERS)):
        yield part
