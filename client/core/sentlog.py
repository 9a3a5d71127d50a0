"""One's own messages and what receipts have told of them."""

from __future__ import annotations

from collections import defaultdict, deque

from client.core.events import Sent
from messages.events import Receipt

_MOST = 1_000


class SentLog:
    """The last accepted messages of each conversation, by seq."""

    def __init__(self) -> None:
        self._sent: defaultdict[str, dict[int, Sent]] = defaultdict(dict)
        self._delivered: dict[tuple[str, str], int] = {}
        self._recent: deque[Sent] = deque(maxlen=100)

    def accepted(self, sent: Sent) -> None:
        """Keep a message that has its seq, to learn who gets it."""
        log = self._sent[sent.conversation]
        log[sent.seq] = sent
        self._recent.append(sent)
        if len(log) > _MOST:
            del log[next(iter(log))]

    def recent(self, most: int) -> list[Sent]:
        """Return the last messages over all conversations, oldest first."""
        return list(self._recent)[-most:]

    def receipt(self, receipt: Receipt) -> list[Sent]:
        """Take a receipt, and return the messages of which it tells something new, in order."""
        log = self._sent[receipt.conversation]
        if receipt.user is None:
            return self._counted(log, receipt)
        before = self._delivered.get((receipt.conversation, receipt.user), 0)
        self._delivered[receipt.conversation, receipt.user] = max(before, receipt.delivered)
        reached = [sent for seq, sent in log.items() if before < seq <= receipt.delivered]
        for sent in reached:
            sent.delivered_to.add(receipt.user)
        return reached

    def _counted(self, log: dict[int, Sent], receipt: Receipt) -> list[Sent]:
        count = receipt.count or 0
        reached = [s for seq, s in log.items() if seq <= receipt.delivered and s.counted < count]
        for sent in reached:
            sent.counted = count
        return reached

    def rename(self, old: str, new: str) -> None:
        """Take note that a direct conversation goes by another name."""
        if old in self._sent:
            self._sent[new] = self._sent.pop(old)

    def clear(self) -> None:
        """Forget all: the seqs of another epoch mean other messages."""
        self._sent.clear()
        self._delivered.clear()
