"""A relay of TCP connections, as a proxy or a tunnel is one."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Relay:
    """Passes all bytes of each connection on, in threads, until it is closed."""

    def __init__(self, source: tuple[str, int], target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(source)
        self._sockets = [self._listener]
        self._threads: list[threading.Thread] = []
        self.connections = 0
        self._start(self._accept)

    def _start(self, run: object, *arguments: socket.socket) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._sockets.append(near)
                far = socket.create_connection(self._target)
                self._sockets.append(far)
                self.connections += 1
                self._start(_pass_on, near, far)
                self._start(_pass_on, far, near)

    def close(self) -> None:
        """End all connections."""
        for one in [*self._sockets]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for one in self._sockets:
            one.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
