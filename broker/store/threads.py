"""What answers or amends each message, for the store in memory."""

from __future__ import annotations

from itertools import islice

from broker.core.entries import EntryKind
from broker.core.store import MOST_IN_THREAD


class Threads:
    """The seqs of answers and amendments, by conversation and by the message that they are about."""

    def __init__(self) -> None:
        self._about: dict[str, dict[int, dict[str, list[int]]]] = {}  # by kind

    def add(self, conversation: str, seq: int, of: int, kind: str) -> None:
        """Add an entry that is about another one."""
        about = self._about.setdefault(conversation, {}).setdefault(of, {})
        about.setdefault(kind, []).append(seq)

    def drop(self, conversation: str, seq: int) -> None:
        """Forget what is about a message. All of it comes after the message, and can still be there."""
        self._about.get(conversation, {}).pop(seq, None)

    def forget(self, conversation: str) -> None:
        """Forget a conversation."""
        self._about.pop(conversation, None)

    def of(self, conversation: str, root: int) -> list[int]:
        """Return the seqs of a thread in order, MOST_IN_THREAD at most: messages come before amendments."""
        about = self._about.get(conversation, {})
        found = [root]
        for message in found:  # it grows
            room = MOST_IN_THREAD - len(found)
            found += about.get(message, {}).get(EntryKind.MESSAGE, ())[:room]
        messages = found.copy()
        for kind in sorted(EntryKind)[1:]:
            amendments = (seq for one in messages for seq in about.get(one, {}).get(kind, ()))
            found += islice(amendments, MOST_IN_THREAD - len(found))
        return sorted(found)
