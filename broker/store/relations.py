"""Which entries of the conversations are about others or mention somebody, for the store in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice, takewhile

from broker.core.entries import MOST_MENTIONING
from broker.core.store import MOST_IN_THREAD, StoredMessage


class Relations:
    """Seqs by conversation."""

    def __init__(self) -> None:
        self.amended: dict[str, int] = {}
        """The last amendments."""
        self._about: dict[str, dict[int, list[int]]] = {}  # answers and amendments, by message
        self._mentioning: dict[str, deque[int]] = {}

    def add(self, message: StoredMessage) -> None:
        """Add a new entry that is about another or mentions somebody."""
        place, seq = message.conversation, message.seq
        if message.form.mentions:
            self._mentioning.setdefault(place, deque()).append(seq)
        if message.of:
            self._about.setdefault(place, {}).setdefault(message.of, []).append(seq)
        if message.kind:
            self.amended[place] = seq

    def drop(self, first: StoredMessage) -> None:
        """Drop the first stored entry of a conversation."""
        self._about.get(first.conversation, {}).pop(first.seq, None)
        if (seqs := self._mentioning.get(first.conversation)) and seqs[0] == first.seq:
            seqs.popleft()

    def forget(self, conversation: str) -> None:
        """Forget a conversation."""
        for table in (self.amended, self._about, self._mentioning):
            table.pop(conversation, None)

    def thread(self, conversation: str, seq: int, is_message: Callable[[int], bool]) -> set[int]:
        """Return an entry and all that are about it, directly or not, about MOST_IN_THREAD at most."""
        about, found, waiting = self._about.get(conversation, {}), {seq}, [seq]
        while waiting and len(found) < MOST_IN_THREAD:
            for one in about.get(waiting.pop(), ()):
                found.add(one)
                if is_message(one):
                    waiting.append(one)
        return found

    def mentioning(self, conversation: str, after: int) -> Iterator[int]:
        """Return the messages after seq `after` that mentioned somebody once, the last MOST_MENTIONING."""
        latest = reversed(self._mentioning.get(conversation, ()))
        return islice(takewhile(lambda seq: seq > after, latest), MOST_MENTIONING)

    def last_mentioning(self) -> dict[str, int]:
        """Return the last messages that mentioned somebody once."""
        return {conversation: seqs[-1] for conversation, seqs in self._mentioning.items() if seqs}
