"""The broker's cost of rate limiting for each request: frames admitted with it, and with --no-rate-limit.

    python -m benchmarks.limiter

Prints the median of many interleaved runs in one process, in microseconds a request.
"""

from __future__ import annotations

import statistics
import time

from broker.commands import COMMANDS
from broker.core.core import Core
from broker.core.memory.model import Moment, Peer
from broker.core.settings import Caps, Settings
from broker.store.memory import MemoryStore
from messages.game import Hand
from messages.sessions import Login
from messages.version import PROTOCOL

RUNS = 201
BATCHES = 200
FRAMES = 64
"""Frames of a batch, which share one reading of the clock."""
SIZE = 120
"""Bytes of a frame."""


class _Randomness:
    def token(self) -> str:
        return "token"

    def hand(self) -> Hand:
        return Hand.ROCK


class Bench:
    """A core with one remote user, who stays just within the limits."""

    def __init__(self, *, limited: bool) -> None:
        self._elapsed = 1.0
        caps = Caps(rate=200.0 if limited else 0.0)
        self.core = Core(MemoryStore("epoch"), Settings(caps=caps), _Randomness(), COMMANDS, self._now())
        self.peer = Peer(b"\0peer", "192.0.2.1", self._elapsed)
        self.core.connect(self.peer)
        self.core.handle(self.peer, Login("1", PROTOCOL, "alice"))
        self.core.commit()
        self._step = FRAMES / 199

    def _now(self) -> Moment:
        return Moment(1_790_000_000_000, self._elapsed)

    def run(self) -> float:
        """Admit frames of one request each, and return the microseconds of one."""
        core, peer = self.core, self.peer
        admit, frames = core.admit, range(FRAMES)
        took = 0.0
        for _ in range(BATCHES):
            self._elapsed += self._step
            core.begin(self._now())
            begun = time.perf_counter()
            for _ in frames:
                if admit(peer, 1, SIZE):
                    raise RuntimeError("a frame was refused")
            took += time.perf_counter() - begun
        return took / (BATCHES * FRAMES) * 1e6


def main() -> None:
    """Measure, and print the medians."""
    limited, unlimited = Bench(limited=True), Bench(limited=False)
    pairs = [(limited.run(), unlimited.run()) for _ in range(RUNS)]
    with_it, without = (statistics.median(column) for column in zip(*pairs, strict=True))
    more = statistics.median(one - other for one, other in pairs)
    print(f"with limits {with_it:.3f} µs a request, without {without:.3f} µs, so they cost {more:.3f} µs")


if __name__ == "__main__":
    main()
