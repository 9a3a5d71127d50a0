"""Which news of the user's messages a person is told: only what is unusual, or all."""

from __future__ import annotations

from client.core.events import ClientEvent, LoggedIn, Lost, SendAccepted, SendDelivered, Sent

LATE_SECONDS = 60.0
"""If nobody has received a message after this time, the person is told."""

_MOST = 1_000


class ReceiptNews:
    """Follows the receipts of accepted messages. Times are monotonic seconds.

    A person hears of a receipt if they were told that it was missing. Nothing is late while there is no
    connection, because then receipts cannot come either.
    """

    def __init__(self) -> None:
        self.all = False
        """Whether the person is told of each receipt."""
        self._due: dict[Sent, float] = {}
        self._told: dict[Sent, None] = {}
        self._connected = True

    def take(self, event: ClientEvent, now: float) -> Sent | None:
        """Take an event; return the message with the last receipt that is worth telling, None if none is."""
        match event:
            case Lost():
                self._connected = False
            case LoggedIn():
                self._connected = True
                kept = {} if event.new_log else self._due
                self._due = dict.fromkeys(kept, now + LATE_SECONDS)
            case SendAccepted(sent, _):
                self._accepted(sent, now)
            case SendDelivered(sents):
                return self._reached(sents)
        return None

    def _accepted(self, sent: Sent, now: float) -> None:
        if sent.recipient_offline:  # the person is told so at once
            self._told[sent] = None
        elif sent.recipients and not sent.delivered:
            self._due[sent] = now + LATE_SECONDS
        for table in (self._told, self._due):
            if len(table) > _MOST:
                del table[next(iter(table))]

    def _reached(self, sents: list[Sent]) -> Sent | None:
        news = None
        for sent in sents:
            self._due.pop(sent, None)
            if sent in self._told:
                del self._told[sent]
                news = sent
        return sents[-1] if self.all else news

    def take_late(self, now: float) -> list[list[Sent]]:
        """Return the messages that nobody has received in time, by conversation; each once."""
        if not self._connected:
            return []
        late: dict[str, list[Sent]] = {}
        for sent in [sent for sent, due in self._due.items() if due <= now]:
            del self._due[sent]
            self._told[sent] = None
            late.setdefault(sent.conversation, []).append(sent)
        return list(late.values())

    def late_in(self, now: float) -> float:
        """Return in how many seconds the next message may be late; infinity if none can be."""
        return next((max(due - now, 0.0) for due in self._due.values()), float("inf"))
