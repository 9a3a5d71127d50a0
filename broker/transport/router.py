"""The ROUTER socket and its loop: drain a batch, handle it, commit it, send it.

One thread runs it and owns the socket and the core. It never blocks on a peer.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import zmq

from broker.core.core import Core
from broker.core.model import Moment, Peer
from broker.core.outbox import Delivery, Note
from broker.transport.batch import Payload, gather
from messages.codec import decode_request, request_id, split_frame
from messages.errors import ErrorCode, ProtocolError
from messages.limits import MAX_REQUEST_FRAME

BATCH_FRAMES = 64
"""Frames drained from the socket before their replies are sent."""

CURVE_OVERHEAD = 33
"""Bytes that encryption adds to a frame."""

LINGER = 1_000
"""Milliseconds that what was said last has to leave after the socket is closed."""

BATCH_DOCUMENTS = 512
"""A batch also ends behind this many documents; what has come in behind them waits for the next."""

BATCH_SECONDS = 0.02
"""A batch also ends when handling it has taken this long."""

UPKEEP_SECONDS = 1.0
"""How often a busy broker does a little of what can wait; an idle one does all of it then."""

_MOMENT, _LONG = 20, 1_000  # ms to wait for frames before doing what can wait, and if there is nothing of it
_LAST_TURNS, _LAST_SECONDS = 64, 1.0  # for answering what has come in after being told to stop
_MORE, _LAST = int(zmq.DONTWAIT | zmq.SNDMORE), int(zmq.DONTWAIT)  # to combine flags each time is slow

_MAPPED_IPV4 = re.compile(r"\[::ffff:([0-9.]+)\]")

_OPTIONS = {
    zmq.ROUTER_MANDATORY: 1,
    zmq.ROUTER_HANDOVER: 0,
    zmq.SNDHWM: 192,
    zmq.RCVHWM: 64,
    zmq.MAXMSGSIZE: MAX_REQUEST_FRAME + CURVE_OVERHEAD,
    zmq.HANDSHAKE_IVL: 5_000,
    zmq.LINGER: LINGER,
    zmq.TCP_KEEPALIVE: 1,
    zmq.TCP_KEEPALIVE_IDLE: 60,
    zmq.TCP_KEEPALIVE_INTVL: 15,
    zmq.TCP_KEEPALIVE_CNT: 4,
    zmq.BACKLOG: 1_024,
    zmq.IPV6: 1,
}


def now() -> Moment:
    """Return the time from the system's clocks."""
    return Moment(time.time_ns() // 1_000_000, time.monotonic())


class Router:
    """Serves a core on a ROUTER socket."""

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], core: Core, log: Callable[[Iterable[Note]], None]
    ) -> None:
        self._core = core
        self._log = log
        self._peers: dict[bytes, Peer] = {}
        self._socket = context.socket(zmq.ROUTER)
        for option, value in _OPTIONS.items():
            self._socket.set(option, value)
        self._wake_read, self.wake_fd = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self.wake_fd, False)
        self._stopping = False
        self._patience, self._more, self._upkept_at = _LONG, False, 0.0
        self.dropped = 0
        """Messages with another number of frames than one."""

    def bind(self, url: str) -> str:
        """Listen on an endpoint, and return it as ZeroMQ resolved it. Raise zmq.ZMQError if it cannot."""
        self._socket.bind(url)
        resolved = str(self._socket.get_string(zmq.LAST_ENDPOINT)).rstrip("\0")
        return _MAPPED_IPV4.sub(r"\1", resolved)

    def stop(self) -> None:
        """End `run` soon; callable from any thread and from a signal handler."""
        self._stopping = True
        with suppress(OSError):  # the pipe is full, or the loop has ended
            os.write(self.wake_fd, b"\0")

    def run(self) -> None:
        """Serve until `stop`, then answer what was taken, say goodbye and close."""
        poller = zmq.Poller()
        poller.register(self._socket, zmq.POLLIN)
        poller.register(self._wake_read, zmq.POLLIN)
        try:
            while not self._stopping:
                if self._wake_read in dict(poller.poll(self._patience)):
                    os.read(self._wake_read, 4_096)
                self._keep_up(idle=not self._turn())
            self._finish()
        finally:
            self.close()

    def close(self) -> None:
        """Close the socket; what was sent has a moment to leave. A second call does nothing."""
        self._socket.close()
        wake_write, self.wake_fd = self.wake_fd, -1
        if wake_write >= 0:
            os.close(wake_write)
            os.close(self._wake_read)

    def _keep_up(self, *, idle: bool) -> None:
        """Do a little of what can wait if nothing has come for a moment, else from time to time."""
        elapsed = time.monotonic()
        if (idle and self._more) or elapsed - self._upkept_at >= UPKEEP_SECONDS:
            self._more, self._upkept_at = self._core.upkeep(), elapsed
        if self._more:
            self._patience = 0 if idle else _MOMENT
        else:
            self._patience = _LONG

    def _finish(self) -> None:
        """Answer what has come in, and say goodbye. To unbind first would cut the connections off."""
        deadline = time.monotonic() + _LAST_SECONDS
        for _ in range(_LAST_TURNS):
            if not self._turn() or time.monotonic() > deadline:
                break
        self._core.stop()
        self._flush()

    def _turn(self) -> int:
        """Handle one batch, and return how many frames it had."""
        core = self._core
        core.begin(now())
        count = self._drain()
        gone = core.tick()
        self._flush()
        for peer in gone:
            if peer not in core.peers:  # else this could not be stored, and nobody left
                self._forget(peer)
        return count

    def _drain(self) -> int:
        documents, deadline = 0, time.monotonic() + BATCH_SECONDS
        for count in range(BATCH_FRAMES):
            if documents >= BATCH_DOCUMENTS or time.monotonic() > deadline:
                return count
            try:
                routing_id = self._socket.recv(_LAST)
            except zmq.Again:
                return count
            documents += self._receive(routing_id)
        return BATCH_FRAMES

    def _receive(self, routing_id: bytes) -> int:
        """Handle one frame, and return how many documents it had."""
        peer = self._peers.get(routing_id)
        if peer is None:
            frame = self._socket.recv(copy=False)
            peer, payload, more = self._newcomer(routing_id, frame), frame.bytes, bool(frame.more)
        else:
            payload = self._socket.recv()
            more = bool(self._socket.get(zmq.RCVMORE))
        if more:
            self.dropped += 1
            while self._socket.get(zmq.RCVMORE):
                self._socket.recv(copy=False)
            return 1
        core = self._core
        if peer.barred:
            core.ignore(peer)
            return 1
        core.hear(peer)
        try:
            if routing_id[0] != 0:
                raise ProtocolError(ErrorCode.ID_CHOSEN)
            lines = split_frame(payload)
        except ProtocolError as error:
            if wait := core.admit(peer, 1, len(payload)):
                core.turn_away(peer, wait, (None,))
            else:
                core.refuse(peer, error)
            return 1
        if peer.origin is not None and (wait := core.admit(peer, len(lines), len(payload))):
            core.turn_away(peer, wait, map(request_id, lines))
            return len(lines)
        return self._read(peer, lines)

    def _read(self, peer: Peer, lines: list[bytes]) -> int:
        """Handle a frame's documents, and return how many there are."""
        for line in lines:
            try:
                request = decode_request(line)
            except ProtocolError as error:
                self._core.refuse(peer, error)
            else:
                self._core.handle(peer, request)
        return len(lines)

    def _newcomer(self, routing_id: bytes, frame: zmq.Frame) -> Peer:
        """Return a new peer. Ids that libzmq gives begin with a zero byte and are not given twice."""
        peer = Peer(routing_id, _address(frame), time.monotonic())
        if routing_id[0] == 0:
            self._peers[routing_id] = peer
            self._core.connect(peer)
        else:
            self._core.meet(peer)
        return peer

    def _flush(self) -> None:
        """Commit and send, again as long as sending finds peers that are gone."""
        while True:
            deliveries, notes = self._core.commit()
            if notes:
                self._log(notes)
            if not deliveries:
                return
            self._send(deliveries)

    def _send(self, deliveries: list[Delivery]) -> None:
        for peer, frames in gather(deliveries):
            if peer.lagging:
                continue
            try:
                self._send_frames(peer.routing_id, frames)
            except zmq.Again:
                self._core.lag(peer)
            except zmq.ZMQError as error:
                if error.errno != zmq.EHOSTUNREACH:
                    raise
                self._forget(peer)
                self._core.lose(peer, "connection lost")

    def _send_frames(self, routing_id: bytes, frames: tuple[Payload, ...]) -> None:
        send = self._socket.send
        for frame in frames:
            send(routing_id, _MORE)
            send(frame, _LAST, copy=isinstance(frame, bytes))

    def _forget(self, peer: Peer) -> None:
        self._peers.pop(peer.routing_id, None)


def _address(frame: zmq.Frame) -> str:
    """Return where a frame came from: an IP address, `localhost:uid:gid:pid` over ipc, or `inproc`."""
    try:
        return str(frame.get("Peer-Address")).removeprefix("::ffff:")
    except zmq.ZMQError:
        return "inproc"
