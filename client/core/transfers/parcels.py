"""Messages that wait for their files: each is sent when the broker has all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from msgspec.structs import replace

from client.core.events import ClientEvent, SendFailed, Sent
from client.core.files.upload import Upload
from client.core.sending.pending import PendingRequests
from client.core.sending.sentlog import SentLog
from client.core.transfers.transfers import Transfers
from messages.errors import ErrorCode
from messages.files import File
from messages.limits import MAX_TEXT
from messages.names import canonical_key
from messages.replies import Error


def names_text(names: Iterable[str]) -> str:
    """Return the text of a message for which a person wrote none: the files' names, each on a line."""
    return "\n".join(names)[:MAX_TEXT]


def file_text(files: Iterable[File]) -> str:
    """Do the same for the files of a message."""
    return names_text(file.name for file in files)


class Parcels:
    """The user's messages with files, until the broker has accepted them."""

    def __init__(
        self,
        pending: PendingRequests,
        sent_log: SentLog,
        events: deque[ClientEvent],
        transfers: Transfers,
    ) -> None:
        self._pending = pending
        self._sent_log = sent_log
        self._events = events
        self._transfers = transfers
        self._parcels: dict[str, Sent] = {}
        self._going: set[str] = set()

    @property
    def waiting(self) -> set[str]:
        """The ids of the messages whose files are not complete."""
        return self._parcels.keys() - self._going

    def waiting_to(self, conversation: str) -> set[str]:
        """Return the ids of those that wait and go to a conversation."""
        key = canonical_key(conversation)
        return {one for one in self.waiting if canonical_key(self._parcels[one].request.to) == key}

    def add(self, sent: Sent, uploads: Iterable[Upload]) -> None:
        """Keep a message until its files are complete."""
        sent.files = tuple(uploads)
        self._parcels[sent.request.id] = sent
        for upload in sent.files:
            if not upload.ended:
                self._transfers.add(upload)

    def advance(self) -> None:
        """Send the messages whose files are complete now; give up those with a file that failed."""
        for request_id in list(self.waiting):
            sent = self._parcels[request_id]
            error = next((upload.error for upload in sent.files if upload.error), None)
            if error:
                self._refuse(request_id, replace(error, re=request_id))
            elif all(upload.complete for upload in sent.files):
                self._going.add(request_id)
                sent.request = replace(sent.request, files=tuple(upload.id for upload in sent.files))
                self._pending.add(sent.request)

    def take_back(self, error: Error) -> bool:
        """Upload the files of a message again, if the broker has lost one. Return whether it does so."""
        request_id = error.re or ""
        if error.code is not ErrorCode.NO_SUCH_FILE or request_id not in self._going:
            return False
        self._pending.answered(request_id)
        self._going.discard(request_id)
        for upload in self._parcels[request_id].files:
            if upload.renew():
                self._transfers.add(upload)
        self.advance()
        return True

    def drop(self, ids: set[str], code: ErrorCode, why: str) -> None:
        """Give up messages that wait for their files."""
        for request_id in ids & self.waiting:
            self._refuse(request_id, Error(request_id, code, why, retryable=False))

    def ended(self, request_id: str | None) -> None:
        """Forget a message that was accepted or refused, and let go of its files."""
        sent = self._parcels.pop(request_id or "", None)
        self._going.discard(request_id or "")
        for upload in sent.files if sent else ():
            upload.fail("its message is not sent")
            upload.close()

    def _refuse(self, request_id: str, error: Error) -> None:
        self._events.append(SendFailed(self._sent_log.refused(request_id, error)))
        self.ended(request_id)
