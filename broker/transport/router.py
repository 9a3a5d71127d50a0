"""The ROUTER sockets and their loop: drain a batch, handle it, commit it, send it.

One thread runs it and owns the sockets and the core. It never blocks on a peer.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from typing import cast

import zmq

from broker.core.core import Core
from broker.core.memory.model import Moment
from broker.core.outbox import LogEntry, LogEvent
from broker.core.rates import TOKEN_BYTES_SHIFT
from broker.monitoring.meter import Meter
from broker.transport.connections import Connection
from broker.transport.departures import Departures
from broker.transport.intake import Intake
from broker.transport.listener import Caller, Listener
from broker.transport.outgoing import Outgoing
from broker.transport.scarcity import Scarcity
from broker.transport.strangers import Strangers
from messages.keys import KeyPair

BATCH_FRAMES = 64
"""A batch ends after this many frames."""

BATCH_DOCUMENTS = 512
"""A batch also ends after this many documents, or KiB. Later frames wait for the next batch."""

BATCH_SECONDS = 0.02
"""A batch also ends after this time."""

JOB_SECONDS = 0.002
"""After each batch, requests that take long are carried on for this time."""

UPKEEP_SECONDS = 1.0
"""A busy broker does a little of the upkeep at this interval. An idle one does all of it."""

DROPPED_SECONDS = 60.0
"""The log counts dropped messages at most at this interval."""

_MOMENT, _LONG = 20, 1_000  # ms to wait for frames while upkeep is left, and otherwise
_LAST_TURNS, _LAST_SECONDS = 64, 1.0  # to answer frames that have arrived before the stop


def now() -> Moment:
    """Return the time from the system's clocks."""
    return Moment(time.time_ns() // 1_000_000, time.monotonic())


class Router:
    """Serves a core on up to four ROUTER sockets: plain, encrypted, for inproc, and the admin channel."""

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        core: Core,
        log: Callable[[Iterable[LogEntry]], None],
        meter: Meter,
        most_connections: int = 0,
    ) -> None:
        """Have at most so many connections; 0 means any number."""
        self._core = core
        self._log = log
        self._meter = meter
        self._context = context
        self._listeners: deque[Listener] = deque()
        self._intake = Intake(core)
        self._outgoing = Outgoing(core, meter)
        self._strangers: Strangers[Connection] = Strangers(most_connections)
        self._departures = Departures(core, self._strangers)
        self._scarcity = Scarcity(core, self._strangers, meter)
        self._busy = self._stopping = False
        self._wake_read, self.wake_fd = os.pipe()
        for end in (self._wake_read, self.wake_fd):
            os.set_blocking(end, False)
        self.on_wake: Callable[[], object] = int
        """The loop calls this between batches after a signal."""
        self._wait_ms, self._more, self._upkept_at = _LONG, False, 0.0
        self.dropped = 0
        """The number of dropped messages: they have several frames, or their peer is unknown."""
        self._dropped_logged, self._dropped_logged_at = 0, -DROPPED_SECONDS

    def bind(self, url: str, keys: KeyPair | None = None, *, admin: bool = False) -> str:
        """Listen on an endpoint, with CURVE if `keys` are given, and return it as ZeroMQ resolved it.

        With `admin` it is the admin channel. All encrypted endpoints use the keys of the first one. Raise
        zmq.ZMQError if it cannot.
        """
        kind = keys is not None, url.startswith("inproc:"), admin
        for listener in self._listeners:
            if (listener.guarded, listener.inside, listener.admin) == kind:
                return listener.bind(url)
        listener = Listener(self._context, keys, inside=kind[1], admin=admin)
        self._listeners.append(listener)
        return listener.bind(url)

    def stop(self) -> None:
        """End `run` soon. Any thread or signal handler may call this, and `wake`."""
        self._stopping = True
        self.wake()

    def wake(self) -> None:
        """Let the loop turn now."""
        with suppress(OSError):  # the pipe is full, or the loop has ended
            os.write(self.wake_fd, b"\0")

    def run(self) -> None:
        """Serve until `stop`. Then answer the frames that have arrived, say goodbye and close."""
        poller = zmq.Poller()
        for listener in self._listeners:
            poller.register(listener.socket, zmq.POLLIN)
            if listener.monitor is not None:
                poller.register(listener.monitor.socket, zmq.POLLIN)
        poller.register(self._wake_read, zmq.POLLIN)
        try:
            while not self._stopping:
                ready = dict(poller.poll(self._wait()))
                if self._wake_read in ready:
                    os.read(self._wake_read, 4_096)
                    self.on_wake()
                for listener in self._listeners:
                    if listener.monitor is not None and listener.monitor.socket in ready:
                        listener.watch(self._strangers)
                count = self._turn(ready)
                self._advance()
                self._keep_up(idle=not count)
            self._finish()
        finally:
            self.close()

    def close(self) -> None:
        """Close the sockets. Sent frames may still leave for a second. A second call does nothing."""
        for listener in self._listeners:
            listener.close()
        wake_write, self.wake_fd = self.wake_fd, -1
        if wake_write >= 0:
            os.close(wake_write)
            os.close(self._wake_read)

    def _wait(self) -> int:
        """Return how many milliseconds to wait for frames."""
        if self._intake.waiting or self._core.jobs:
            return 0
        return self._outgoing.milliseconds if self._outgoing else self._wait_ms

    def _advance(self) -> None:
        """Carry on with requests that take long, and send the replies of those that are finished."""
        if self._core.jobs:
            self._core.advance(time.monotonic, JOB_SECONDS)
            self._flush(hold=True)

    def _keep_up(self, *, idle: bool) -> None:
        """Take a sample, and do some upkeep if no frame has arrived for a moment, or else once a second."""
        elapsed, admitting = time.monotonic(), self._meter.admitting
        self._meter.sample(self._core, self.dropped, elapsed)
        if self._meter.admitting is not admitting:
            self._log([LogEntry(LogEvent.AUTHENTICATOR_DOWN if admitting else LogEvent.AUTHENTICATOR_UP, {})])
        if (idle and self._more) or elapsed - self._upkept_at >= UPKEEP_SECONDS:
            self._more, self._upkept_at = self._core.upkeep(), elapsed
            self._strangers.expire(elapsed)
            if entries := self._scarcity.look(elapsed):
                self._log(entries)
        if self._more:
            self._wait_ms = 0 if idle else _MOMENT
        else:
            self._wait_ms = _LONG

    def _finish(self) -> None:
        """Answer the frames that have arrived, and say goodbye. Unbinding first would cut the connections."""
        deadline = time.monotonic() + _LAST_SECONDS
        for _ in range(_LAST_TURNS):
            if (not self._turn() and not self._intake.waiting) or time.monotonic() > deadline:
                break
        self._core.stop()
        self._flush()

    def _turn(self, ready: Container[object] | None = None) -> int:
        """Handle one batch, and return its number of frames. `ready` has the sockets with input, if known."""
        core = self._core
        begun = now()
        core.begin(begun)
        if count := self._drain(ready):
            self._meter.count_batch(count)
        if not self._busy:
            self._departures.lose_strangers()
        gone = core.tick()
        self._flush(hold=True)
        self._departures.forget(gone, begun.elapsed)
        self._strangers.trim(begun.elapsed, drained=not self._busy)
        self._log_dropped(begun.elapsed)
        return count

    def _log_dropped(self, elapsed: float) -> None:
        """Log how many messages were dropped since the last time, once a minute at most."""
        count = self.dropped - self._dropped_logged
        if count and elapsed - self._dropped_logged_at >= DROPPED_SECONDS:
            self._log([LogEntry(LogEvent.DROPPED, {"count": count})])
            self._dropped_logged, self._dropped_logged_at = self.dropped, elapsed

    def _drain(self, ready: Container[object] | None) -> int:
        """Take in one batch, and return its number of frames. The listeners take turns to be first."""
        self._listeners.rotate()
        self._busy = False
        count, frames, documents, full = 0, 0, 0, self._intake.full
        deadline = time.monotonic() + BATCH_SECONDS
        for listener in self._listeners:
            if listener.admin and ready is not None and listener.socket not in ready:
                continue
            while (
                frames < BATCH_FRAMES
                and documents < BATCH_DOCUMENTS
                and not full
                and time.monotonic() <= deadline
            ):
                try:
                    routing_id = listener.next_sender()
                except zmq.Again:
                    break
                handled = self._receive(listener, routing_id)
                full = not handled and self._intake.full
                frames += handled > 0
                documents += handled or 1
                count += 1
                if count == 1 and listener.empty:  # the usual case if only one client is active
                    break
            else:
                self._busy = True
        for peer in self._intake.take_waiting():
            connection = cast("Caller", peer).connection
            if connection is not None:
                self._strangers.settle(connection, time.monotonic())
        return count

    def _receive(self, listener: Listener, routing_id: bytes) -> int:
        """Take in one frame. Return how many documents it counts as, a KiB as one: 0 if it waits."""
        frame = listener.receive()
        peer = listener.peers.get(routing_id)
        if peer is None or listener.guarded:
            peer = self._admit(listener, routing_id, frame, peer)
        payload = frame.bytes
        if frame.more or peer is None:
            self.dropped += 1
            while frame.more:
                frame = listener.receive()
            return 1
        handled = self._intake.take(peer, payload)
        return handled and max(handled, len(payload) >> TOKEN_BYTES_SHIFT)

    def _admit(
        self, listener: Listener, routing_id: bytes, frame: zmq.Frame, known: Caller | None
    ) -> Caller | None:
        """Return the sender of a frame, or None if it is unknown.

        Routing ids from libzmq begin with a zero byte and are not used twice. But a peer can choose the id of
        another that has just gone. So each frame at the encrypted listener must have its peer's key.
        """
        if known is not None:
            if listener.key_of(frame) == known.identity:
                return known
            listener.forget(known)
            self._core.lose([known], "connection lost")
        peer = listener.meet(routing_id, frame)
        if peer is None:
            return None
        listener.watch(self._strangers)  # those that ended, and this one
        descriptor = listener.descriptor_of(frame)
        if self._strangers.is_cut(descriptor):
            return None
        peer.connection = self._strangers.speak(descriptor, peer, peer.heard)
        if routing_id[0] != 0:
            self._core.assign_buckets(peer)
        elif listener.gave(routing_id):
            listener.peers[routing_id] = peer
            self._core.connect(peer)
        else:
            if peer.connection is not None:
                self._strangers.refuse(peer.connection)
            return None
        return peer

    def _flush(self, *, hold: bool = False) -> None:
        """Commit and send. Repeat it if sending finds peers that are gone. If `hold` is true, it may wait."""
        outgoing, busy = self._outgoing, self._busy or self._intake.waiting > 0
        while True:
            deliveries, entries = self._core.commit()
            if entries:
                self._log(entries)
            outgoing.hold(deliveries)
            if not outgoing or (hold and not outgoing.is_due(busy=busy)) or not outgoing.send(busy=busy):
                return
