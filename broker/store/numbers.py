"""Where the messages of a conversation are, for the store in memory."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from messages.limits import MAX_SEQ


class Numbers:
    """The numbers of a conversation's stored messages by seq, 8 bytes each: no seq is left out.

    `first` is the seq of the first stored message, or if there is none, that of the next one.
    """

    __slots__ = ("_all", "_dropped", "append", "first")

    def __init__(self, first: int) -> None:
        self.first = first
        self._all = array("Q")
        self._dropped = 0
        """So many at the beginning of `_all` belong to dropped messages."""
        self.append = self._all.append
        """Append the number of the next message."""

    @property
    def head(self) -> int:
        """The seq of the last message that there ever was."""
        return self.first + len(self._all) - self._dropped - 1

    def of(self, seq: int) -> int:
        """Return the number of a message, or 0 if it is not stored."""
        place = seq - self.first + self._dropped
        return self._all[place] if self._dropped <= place < len(self._all) else 0

    def between(self, after: int, before: int, most: int = MAX_SEQ) -> Sequence[int]:
        """Return the numbers of the first `most` messages with `after < seq < before`, in order."""
        begin = max(after + 1 - self.first, 0) + self._dropped
        end = max(before - self.first + self._dropped, begin)
        return self._all[begin : min(end, begin + most)]

    def drop_first(self) -> None:
        """Drop the first message."""
        self.first += 1
        self._dropped += 1
        if self._dropped * 2 >= len(self._all):  # seldom, as this moves the others
            del self._all[: self._dropped]
            self._dropped = 0
