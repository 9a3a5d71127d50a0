"""What must be sent and logged once the batch is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from broker.core.memory.model import Peer
from messages.documents import Document


class Delivery(NamedTuple):
    """Documents of one type for some peers, without the one in `but`."""

    peers: tuple[Peer, ...]
    documents: Sequence[Document]
    but: Peer | None


class LogEvent(StrEnum):
    """What the operator's log tells."""

    LOGIN = "login"
    RESUME = "resume"
    LEAVE = "leave"
    MESSAGE = "message"
    COMMAND = "command"
    REFUSED = "refused"
    LAGGING = "lagging"
    FLOODING = "flooding"
    CROWDED = "crowded"
    CONNECTIONS = "connections"
    FAULT = "fault"
    STORE_FAILED = "store-failed"
    STORE_HEALED = "store-healed"
    FORGOTTEN = "forgotten"
    PRUNED = "pruned"
    DROPPED = "dropped"
    SHUT = "shut"
    OPEN_AGAIN = "open-again"
    AUDIT = "audit"


class Note(NamedTuple):
    """A line for the operator's log; `fields` hold what it is about."""

    event: LogEvent
    fields: Mapping[str, object]
    error: BaseException | None = None


@dataclass(slots=True)
class Outbox:
    """Deliveries and notes in order. What a failed request or commit wrote is taken out again."""

    deliveries: list[Delivery] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def tell(self, peers: tuple[Peer, ...], document: Document, but: Peer | None = None) -> None:
        """Send a document to peers."""
        if peers:
            self.deliveries.append(Delivery(peers, (document,), but))

    def tell_all(
        self, peers: tuple[Peer, ...], documents: Sequence[Document], but: Peer | None = None
    ) -> None:
        """Send several documents of one type to peers."""
        if peers:
            self.deliveries.append(Delivery(peers, documents, but))

    def note(self, event: LogEvent, /, error: BaseException | None = None, **fields: object) -> None:
        """Write a line into the operator's log."""
        self.notes.append(Note(event, fields, error))

    def mark(self) -> tuple[int, int]:
        """Return a point to which `revert` can go back."""
        return len(self.deliveries), len(self.notes)

    def revert(self, mark: tuple[int, int]) -> None:
        """Take out everything written since `mark`."""
        del self.deliveries[mark[0] :]
        del self.notes[mark[1] :]

    def take(self) -> tuple[list[Delivery], list[Note]]:
        """Return everything and be empty."""
        taken = self.deliveries, self.notes
        self.deliveries, self.notes = [], []
        return taken
