"""What uploads and downloads have in common: how far they are, what is in flight, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from client.core.files.ports import FileTrouble
from client.core.files.window import Window
from messages.base import Request
from messages.errors import ErrorCode
from messages.replies import AnyReply, Error

SLICE = 1 << 20
"""Bytes that are hashed at once; between two of these the session does other things."""

ANSWER_SECONDS = 30.0
"""After this time without an answer, what is in flight is asked for again."""

MOST_SETBACKS = 8
"""Failures in a row, without any progress between them, after which a transfer ends."""


OTHER_ANSWER = "the broker gave another answer than it should; tell the operator"
"""The sentence for an answer that is not as docs/protocol.md has it."""


@dataclass(frozen=True, slots=True)
class Range:
    """A request in flight: the bytes that it is about, and when it was sent."""

    offset: int
    length: int
    at: float


class Transfer:
    """One file on its way. A view reads it, and is told of it by `TransferMoved` and `TransferEnded`."""

    cost = 1.0
    """What its largest request costs, in requests of the broker's rate."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self.name = ""
        """The file's name; a peer may have chosen it, so it is not neutralised."""
        self.size = 0
        self.done = 0
        """Bytes that have arrived, also in earlier tries."""
        self.complete = False
        self.error: Error | None = None
        """Why it failed for good; None if it did not."""
        self.waits = ""
        """Why the broker cannot go on with it now; empty if it can."""
        self._new_id = new_id
        self._hash = sha256()
        self._hashed = 0
        self._asked: dict[str, Range] = {}
        self._window = Window()
        self._paused_until = 0.0
        self._setbacks = 0
        self._furthest = 0

    @property
    def ended(self) -> bool:
        """Whether it is complete, or failed for good."""
        return self.complete or self.error is not None

    @property
    def percent(self) -> int:
        """How much is done; 100 only at the end."""
        return 100 if self.complete else min(99, 100 * self.done // max(self.size, 1))

    @property
    def progress(self) -> int:
        """A number that changes as long as anything moves, also while a file is only read."""
        return self.done + self._hashed

    def awaits(self, request_id: str | None) -> bool:
        """Whether a request with this id is in flight."""
        return request_id in self._asked

    # What the owner calls

    def work(self) -> None:
        """Hash the next slice of what is on the disk, if there is one."""
        try:
            if self.has_work:
                self._work()
        except FileTrouble as trouble:
            self.fail(str(trouble))

    @property
    def has_work(self) -> bool:
        """Whether `work` has something to do now."""
        return not self.ended and self._has_work()

    def wants(self, now: float) -> bool:
        """Whether there is a request to send now."""
        if self.ended or now < self._paused_until:
            return False
        if any(now - one.at > ANSWER_SECONDS for one in self._asked.values()):
            self.connection_lost()
        return self._wants()

    def request(self, now: float) -> Request | None:
        """Return the next request, which counts as sent; None if the disk fails."""
        try:
            return self._request(now)
        except FileTrouble as trouble:
            self.fail(str(trouble))
            return None

    def take(self, reply: AnyReply, now: float) -> None:
        """Take the answer to a request in flight."""
        asked = self._asked.pop(reply.re or "")
        self._window.answered(now - asked.at)
        self.waits = ""
        try:
            self._take(reply, asked)
        except FileTrouble as trouble:
            self.fail(str(trouble))
        if self.done > self._furthest:
            self._furthest, self._setbacks = self.done, 0

    def refuse(self, error: Error, again_at: float | None) -> None:
        """Take the refusal of a request in flight. It may be sent again at a time; None: not at all."""
        asked = self._asked.pop(error.re or "")
        if again_at is not None:
            self._paused_until = max(self._paused_until, again_at)
            self.waits = "" if error.code is ErrorCode.TOO_MANY_REQUESTS else error.text
            self._again(asked, error)
        elif not self._recovers(asked, error):
            self.fail(error.text, error.code)

    def connection_lost(self) -> None:
        """Forget what is in flight, to ask for it again."""
        raise NotImplementedError

    def fail(self, why: str, code: ErrorCode = ErrorCode.INVALID) -> None:
        """End it for good. What has arrived is kept for another try."""
        if not self.ended:
            self.error = Error("", code, why, retryable=False)
            self._asked.clear()
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        raise NotImplementedError

    @property
    def paused_until(self) -> float:
        """Nothing is sent before this time."""
        return self._paused_until

    # For the two kinds

    def _has_work(self) -> bool:
        raise NotImplementedError

    def _work(self) -> None:
        raise NotImplementedError

    def _wants(self) -> bool:
        raise NotImplementedError

    def _request(self, now: float) -> Request:
        raise NotImplementedError

    def _take(self, reply: AnyReply, asked: Range) -> None:
        raise NotImplementedError

    def _again(self, asked: Range, error: Error) -> None:
        """Ask for a range again later."""
        raise NotImplementedError

    def _recovers(self, asked: Range, error: Error) -> bool:
        """Return whether it goes on after an error that is not retryable."""
        raise NotImplementedError

    def _set_back(self, why: str, code: ErrorCode = ErrorCode.INTERNAL) -> bool:
        """Count a failure; end the transfer after too many. Return whether it goes on."""
        self._setbacks += 1
        if self._setbacks > MOST_SETBACKS:
            self.fail(why, code)
        return not self.ended


@dataclass(frozen=True, slots=True)
class TransferMoved:
    """A transfer has made progress, or waits for the broker. Not told of each chunk."""

    transfer: Transfer


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """A transfer is complete, or failed for good."""

    transfer: Transfer
