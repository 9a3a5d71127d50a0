"""The numbers that the broker's loop counts. Other threads may read them at any time.

Only the loop's thread writes them, without locks. A reader never sees half a number, but the numbers it reads
may be from different moments.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence

from broker.core.core import Core
from broker.core.memory.model import Room
from broker.core.outbox import Delivery
from broker.core.store import Commit, Entry
from messages.events import Message
from messages.replies import Accepted, Error
from messages.runs import Messages

COMMIT_BOUNDS = (
    0.000_1,
    0.000_25,
    0.000_5,
    0.001,
    0.002_5,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
)
"""Seconds: upper bounds of the classes of commits. One more class has the commits that took longer."""

BATCH_BOUNDS = (1, 2, 4, 8, 16, 32, 64)
"""Frames: upper bounds of the classes of batches."""

ALIVE_SECONDS = 5.0
"""The broker is alive if its loop has turned within this time."""

SAMPLE_SECONDS = 1.0
"""The loop takes a sample this often."""

COUNTED_A_SECOND = 1_000
"""If there are more connections, sessions or conversations, the loop counts them in proportion less often."""

LONGEST_SECONDS = 15.0
"""The loop counts them at least this often, as monitoring usually fetches the numbers at this interval."""


class Meter:
    """The numbers. Samples, from `connections` on, are a second or two old, and up to 15 in a large chat."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.turned = 0.0
        """The time of the last sample (monotonic seconds)."""
        self.listening = False
        self.authenticator_works: Callable[[], bool] = lambda: True
        """Whether new clients can connect to the encrypted endpoints, if there are any."""
        self.admitting = True
        """The last result of `authenticator_works`."""
        self.strangers = 0
        self.turned_out = 0
        """The number of strangers that were cut or refused because there were too many."""
        self.scarce = False
        """Whether that happened within the last seconds."""
        self.on_alive: Callable[[], object] = int
        """The loop calls this at each sample while `admitting` is true."""
        self._count_at = 0.0
        self.sends = 0
        self.deliveries = 0
        self.refused: dict[str, int] = {}
        self.batches = [0] * (len(BATCH_BOUNDS) + 1)
        self.batched = 0
        self.commits = [0] * (len(COMMIT_BOUNDS) + 1)
        self.commit_seconds = 0.0
        self.connections = 0
        self.sessions = 0
        self.online = 0
        self.known = 0
        self.rooms = 0
        self.lagging = 0
        self.unindexed = 0
        self.dropped = 0
        self.searches = 0
        self.transfers = 0
        self.file_bytes = self.files_total = 0
        self.read_only = False
        self.read_only_reason = ""
        self.clock_doubted = False

    @property
    def alive(self) -> bool:
        """Whether the loop turns."""
        return time.monotonic() - self.turned < ALIVE_SECONDS

    def count_batch(self, frames: int) -> None:
        """Count a batch, of at least one frame."""
        self.batches[bisect_left(BATCH_BOUNDS, frames)] += 1
        self.batched += frames

    def count_sent(self, deliveries: Sequence[Delivery]) -> None:
        """Count accepted sends, messages sent to a connection, and refusals."""
        sends = copies = 0
        for peers, documents, but in deliveries:
            kind = type(documents[0])
            if kind is Message:
                copies += len(documents) * (len(peers) - (but is not None))
            elif kind is Messages:
                copies += len(documents[0].messages) * (len(peers) - (but is not None))  # type: ignore[union-attr]
            elif kind is Accepted:
                sends += len(documents) + len(documents[0].also)  # type: ignore[union-attr]
            elif kind is Error:
                code = str(documents[0].code)  # type: ignore[union-attr]
                self.refused[code] = self.refused.get(code, 0) + len(documents)
        self.sends += sends
        self.deliveries += copies

    def timed(self, commit: Commit) -> Commit:
        """Return a store's commit that counts its calls and their seconds, also if they fail."""

        def commit_and_count(entries: Sequence[Entry]) -> None:
            begun = time.perf_counter()
            try:
                commit(entries)
            finally:
                seconds = time.perf_counter() - begun
                self.commits[bisect_left(COMMIT_BOUNDS, seconds)] += 1
                self.commit_seconds += seconds

        return commit_and_count

    def sample(self, core: Core, dropped: int, elapsed: float) -> None:
        """Take a sample, at most once a second."""
        if elapsed - self.turned < SAMPLE_SECONDS:
            return
        state = core.state
        self.turned = elapsed
        self.connections = len(core.peers)
        self.sessions = len(state.sessions)
        self.known = len(state.users)
        self.unindexed = core.unindexed
        self.dropped = dropped
        self.searches = len(core.jobs)
        self.transfers = len(core.transfers)
        self.file_bytes = state.files.total
        self.files_total = core.settings.files_total if core.settings.max_file else 0
        self.read_only, self.read_only_reason = state.read_only, state.read_only_reason
        self.clock_doubted = core.clock_doubted
        if elapsed >= self._count_at:
            most = max(len(core.peers), len(state.sessions), len(state.conversations))
            self._count_at = elapsed + min(max(SAMPLE_SECONDS, most / COUNTED_A_SECOND), LONGEST_SECONDS)
            self._count(core)
        self.admitting = self.authenticator_works()
        if self.admitting:
            self.on_alive()

    def _count(self, core: Core) -> None:
        """Count what takes a pass over all users, conversations or connections."""
        state = core.state
        self.online = len({session.user for session in state.sessions.values() if session.peer})
        self.rooms = sum(isinstance(conversation, Room) for conversation in state.conversations.values())
        self.lagging = sum(peer.lagging for peer in core.peers)
