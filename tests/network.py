"""A network that fails: a TCP relay whose connections are cut, hang in silence, or close in one direction."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

_NO_LINGER = struct.pack("ii", 1, 0)


class Network:
    """Passes all bytes of each connection on to `port` of this machine, if it is `up` and does not hang."""

    def __init__(self, port: int) -> None:
        self._target = "127.0.0.1", port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._passes, self._over = threading.Event(), threading.Event()
        self._passes.set()
        self.up = True
        """Whether new connections are let through; others are closed at once."""
        self.passed = 0
        """How many connections were let through."""
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, run: object, *arguments: socket.socket) -> None:
        thread = threading.Thread(target=run, args=arguments, name="network")  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            with suppress(OSError):
                near, _ = self._listener.accept()
                if not self.up or self._over.is_set():
                    _reset(near)
                    continue
                try:
                    far = socket.create_connection(self._target)
                except OSError:
                    _reset(near)
                    continue
                self._pairs.append((near, far))
                self._start(self._pass_on, near, far)
                self._start(self._pass_on, far, near)
                self.passed += 1

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                self._passes.wait()
                target.sendall(data)
            self._passes.wait()
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one side is reset, so the other one is, too
            with suppress(OSError):
                target.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Reset all connections."""
        pairs, self._pairs = self._pairs, []
        for one in (one for pair in pairs for one in pair):
            _reset(one)

    def half_close(self) -> None:
        """End what comes from the target; what goes there still passes."""
        for near, _ in self._pairs:
            with suppress(OSError):
                near.shutdown(socket.SHUT_WR)

    def hang(self) -> None:
        """Pass nothing on; connections stay, and new ones are taken."""
        self._passes.clear()

    def go_on(self) -> None:
        """Pass on what has waited."""
        self._passes.set()

    def close(self) -> None:
        """End all connections."""
        self._over.set()
        self.go_on()
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            pass  # so that the listener sees it
        self.cut()
        for thread in self._threads:
            thread.join()
        self._listener.close()


def _reset(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        one.shutdown(socket.SHUT_RDWR)
    one.close()
