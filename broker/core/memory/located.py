"""Where the entries of a batch are, so that one of them can be found by its conversation and seq."""

from __future__ import annotations

from collections.abc import Sequence

from broker.core.store import Entry, StoredMessage


class Located:
    """The messages and amendments of a journal by place. A journal in which nobody looks costs nothing."""

    def __init__(self, journal: Sequence[Entry]) -> None:
        self._journal = journal
        self._known = 0  # entries of the journal that are in `_by_place`
        self._by_place: dict[tuple[str, int], StoredMessage] = {}

    def find(self, conversation: str, seq: int) -> StoredMessage | None:
        """Return the entry of the journal with this seq, or None."""
        if self._known < len(self._journal):
            for entry in self._journal[self._known :]:
                if type(entry) is StoredMessage:
                    self._by_place[entry.conversation, entry.seq] = entry
            self._known = len(self._journal)
        return self._by_place.get((conversation, seq))

    def forget(self, mark: int) -> None:
        """Forget the entries of the journal after a mark. Call it before they are deleted there."""
        if self._known <= mark:  # the usual case
            return
        for entry in self._journal[mark : self._known]:
            if type(entry) is StoredMessage:
                del self._by_place[entry.conversation, entry.seq]
        self._known = mark
