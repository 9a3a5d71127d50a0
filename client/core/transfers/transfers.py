"""All files on their way: uploads one after another, and beside them downloads one after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from client.core.events import ClientEvent
from client.core.files.download import Download
from client.core.files.transfer import Transfer, TransferEnded, TransferMoved
from client.core.files.upload import Upload
from client.core.sending.pending import PendingRequests
from client.core.sending.rate_limit import is_retryable, pause_of
from messages.base import Request
from messages.replies import AnyReply, Error

MOVED_SECONDS = 0.2
"""The least time between two `TransferMoved` of a transfer."""

_CHECK_SECONDS = 1.0
_NEVER = float("inf")


class Transfers:
    """Gives the requests of transfers, and takes their answers. Times are monotonic seconds."""

    def __init__(
        self, new_id: Callable[[], str], pending: PendingRequests, events: deque[ClientEvent]
    ) -> None:
        self.new_id = new_id
        self.max_file: int | None = None
        self._pending = pending
        self._events = events
        self._uploads: list[Upload] = []
        self._downloads: list[Download] = []
        self._told: dict[Transfer, float] = {}

    def __bool__(self) -> bool:
        return bool(self._uploads or self._downloads)

    @property
    def going(self) -> list[Transfer]:
        """All that have not ended, the active ones first."""
        return [*self._uploads[:1], *self._downloads[:1], *self._uploads[1:], *self._downloads[1:]]

    @property
    def downloads(self) -> int:
        """The number of downloads that have not ended."""
        return len(self._downloads)

    def add(self, transfer: Upload | Download) -> None:
        """Queue a transfer."""
        if isinstance(transfer, Upload):
            transfer.max_file = self.max_file
            self._uploads.append(transfer)
        else:
            self._downloads.append(transfer)

    def set_limit(self, max_file: int) -> None:
        """Set how large a file may be."""
        self.max_file = max_file
        for upload in self._uploads:
            upload.max_file = max_file

    def stop_all(self, why: str) -> None:
        """End all transfers."""
        for transfer in self.going:
            transfer.fail(why)
        self._sweep()

    # The session

    def due(self, now: float) -> Iterator[Request]:
        """Do a slice of the work on the disk, and yield the requests to send now."""
        for transfer in [*self._uploads[:1], *self._downloads[:1]]:
            transfer.work()
            while transfer.wants(now):
                if not self._pending.rate_limit.take_cost(transfer.cost, now):
                    break
                if (request := transfer.request(now)) is not None:
                    yield request
            self._tell(transfer, now)
        self._sweep()

    def due_in(self, now: float) -> float:
        """Return in how many seconds `due` has something to do, if nothing happens before."""
        least = _NEVER
        for transfer in [*self._uploads[:1], *self._downloads[:1]]:
            pause = max(transfer.paused_until, self._pending.paused_until) - now
            if pause > 0:
                least = min(least, pause)
            elif transfer.has_work:
                return 0.0
            elif transfer.wants(now):
                least = min(least, self._pending.rate_limit.ready_in(transfer.cost, now))
            else:
                least = min(least, _CHECK_SECONDS)
        return least

    def receive(self, reply: AnyReply, now: float) -> bool:
        """Take the answer to a request of a transfer; return whether it was one."""
        transfer = next((one for one in self.going[:2] if one.awaits(reply.re)), None)
        if transfer is None:
            return False
        if isinstance(reply, Error):
            transfer.refuse(reply, now + pause_of(reply) if is_retryable(reply) else None)
        else:
            transfer.take(reply, now)
        self._tell(transfer, now)
        self._sweep()
        return True

    def connection_lost(self) -> None:
        """Ask again on the next connection for what is in flight."""
        for transfer in self.going:
            transfer.connection_lost()

    def _tell(self, transfer: Transfer, now: float) -> None:
        if not transfer.ended and now - self._told.get(transfer, float("-inf")) >= MOVED_SECONDS:
            self._told[transfer] = now
            self._events.append(TransferMoved(transfer))

    def _sweep(self) -> None:
        """Drop the transfers that have ended, and tell of them."""
        ended: list[Transfer] = [one for one in self.going if one.ended]
        for transfer in ended:
            self._told.pop(transfer, None)
            self._events.append(TransferEnded(transfer))
        if ended:
            self._uploads = [one for one in self._uploads if not one.ended]
            self._downloads = [one for one in self._downloads if not one.ended]
