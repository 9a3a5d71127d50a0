"""Receipts gathered for a moment, so that several become one line."""

from __future__ import annotations

from client.core.events import Sent

GATHER_SECONDS = 0.3
"""Receipts that come within this time are written as one line."""


class Progress:
    """The last message of each conversation with receipts not written yet."""

    def __init__(self) -> None:
        self._sent: dict[str, Sent] = {}
        self._due = 0.0

    def __bool__(self) -> bool:
        return bool(self._sent)

    def add(self, sent: Sent, now: float) -> None:
        """Record a receipt. If all recipients have the message, it is due at once."""
        if not self._sent:
            self._due = now + GATHER_SECONDS
        self._sent[sent.conversation] = sent
        if sent.delivered >= sent.recipients:
            self._due = now

    def take(self, now: float) -> list[Sent]:
        """Return the messages whose receipts are due now."""
        if not self._sent or now < self._due:
            return []
        due = list(self._sent.values())
        self._sent.clear()
        return due
