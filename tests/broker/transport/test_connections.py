"""What a ROUTER's monitor tells of its connections, and that only the connection that is meant is cut."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import zmq
from eventually import eventually
from live_broker import end

from broker.security.keys import make_keys
from broker.transport.connections import LOCAL, Closed, Connection, Event, Finished, Monitor
from broker.transport.listener import Listener


class Watched:
    """A listener, its clients, and the events that were seen."""

    def __init__(self, url: str, *, curve: bool = False) -> None:
        self.context: zmq.Context[Any] = zmq.Context()
        self.keys = make_keys() if curve else None
        self.listener = Listener(self.context, self.keys)
        self.url = self.listener.bind(url)
        self.events: list[Event] = []
        self.clients: list[zmq.Socket[bytes]] = []

    def connect(self) -> zmq.Socket[bytes]:
        client = self.context.socket(zmq.DEALER)
        client.linger, client.reconnect_ivl = 0, -1
        client.connect(self.url)
        self.clients.append(client)
        return client

    def gone(self) -> Connection:
        """Return a connection that its client has closed."""
        client = self.connect()
        (connection,) = self.see(Connection)
        assert isinstance(connection, Connection)
        client.close()
        self.see(Closed)
        return connection

    def raw(self) -> socket.socket:
        host, _, port = self.url.removeprefix("tcp://").rpartition(":")
        return socket.create_connection((host, int(port)))

    def see(self, kind: type[Any], number: int = 1) -> list[Any]:
        """Return the events of a kind, as soon as there are so many."""
        monitor: Monitor | None = self.listener.monitor
        assert monitor is not None

        def seen() -> bool:
            self.events += monitor.events(time.monotonic())
            return sum(isinstance(event, kind) for event in self.events) >= number

        eventually(seen, f"{number} of {kind.__name__}")
        return [event for event in self.events if isinstance(event, kind)]

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.listener.close()
        end(self.context)


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched("tcp://127.0.0.1:0")
    yield made
    made.close()


def test_a_connection_is_told_with_its_source_and_its_end(watched: Watched) -> None:
    client = watched.connect()
    (connection,) = watched.see(Connection)
    assert connection.source == "127.0.0.1"
    watched.see(Finished)
    client.close()
    assert watched.see(Closed) == [Closed(connection.descriptor, finished=True)]


def test_connections_over_ipc_have_one_source(short_path: Any) -> None:
    watched = Watched(f"ipc://{short_path}/chat")
    try:
        watched.connect()
        assert [connection.source for connection in watched.see(Connection)] == [LOCAL]
    finally:
        watched.close()


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\n\r\n" * 4, b"\xff" + bytes(8) + b"\x7f\x03\x01"])
def test_a_handshake_that_ends_early_was_not_finished(watched: Watched, said: bytes) -> None:
    with watched.raw() as stranger:
        stranger.sendall(said)
        watched.see(Connection)
    (closed,) = watched.see(Closed)
    assert not closed.finished


def test_a_cut_ends_the_connection_and_no_other(watched: Watched) -> None:
    first, second = watched.connect(), watched.connect()
    connections = watched.see(Connection, 2)
    watched.see(Finished, 2)
    assert connections[0].cut()
    closed = watched.see(Closed)
    assert [event.descriptor for event in closed] == [connections[0].descriptor]
    left = [client for client in (first, second) if client.poll(0, zmq.POLLOUT)]
    assert len(left) == 1
    left[0].send(b"still here")
    routing_id = watched.listener.socket.recv()
    assert watched.listener.socket.recv() == b"still here"
    assert watched.listener.gave(routing_id)


def test_a_descriptor_that_belongs_to_another_connection_meanwhile_is_not_cut(watched: Watched) -> None:
    gone = watched.gone()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        os.dup2(ours.fileno(), gone.descriptor)
        try:
            assert not gone.cut()
            ours.sendall(b"untouched")
            assert theirs.recv(100) == b"untouched"
        finally:
            with suppress(OSError):
                os.close(gone.descriptor)


def test_a_descriptor_that_zeromq_closes_during_the_cut_is_not_cut(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.connect()
    (connection,) = watched.see(Connection)
    fstat = os.fstat

    def closed(descriptor: int) -> os.stat_result:
        if descriptor == connection.descriptor:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return fstat(descriptor)

    monkeypatch.setattr(os, "fstat", closed)
    assert not connection.cut()


def test_a_closed_descriptor_is_not_cut(watched: Watched) -> None:
    gone = watched.gone()
    assert not gone.cut()


@pytest.mark.parametrize("curve", [False, True], ids=["plain", "CURVE"])
def test_only_an_id_that_zeromq_gave_passes_for_one(curve: bool) -> None:
    watched = Watched("tcp://127.0.0.1:0", curve=curve)
    try:
        assert not watched.listener.gave(b"\0aaaa")
        if not curve:
            client = watched.connect()
            client.send(b"hello")
            routing_id = watched.listener.socket.recv()
            watched.see(Finished)
            assert watched.listener.gave(routing_id)
            number = int.from_bytes(routing_id[1:], "big")
            for wrong in (number - 1, number + 1, number ^ 0x8000_0000):
                assert not watched.listener.gave(b"\0" + (wrong % (1 << 32)).to_bytes(4, "big"))
        for wrong_form in (b"", b"alice", b"\0abc", b"\0abcde"):
            assert not watched.listener.gave(wrong_form)
    finally:
        watched.close()
