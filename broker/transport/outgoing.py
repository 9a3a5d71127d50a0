"""What is committed and has not left yet: it leaves at once, or with more if there is much to send."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import cast

import zmq

from broker.core.core import Core
from broker.core.outbox import Delivery
from broker.meter import Meter
from broker.transport.batch import gather
from broker.transport.listener import Caller
from messages.replies import Found, Page

PAUSE, BUSY_PAUSE = 3.0, 8.0
"""For how many times as long as this thread has worked on handing over the last frames nothing is sent.

The second is for while more requests are there. A frame costs ZeroMQ's own thread several times what it costs
here. What is sent while that thread still writes only waits in a queue; what is held back is joined with what
comes meanwhile, in fewer frames. But if nothing comes, nothing is joined. It goes by processor time, or a
thread that was put off for others would pause for that too.
"""

LASTING, LONG = 4.0, 0.005
"""While more requests are there, a pause of more than `LONG` (s) lasts longer, by so many times the rest.

Then there are thousands of frames, and as many requests to come whose replies can share them.
"""

_PAGES = (Page, Found)

LONGEST_PAUSE = 0.5
"""Seconds; with those of a busy broker, twice that."""

MOST_PAGES = 64
"""Replies with many messages, of up to 128 KiB each, that are held back at most."""

MOST_HELD = 65_536
"""Deliveries that are held back at most."""

UNNOTICED = 0.002
"""Seconds. When no request is there, what would have to wait for no longer is sent at once."""


class Outgoing:
    """Deliveries in the order in which they were committed."""

    def __init__(
        self,
        core: Core,
        meter: Meter,
        clock: Callable[[], float] = time.monotonic,
        work: Callable[[], float] = time.thread_time,
    ) -> None:
        """Begin with nothing. `clock` tells the time, `work` how much of a processor this thread has had."""
        self._core = core
        self._meter = meter
        self._clock = clock
        self._work = work
        self._held: list[Delivery] = []
        self._pages = 0
        self._resume_at = self._resume_busy_at = 0.0

    def __len__(self) -> int:
        """Return how many deliveries are held back."""
        return len(self._held)

    @property
    def milliseconds(self) -> int:
        """For how long what is held back may be left alone."""
        return max(0, int((self._resume_at - self._clock()) * 1000))

    def hold(self, deliveries: Sequence[Delivery]) -> None:
        """Take what was committed."""
        self._held += deliveries
        self._pages += sum([type(delivery.documents[0]) in _PAGES for delivery in deliveries])

    def is_due(self, *, busy: bool) -> bool:
        """Whether it is time to send; `busy` if more requests are there already."""
        if self._pages >= MOST_PAGES or len(self._held) >= MOST_HELD:
            return True
        resume_at = self._resume_busy_at if busy else self._resume_at - UNNOTICED
        return bool(self._held) and self._clock() >= resume_at

    def send(self) -> bool:
        """Send all, and return whether that has told the core something that is to be committed."""
        deliveries, self._held, self._pages = self._held, [], 0
        self._meter.count_sent(deliveries)
        gathered = gather(deliveries)
        begun = self._work()
        gone, lagged = [], False
        for peer, frames in gathered:
            if peer.lagging:
                continue
            caller = cast("Caller", peer)
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
        self._pause(self._work() - begun)
        if gone:
            self._core.lose(gone, "connection lost")
        return lagged or bool(gone)

    def _pause(self, worked: float) -> None:
        now = self._clock()
        pause = min(BUSY_PAUSE * worked, LONGEST_PAUSE)
        self._resume_at = now + min(PAUSE * worked, LONGEST_PAUSE)
        self._resume_busy_at = now + pause + min(LASTING * max(pause - LONG, 0.0), LONGEST_PAUSE)
