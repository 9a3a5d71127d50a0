"""What the broker cannot take now: requests that are sent again, and what the person is told of it."""

from __future__ import annotations

from collections import deque

from client.core.events import ClientEvent, Outage, SendFailed, Slowed
from client.core.sending.pending import PendingRequests
from client.core.sending.rate_limit import RETRY_SECONDS, pause_of
from client.core.sending.sentlog import SentLog
from messages.errors import ErrorCode
from messages.replies import Error

SLOWED_SECONDS = 60.0
"""The least time between two `Slowed` events."""


class Trouble:
    """Outages of the broker, and requests that came too fast."""

    def __init__(self, pending: PendingRequests, sent_log: SentLog, events: deque[ClientEvent]) -> None:
        self._pending = pending
        self._sent_log = sent_log
        self._events = events
        self._outage = False
        self._slowed_at = float("-inf")

    def accepted(self) -> None:
        """Record that the broker stores messages."""
        if self._outage:
            self._outage = False
            self._events.append(Outage(over=True))

    def slow_down(self, error: Error, now: float) -> None:
        """Send more slowly, because the broker asks for it."""
        self._pending.slow_down(error.re or "", now + pause_of(error))
        if now - self._slowed_at >= SLOWED_SECONDS:
            self._slowed_at = now
            self._events.append(Slowed())

    def send_refused(self, request_id: str, error: Error, now: float) -> None:
        """Take the refusal of a message. It is sent again if it was refused for now only."""
        if not error.retryable:
            self._pending.answered(request_id)
            self._events.append(SendFailed(self._sent_log.refused(request_id, error)))
            return
        self._pending.pause(request_id, now + RETRY_SECONDS)
        if error.code is ErrorCode.UNAVAILABLE and not self._outage:
            self._outage = True
            text = error.text if error.text != error.code.sentence else ""
            self._events.append(Outage(over=False, text=text))
