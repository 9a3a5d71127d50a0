"""A listening socket with bounds, and real connections to it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from client.transport import listener
from client.transport.listener import Bounds, Count, Listener

REFUSAL = b"come again later"


class Door:
    """A listener on loopback, and those who connect to it."""

    def __init__(self, seats: ExitStack, in_all: int, of_address: int, *apart: str) -> None:
        self.count = Count(Bounds(in_all, of_address, lambda address: address, apart, REFUSAL))
        self.listener = Listener(socket.create_server(("127.0.0.1", 0)), self.count)
        self._seats = seats
        seats.callback(self.listener.close)

    def knock(self, address: str) -> socket.socket:
        """Connect from an address."""
        where = self.listener.getsockname()
        return self._seats.enter_context(socket.create_connection(where, 10, (address, 0)))

    def let_in(self, address: str = "127.0.0.2") -> socket.socket:
        """Connect, and return the listener's end."""
        self.knock(address)
        accepted, (host, _port) = self.listener.accept()
        assert host == address
        return self._seats.enter_context(accepted)

    def refuses(self, address: str = "127.0.0.2") -> bool:
        """Whether a connection is told why it is refused, and closed, also if it has asked something."""
        knocking = self.knock(address)
        knocking.send(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(BlockingIOError):
            self.listener.accept()
        return knocking.recv(100) == REFUSAL and knocking.recv(100) == b""


@pytest.fixture
def seats() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_an_address_has_so_many_connections_and_others_are_served(seats: ExitStack) -> None:
    door = Door(seats, 10, 2)
    first, _ = door.let_in(), door.let_in()
    assert door.refuses()
    door.let_in("127.0.0.3")
    first.close()
    first.close()
    door.let_in()
    assert door.refuses()


def test_those_apart_are_bounded_only_with_all(seats: ExitStack) -> None:
    door = Door(seats, 3, 1, "127.0.0.2")
    accepted = [door.let_in() for _ in range(3)]
    assert door.refuses()
    assert door.refuses("127.0.0.3")
    for one in accepted:
        one.close()
    assert door.count.in_all == 0
    door.let_in("127.0.0.3")


def test_if_there_is_no_descriptor_left_the_one_that_was_kept_refuses(
    seats: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, knocking = Door(seats, 10, 10), []
    usual = socket.socket.accept

    def fail_once(self: socket.socket) -> object:
        monkeypatch.setattr(listener.socket.socket, "accept", usual)
        raise OSError(errno.EMFILE, "Too many open files")

    for _ in range(2):
        monkeypatch.setattr(listener.socket.socket, "accept", fail_once)
        knocking.append(door.knock("127.0.0.2"))
        with pytest.raises(BlockingIOError):
            door.listener.accept()
        assert knocking[-1].recv(100) == REFUSAL
    door.let_in()


def test_other_errors_are_the_loop_s(seats: ExitStack) -> None:
    door = Door(seats, 10, 10)
    door.listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        door.listener.accept()
    assert door.count.in_all == 0
