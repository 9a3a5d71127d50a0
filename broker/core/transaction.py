"""Storing what a batch wrote. If the store fails, everything is undone and the requests are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from broker.core.context import Context
from broker.core.delivery.lagging import wake
from broker.core.execution.refusals import answer, become_read_only, unavailable
from broker.core.memory.model import Peer
from broker.core.outbox import Delivery, LogEntry, LogEvent
from broker.core.store import Commit, StoreError
from messages.base import Request
from messages.replies import Error

_KEPT_EVENTS = {
    LogEvent.FAULT,
    LogEvent.REFUSED,
    LogEvent.LAGGING,
    LogEvent.FLOODING,
    LogEvent.CONNECTION_LIMIT,
}
"""Log entries about these stay true if a batch could not be stored."""


class Transaction:
    """What was done since the last commit, so that it can be stored or undone as a whole."""

    def __init__(self, context: Context, commit: Commit) -> None:
        self.requests: list[tuple[Peer, Sequence[Request] | Error]] = []
        """The requests of each peer, or an error that the peer gets even if the store fails."""
        self.woken: list[Peer] = []
        """Peers that lagged and are sent to again."""
        self._context = context
        self._commit = commit
        self._settled = (0, 0)

    def answer(self, peer: Peer, reply: Error) -> None:
        """Send a reply that holds whether or not the batch can be stored."""
        self.requests.append((peer, reply))
        self._context.outbox.send((peer,), reply)

    def store(self) -> None:
        """Commit the journal. If that fails, undo it and refuse the requests."""
        try:
            self.commit()
        except StoreError as error:
            self._take_back(error)
        else:
            self.settle()

    def commit(self) -> None:
        """Commit the journal, if it holds anything. If that fails, raise StoreError and change nothing."""
        if self._context.state.journal:
            self._commit(self._context.state.journal)

    def carry_out(self, work: Callable[[], bool]) -> bool:
        """Do some work and commit it, or undo it and raise StoreError. Return what it returns."""
        state, outbox = self._context.state, self._context.outbox
        mark = outbox.mark()
        try:
            result = work()
            self.commit()
        except StoreError:
            state.revert()
            outbox.revert(mark)
            raise
        self.settle()
        return result

    def settle(self) -> None:
        """Make all changes final."""
        self._context.state.settle()
        self.requests.clear()
        self.woken.clear()
        self._settled = self._context.outbox.mark()

    def finish(self) -> tuple[list[Delivery], list[LogEntry]]:
        """End a batch whose journal is stored, and return what may be sent and logged."""
        if self.requests or self.woken or self._context.state.changes.mark():
            self.settle()
        self._settled = (0, 0)
        self._context.transfers.clean(self._context.state.files)
        return self._context.outbox.take()

    def _take_back(self, error: StoreError) -> None:
        """Undo what could not be stored, and tell the peers to try again."""
        state, outbox = self._context.state, self._context.outbox
        state.revert()
        kept = [entry for entry in outbox.log_entries[self._settled[1] :] if entry.event in _KEPT_EVENTS]
        outbox.revert(self._settled)
        outbox.log_entries += kept
        become_read_only(self._context, error)
        for peer in self.woken:
            wake(self._context, peer)
        refusal = unavailable(error.reason)
        for peer, requests in self.requests:
            if isinstance(requests, Error):
                outbox.send((peer,), requests)
            else:
                outbox.send_all((peer,), [answer(request.id, refusal) for request in requests])
        self.settle()
