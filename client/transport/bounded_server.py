"""A small HTTP server in threads that a crowd of silent connections does not exhaust."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOST_OPEN, REQUEST_SECONDS = 16, 5.0
"""Connections that may be open, and how long each; if there are more, the oldest one is ended."""


class BoundedServer(ThreadingHTTPServer):
    """Has a thread for each request, for a few seconds at most, and a bounded number of them."""

    daemon_threads = True

    def __init__(self, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._deadlines: dict[socket.socket, float] = {}
        super().__init__((host, port), handler)

    def process_request(self, request: Any, address: Any) -> None:
        """Start the thread of a request. If there are too many, end the oldest one."""
        waiting = [*self._deadlines]
        for oldest in waiting[: max(len(waiting) - MOST_OPEN + 1, 0)]:
            self._deadlines.pop(oldest, None)
            _shut(oldest)
        self._deadlines[request] = time.monotonic() + REQUEST_SECONDS
        super().process_request(request, address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        self._deadlines.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Shut connections that are past their deadline, also if they still send byte by byte."""
        for request, deadline in self._deadlines.copy().items():
            if time.monotonic() > deadline:
                _shut(request)

    def handle_error(self, *_: object) -> None:
        """Ignore the error: the client has disconnected."""


def _shut(request: socket.socket) -> None:
    with suppress(OSError):  # its thread has closed it
        request.shutdown(socket.SHUT_RDWR)
