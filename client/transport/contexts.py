"""One ZeroMQ context, shared by all connections of a process that are given none: a context has threads."""

from __future__ import annotations

import os
import threading

import zmq

MAX_SOCKETS = 16_384
"""The most ZeroMQ sockets in the shared context. A connection has up to `SOCKETS` of them."""

SOCKETS = 3
"""A DEALER and, while it is not connected, the two ends of its monitor."""


class SharedContext:
    """A context that exists while it has holders. Several threads can use it.

    A child of `fork` makes its own, because it has none of the parent's threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: zmq.Context[zmq.Socket[bytes]] | None = None
        self._holders = 0
        os.register_at_fork(after_in_child=self._forked)

    @property
    def holders(self) -> int:
        """The number of holders."""
        return self._holders

    def acquire(self) -> zmq.Context[zmq.Socket[bytes]]:
        """Return the context; pass it to `release` once."""
        with self._lock:
            if self._context is None:
                self._context = zmq.Context()
                self._context.set(zmq.MAX_SOCKETS, MAX_SOCKETS)
            self._holders += 1
            return self._context

    def release(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        """Release the context. The last call waits until closed sockets have sent, up to their linger.

        A context from before a `fork` is the parent's; to release it in the child does nothing.
        """
        with self._lock:
            if context is not self._context:
                return
            self._holders -= 1
            if self._holders:
                return
            self._context = None
        context.term()

    def _forked(self) -> None:
        self._lock = threading.Lock()
        self._context, self._holders = None, 0


shared_context = SharedContext()
"""The shared context of this process."""
