"""The frames of peers that are not logged in. All are taken in, and each batch handles a few."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterator

from broker.core.memory.model import Peer

BATCH_NEWCOMERS = 24
"""Newcomers' frames that a batch handles. A login costs more than a message, as all users get an event."""

MOST_BYTES = 16_777_216
"""Bytes of newcomers' frames that may wait. If there are more, all new frames stay in ZeroMQ."""

_OVERHEAD = 512  # bytes of memory for each frame, besides its own


class Newcomers:
    """Frames that wait, in order.

    ZeroMQ serves all connections in turn. If a thousand clients log in at once, messages of logged-in users
    would otherwise wait until all of the thousand are handled.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[Peer, list[bytes], int]] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether no more frames may wait."""
        return self._bytes >= MOST_BYTES

    def add(self, peer: Peer, lines: list[bytes], size: int) -> None:
        """Let a frame wait. Later frames of its peer wait too, until it is handled."""
        peer.waiting += 1
        size += _OVERHEAD
        self._waiting.append((peer, lines, size))
        self._bytes += size

    def due(self, connected: Container[Peer]) -> Iterator[tuple[Peer, list[bytes]]]:
        """Yield the frames that this batch handles. Drop the frames of peers that are gone or barred."""
        for _ in range(min(BATCH_NEWCOMERS, len(self._waiting))):
            peer, lines, size = self._waiting.popleft()
            self._bytes -= size
            peer.waiting -= 1
            if peer in connected and not peer.barred:
                yield peer, lines
