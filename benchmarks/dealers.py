"""The load generator on sockets of libzmq, with CURVE or without, to compare the two.

They cost more than raw sockets, in this process and in the thread of libzmq beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import zmq

from benchmarks.generator import Connection, Generator
from benchmarks.peers.peer import Peer, Running, Step
from benchmarks.zmtp import decode_frames


class Dealers(Generator):
    """All connections to one server, each a DEALER, with a key of its own if the server has one."""

    def __init__(self, peer: Peer, server: Running, marker: bytes) -> None:
        super().__init__(peer, server, marker)
        self._key = server.key.encode()
        self._context: zmq.Context[Any] = zmq.Context()
        self._context.set(zmq.MAX_SOCKETS, self._context.get(zmq.SOCKET_LIMIT))
        self._dealers: list[zmq.Socket[Any]] = []
        self._stirred: set[Connection] = set()

    def close(self) -> None:
        """Close all connections."""
        self._epoll.close()
        self._context.destroy(0)

    def _connect(self, number: int, steps: Sequence[Step]) -> None:
        """Begin with the step after the handshake, because libzmq makes the handshake itself."""
        dealer = self._context.socket(zmq.DEALER)
        dealer.set_hwm(0)
        if self._key:
            dealer.curve_serverkey = self._key
            dealer.curve_publickey, dealer.curve_secretkey = zmq.curve_keypair()
        dealer.connect(f"tcp://127.0.0.1:{self._port}")
        connection = Connection(number, steps[1:])
        self._dealers.append(dealer)
        self.connections.append(connection)
        self._by_descriptor[dealer.FD] = connection
        self._epoll.register(dealer.FD)
        self._entering += 1
        self.send(connection, connection.steps[0].says)

    def send(self, connection: Connection, data: bytes) -> None:
        """Pass the frames to libzmq. It takes all, or none if the server has refused this client."""
        dealer = self._dealers[connection.number]
        for frame in decode_frames(data):
            with suppress(zmq.Again):
                dealer.send(frame, zmq.DONTWAIT)
        self._stirred.add(connection)  # libzmq may have seen input meanwhile, which it does not report again

    def turn(self, seconds: float) -> None:
        """Read all connections that have input, after a wait of at most `seconds`."""
        self.heard.clear()
        ready, self._stirred = self._stirred, set()
        for descriptor, _ in self._epoll.poll(0 if ready else seconds):
            ready.add(self._by_descriptor[descriptor])
        for connection in ready:
            self._take(connection)

    def _take(self, connection: Connection) -> None:
        receive, marker = self._dealers[connection.number].recv, self.marker
        frame, count = b"", 0
        while True:
            try:
                frame = receive(zmq.DONTWAIT)
            except zmq.Again:
                break
            if connection.steps:
                self._step(connection, frame)
                continue
            count += frame.count(marker)
            if connection.recorded is not None:
                connection.recorded += frame
        if count:
            connection.count += count
            self.delivered += count
            self.heard.append(connection)
            if connection.confirms and (confirm := self.peer.confirm(frame)):
                connection.confirms = False
                self.send(connection, confirm)
