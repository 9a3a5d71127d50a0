"""What those send who are not logged in: all of it is taken in, and a little of it handled each batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterator

from broker.core.memory.model import Peer

BATCH_NEWCOMERS = 24
"""Frames of them that a batch handles: a login costs more than a message, as all are told of it."""

MOST_BYTES = 16_777_216
"""Bytes of their frames that wait at most; more stays in ZeroMQ, with what others send."""

_OVERHEAD = 512  # bytes of memory for each frame beside it


class Newcomers:
    """Frames that wait for their turn, in order.

    ZeroMQ serves all connections in turn. If a thousand log in at once, those who are inside would wait
    with every message until all of the thousand were handled.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[Peer, list[bytes], int]] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether no more may wait."""
        return self._bytes >= MOST_BYTES

    def add(self, peer: Peer, lines: list[bytes], size: int) -> None:
        """Have a frame wait. Whoever has one waiting is a newcomer until it is handled."""
        peer.waiting += 1
        size += _OVERHEAD
        self._waiting.append((peer, lines, size))
        self._bytes += size

    def due(self, connected: Container[Peer]) -> Iterator[tuple[Peer, list[bytes]]]:
        """Yield what this batch is to handle; what those sent who are gone, or barred, is thrown away."""
        for _ in range(min(BATCH_NEWCOMERS, len(self._waiting))):
            peer, lines, size = self._waiting.popleft()
            self._bytes -= size
            peer.waiting -= 1
            if peer in connected and not peer.barred:
                yield peer, lines
