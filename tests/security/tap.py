"""A listener on the network."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from eventually import DEADLINE


class Tap:
    """A TCP proxy for one connection. It records all bytes, and separately those of the client."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.seen = b""
        self.said = b""
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._carry, name="tap")
        self._thread.start()

    def _carry(self) -> None:
        self._listener.settimeout(DEADLINE)
        near, _ = self._listener.accept()
        with near, socket.create_connection(self._target) as far:
            other = {near: far, far: near}
            while True:
                for source in select.select([near, far], [], [])[0]:
                    try:
                        data = source.recv(65_536)
                    except ConnectionError:
                        data = b""
                    if not data:
                        return
                    self.seen += data
                    self.said += data if source is near else b""
                    other[source].sendall(data)

    def close(self) -> None:
        self._thread.join(DEADLINE)
        self._listener.close()


@contextmanager
def tapped(target: tuple[str, int]) -> Iterator[Tap]:
    tap = Tap(target)
    try:
        yield tap
    finally:
        tap.close()
