"""One's own messages and what receipts have told of them."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

from client.core.events import Sent
from messages.events import Receipt
from messages.replies import Accepted, Error
from messages.requests import Send

_MOST = 1_000
_MOST_RECENT = 100


@dataclass(slots=True)
class _Log:
    """One's messages of one conversation by seq, how far others have confirmed, and whence they count."""

    sent: dict[int, Sent] = field(default_factory=dict)
    delivered: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    counted: tuple[int, int] = (0, 0)

    def reached(self, user: str, after: int, upto: int) -> list[Sent]:
        """Return the messages with `after < seq <= upto` that were for this user."""
        after = max(after, self.joined.get(user, 0))
        return [sent for seq, sent in self.sent.items() if after < seq <= upto]


class SentLog:
    """Messages that wait for the broker's answer, and the last accepted ones of each conversation."""

    def __init__(self) -> None:
        self._unaccepted: dict[str, Sent] = {}
        self._logs: defaultdict[str, _Log] = defaultdict(_Log)
        self._recent: deque[Sent] = deque(maxlen=_MOST_RECENT)

    @property
    def unaccepted(self) -> list[Sent]:
        """Those that the broker has neither accepted nor refused, oldest first."""
        return list(self._unaccepted.values())

    def recent(self, most: int) -> list[Sent]:
        """Return the last messages over all conversations, accepted or not, oldest first."""
        return [*self._recent, *self._unaccepted.values()][-most:]

    def add(self, request: Send) -> Sent:
        """Keep a message that is going to be sent."""
        sent = self._unaccepted[request.id] = Sent(request)
        return sent

    def awaits(self, request_id: str | None) -> bool:
        """Whether a message with this id waits for its answer."""
        return request_id in self._unaccepted

    def accepted(self, reply: Accepted) -> Sent:
        """Take the answer to a message that waits for it, and keep that to learn who gets it.

        Receipts may have come before: when it was accepted once, and the connection lost.
        """
        sent = self._unaccepted.pop(reply.re)
        sent.conversation, sent.seq, sent.recipients = reply.conversation, reply.seq, reply.recipients
        log = self._logs[sent.conversation]
        log.sent[sent.seq] = sent
        self._recent.append(sent)
        if len(log.sent) > _MOST:
            del log.sent[next(iter(log.sent))]
        for user, delivered in log.delivered.items():
            if log.joined.get(user, 0) < sent.seq <= delivered:
                sent.delivered_to.add(user)
        seq, count = log.counted
        if sent.seq <= seq:
            sent.counted = count
        return sent

    def refused(self, request_id: str, error: Error) -> Sent:
        """Take the refusal of a message that waits for its answer."""
        sent = self._unaccepted.pop(request_id)
        sent.error = error
        return sent

    def receipt(self, receipt: Receipt) -> list[Sent]:
        """Take a receipt, and return the messages of which it tells something new, in order."""
        log = self._logs[receipt.conversation]
        if receipt.user is None:
            return self._counted(log, receipt.delivered, receipt.count or 0)
        before = log.delivered.get(receipt.user, 0)
        if receipt.delivered <= before:
            return []
        log.delivered[receipt.user] = receipt.delivered
        log.joined[receipt.user] = receipt.after
        reached = log.reached(receipt.user, before, receipt.delivered)
        for sent in reached:
            sent.delivered_to.add(receipt.user)
        return reached

    def _counted(self, log: _Log, delivered: int, count: int) -> list[Sent]:
        log.counted = delivered, count
        reached = [sent for seq, sent in log.sent.items() if seq <= delivered and sent.counted < count]
        for sent in reached:
            sent.counted = count
        return reached

    def rename(self, old: str, new: str) -> None:
        """Take note that a user bears another name."""
        if f"@{old}" in self._logs:
            log = self._logs[f"@{new}"] = self._logs.pop(f"@{old}")
            for sent in log.sent.values():
                sent.conversation = f"@{new}"
        for log in self._logs.values():
            for table in (log.delivered, log.joined):
                if old in table:
                    table[new] = table.pop(old)
            for sent in log.sent.values():
                if old in sent.delivered_to:
                    sent.delivered_to.remove(old)
                    sent.delivered_to.add(new)

    def forget(self, conversation: str) -> None:
        """Forget a conversation: its seqs mean other messages from now on."""
        self._logs.pop(conversation, None)

    def clear(self) -> None:
        """Forget what was accepted: the seqs of another epoch mean other messages."""
        self._logs.clear()
