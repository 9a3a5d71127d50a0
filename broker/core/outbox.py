"""The deliveries and log entries that wait for the batch to be committed."""

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


_new = tuple.__new__  # half of the time that a NamedTuple's own constructor takes


class LogEvent(StrEnum):
    """The kinds of entries in the operator's log."""

    LOGIN = "login"
    RESUME = "resume"
    LEAVE = "leave"
    MESSAGE = "message"
    COMMAND = "command"
    REFUSED = "refused"
    LAGGING = "lagging"
    FLOODING = "flooding"
    CONNECTION_LIMIT = "connection-limit"
    CONNECTIONS = "connections"
    FAULT = "fault"
    STORE_FAILED = "store-failed"
    STORE_RECOVERED = "store-recovered"
    FORGOTTEN = "forgotten"
    PRUNED = "pruned"
    DROPPED = "dropped"
    CONNECTIONS_SCARCE = "connections-scarce"
    CONNECTIONS_ENOUGH = "connections-enough"
    AUTHENTICATOR_DOWN = "authenticator-down"
    AUTHENTICATOR_UP = "authenticator-up"
    CLOCK_DOUBTED = "clock-doubted"
    CLOCK_TRUSTED = "clock-trusted"
    AUDIT = "audit"
    FILES_LOST = "files-lost"


class LogEntry(NamedTuple):
    """An entry of the operator's log; `fields` are its details, by name."""

    event: LogEvent
    fields: Mapping[str, object]
    error: BaseException | None = None


@dataclass(slots=True)
class Outbox:
    """Deliveries and log entries, in order. If a request or a commit fails, what it wrote is taken out."""

    deliveries: list[Delivery] = field(default_factory=list)
    log_entries: list[LogEntry] = field(default_factory=list)

    def send(self, peers: tuple[Peer, ...], document: Document, but: Peer | None = None) -> None:
        """Send a document to peers."""
        if peers:
            self.deliveries.append(_new(Delivery, (peers, (document,), but)))

    def send_all(
        self, peers: tuple[Peer, ...], documents: Sequence[Document], but: Peer | None = None
    ) -> None:
        """Send several documents of one type to peers."""
        if peers:
            self.deliveries.append(_new(Delivery, (peers, documents, but)))

    def log(self, event: LogEvent, /, error: BaseException | None = None, **fields: object) -> None:
        """Add an entry to the operator's log."""
        self.log_entries.append(LogEntry(event, fields, error))

    def mark(self) -> tuple[int, int]:
        """Return a mark for `revert`."""
        return len(self.deliveries), len(self.log_entries)

    def revert(self, mark: tuple[int, int]) -> None:
        """Take out everything written since `mark`."""
        del self.deliveries[mark[0] :]
        del self.log_entries[mark[1] :]

    def take(self) -> tuple[list[Delivery], list[LogEntry]]:
        """Return everything, and empty the outbox."""
        taken = self.deliveries, self.log_entries
        self.deliveries, self.log_entries = [], []
        return taken
