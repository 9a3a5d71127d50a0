"""Which entries of the conversations are about others or mention somebody, for the store in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice, takewhile

from broker.core.entries import MOST_MENTIONING
from broker.core.store import StoredMessage
from broker.store.threads import Threads


class Relations:
    """Seqs by conversation."""

    def __init__(self) -> None:
        self.amended: dict[str, int] = {}
        """The last amendments."""
        self.threads = Threads()
        self._mentioning: dict[str, deque[int]] = {}

    def add(self, message: StoredMessage) -> None:
        """Add a new entry that is about another or mentions somebody."""
        place, seq = message.conversation, message.seq
        if message.form.mentions:
            self._mentioning.setdefault(place, deque()).append(seq)
        if message.of:
            self.threads.add(place, seq, message.of, message.kind)
        if message.kind:
            self.amended[place] = seq

    def drop(self, first: StoredMessage) -> None:
        """Drop the first stored entry of a conversation."""
        self.threads.drop(first.conversation, first.seq)
        if (seqs := self._mentioning.get(first.conversation)) and seqs[0] == first.seq:
            seqs.popleft()

    def forget(self, conversation: str) -> None:
        """Forget a conversation."""
        self.threads.forget(conversation)
        self.amended.pop(conversation, None)
        self._mentioning.pop(conversation, None)

    def mentioning(self, conversation: str, after: int) -> Iterator[int]:
        """Return the messages after seq `after` that mentioned somebody once, the last MOST_MENTIONING."""
        latest = reversed(self._mentioning.get(conversation, ()))
        return islice(takewhile(lambda seq: seq > after, latest), MOST_MENTIONING)

    def last_mentioning(self) -> dict[str, int]:
        """Return the last messages that mentioned somebody once."""
        return {conversation: seqs[-1] for conversation, seqs in self._mentioning.items() if seqs}
