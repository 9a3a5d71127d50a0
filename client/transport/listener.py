"""A listening socket that bounds its connections: those of each address, and all together."""

from __future__ import annotations

import errno
import os
import socket
from collections import Counter
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many connections there may be. `key` returns what is counted for a peer's address.

    Keys that are `apart` count only among all. A peer that is refused is sent `refusal`.
    """

    in_all: int
    of_address: int
    key: Callable[[str], str]
    apart: Container[str] = ()
    refusal: bytes = b""


class Count:
    """The connections that are open."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.in_all = 0
        self._of_address: Counter[str] = Counter()

    def take(self, address: str) -> str | None:
        """Count one more; return what to give back, None if there are too many."""
        key = self.bounds.key(address)
        apart = key in self.bounds.apart
        if self.in_all >= self.bounds.in_all:
            return None
        if not apart and self._of_address[key] >= self.bounds.of_address:
            return None
        self.in_all += 1
        self._of_address[key] += 1
        return key

    def give_back(self, key: str) -> None:
        """Count one less."""
        self.in_all -= 1
        self._of_address[key] -= 1
        if not self._of_address[key]:
            del self._of_address[key]


class _Counted(socket.socket):
    """A connection that is counted until it is closed."""

    def __init__(self, connection: socket.socket, count: Count, key: str) -> None:
        family, kind, number = connection.family, connection.type, connection.proto
        super().__init__(family, kind, number, fileno=connection.detach())
        self._count = count
        self._key: str | None = key

    def close(self) -> None:
        """Close it, and count it no more."""
        super().close()
        if self._key is not None:
            self._count.give_back(self._key)
            self._key = None


class Listener(socket.socket):
    """A listening socket, made of another one. Too many connections are refused at once, and hold nothing.

    If the process has no descriptor left, one that was kept for that is used to refuse.
    """

    def __init__(self, listening: socket.socket, count: Count) -> None:
        family, kind, number = listening.family, listening.type, listening.proto
        super().__init__(family, kind, number, fileno=listening.detach())
        self._count = count
        self._kept: int | None = os.open(os.devnull, os.O_RDONLY)

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection. Raise BlockingIOError if there is none, or it was refused."""
        try:
            connection, address = super().accept()
        except OSError as error:
            if error.errno not in _NO_DESCRIPTOR or self._kept is None:
                raise
            self._refuse_with_kept()
            raise BlockingIOError from None
        if (key := self._count.take(str(address[0]))) is None:
            self._refuse(connection)
            raise BlockingIOError
        return _Counted(connection, self._count, key), address

    def close(self) -> None:
        """Close it."""
        super().close()
        if self._kept is not None:
            os.close(self._kept)
            self._kept = None

    def _refuse_with_kept(self) -> None:
        if self._kept is not None:
            os.close(self._kept)
            self._kept = None
        with suppress(OSError):
            self._refuse(super().accept()[0])
        with suppress(OSError):
            self._kept = os.open(os.devnull, os.O_RDONLY)

    def _refuse(self, connection: socket.socket) -> None:
        """Say why, and close. What has come is read first: otherwise the answer would be lost by a reset."""
        with connection, suppress(OSError):
            connection.setblocking(False)
            connection.send(self._count.bounds.refusal)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65_536)
