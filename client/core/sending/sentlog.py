"""The user's own messages, and their receipts."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from client.core.events import EarlierDelivered, SendDelivered, Sent
from messages.events import Position, Receipt
from messages.replies import Accepted, Error
from messages.requests import Send

_MOST = 1_000
_MOST_RECENT = 100


@dataclass(slots=True)
class _Log:
    """The user's messages in one conversation by seq, and the cursors of others.

    `joined`: the seq after which messages are for a user. `counted`: a seq, and how many users have received
    and read the messages up to it. `begun`: the last seq when this client first knew the conversation.
    """

    sent: dict[int, Sent] = field(default_factory=dict)
    delivered: dict[str, int] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    counted: tuple[int, int, int] = (0, 0, 0)
    begun: int = 0

    def take(self, receipt: Receipt, user: str) -> list[Sent] | None:
        """Record a user's cursors; return the messages that they passed, None if no cursor moved."""
        had, had_read = self.cursors(user)
        has = self.delivered[user] = max(had, receipt.delivered)
        has_read = self.read[user] = max(had_read, min(receipt.read, receipt.delivered))
        self.joined[user] = receipt.after
        if (had, had_read) == (has, has_read):
            return None
        return [sent for seq, sent in self.sent.items() if had < seq <= has or had_read < seq <= has_read]

    def cursors(self, user: str) -> tuple[int, int]:
        """Return up to where a user has received and read the messages."""
        return self.delivered.get(user, 0), self.read.get(user, 0)

    def is_earlier(self, user: str, had: tuple[int, int]) -> bool:
        """Whether a cursor has moved over entries from before this client knew the conversation."""
        return any(old < min(new, self.begun) for old, new in zip(had, self.cursors(user), strict=True))

    def mark(self, sent: Sent, user: str) -> bool:
        """Apply a user's cursors to a message; return whether they change it."""
        delivered_before, read_before = user in sent.delivered_to, user in sent.read_by
        after = self.joined.get(user, 0)
        if after < sent.seq <= self.delivered.get(user, 0):
            sent.delivered_to.add(user)
        if after < sent.seq <= self.read.get(user, 0):
            sent.read_by.add(user)
        return (user in sent.delivered_to) > delivered_before or (user in sent.read_by) > read_before

    def count(self, sent: Sent) -> bool:
        """Apply the counts of a large room to a message; return whether they change it."""
        before = sent.counted, sent.readers
        seq, count, readers = self.counted
        if sent.seq <= seq:
            sent.counted, sent.readers = max(sent.counted, count), max(sent.readers, readers)
        return before != (sent.counted, sent.readers)


class SentLog:
    """Messages without a reply yet, and the last accepted ones of each conversation."""

    def __init__(self) -> None:
        self._unaccepted: dict[str, Sent] = {}
        self._logs: defaultdict[str, _Log] = defaultdict(_Log)
        self._recent: deque[Sent] = deque(maxlen=_MOST_RECENT)

    @property
    def unaccepted(self) -> list[Sent]:
        """The messages that the broker has neither accepted nor refused, oldest first."""
        return list(self._unaccepted.values())

    def recent(self, most: int) -> list[Sent]:
        """Return the last messages over all conversations, accepted or not, oldest first."""
        return [*self._recent, *self._unaccepted.values()][-most:]

    def add(self, request: Send) -> Sent:
        """Keep a message to be sent."""
        sent = self._unaccepted[request.id] = Sent(request)
        return sent

    def awaits(self, request_id: str | None) -> bool:
        """Whether a message with this id has no reply yet."""
        return request_id in self._unaccepted

    def recipient(self, request_id: str) -> str:
        """Return the user whom an unaccepted direct message is for."""
        return self._unaccepted[request_id].request.to[1:]

    def accepted(self, reply: Accepted) -> Sent:
        """Take the reply to a message, and keep the message for its receipts.

        Receipts can come first, if the broker had accepted it but the connection was lost.
        """
        sent = self._unaccepted.pop(reply.re)
        sent.conversation, sent.seq, sent.recipients = reply.conversation, reply.seq, reply.recipients
        sent.recipient_offline = reply.recipient_offline
        log = self._logs[sent.conversation]
        log.sent[sent.seq] = sent
        self._recent.append(sent)
        if len(log.sent) > _MOST:
            del log.sent[next(iter(log.sent))]
        for user in log.delivered:
            log.mark(sent, user)
        log.count(sent)
        return sent

    def refused(self, request_id: str, error: Error) -> Sent:
        """Take the refusal of a message."""
        sent = self._unaccepted.pop(request_id)
        sent.error = error
        return sent

    def begin(self, positions: Iterable[Position]) -> None:
        """Note where conversations end that are told at a login: what is before was sent earlier."""
        for position in positions:
            if position.conversation not in self._logs:
                self._logs[position.conversation].begun = position.head

    def receipt(self, receipt: Receipt) -> SendDelivered | EarlierDelivered | None:
        """Take a receipt, and return the event for its news, None if there are none."""
        log, user = self._logs[receipt.conversation], receipt.user
        if user is None:
            log.counted = receipt.delivered, receipt.count or 0, receipt.readers
            counted = [sent for sent in log.sent.values() if log.count(sent)]
            return SendDelivered(counted) if counted else None
        had = log.cursors(user)
        passed = log.take(receipt, user)
        if passed is None:
            return None
        reached = [sent for sent in passed if log.mark(sent, user)]
        if reached:
            return SendDelivered(reached)
        if receipt.conversation.startswith("@") and log.is_earlier(user, had):
            return EarlierDelivered(user, *log.cursors(user))
        return None

    def rename(self, old: str, new: str) -> None:
        """Record a user's new name."""
        if f"@{old}" in self._logs:
            log = self._logs[f"@{new}"] = self._logs.pop(f"@{old}")
            for sent in log.sent.values():
                sent.conversation = f"@{new}"
        for log in self._logs.values():
            for table in (log.delivered, log.read, log.joined):
                if old in table:
                    table[new] = table.pop(old)
            for sent in log.sent.values():
                for users in (sent.delivered_to, sent.read_by):
                    if old in users:
                        users.remove(old)
                        users.add(new)

    def forget(self, conversation: str) -> None:
        """Forget a conversation, because its seqs belong to other messages now."""
        self._logs.pop(conversation, None)
        kept = (sent for sent in self._recent if sent.conversation != conversation)
        self._recent = deque(kept, maxlen=_MOST_RECENT)

    def clear(self) -> None:
        """Forget the accepted messages, because the seqs of another epoch belong to other messages."""
        self._logs.clear()
        self._recent.clear()

    def beyond(self, heads: Mapping[str, int]) -> int:
        """Return how many accepted messages are beyond these heads of the log."""
        return sum(seq > heads.get(name, 0) for name, log in self._logs.items() for seq in log.sent)
