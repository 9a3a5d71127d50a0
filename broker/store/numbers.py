"""Where the messages of a conversation are, for the store in memory."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from messages.limits import MAX_SEQ


class Numbers:
    """The numbers of a conversation's stored messages by seq, 8 bytes each: no seq is left out.

    `first` is the seq of the first stored message, or if there is none, that of the next one. The number of
    a new message is appended to `all`, which begins with those of `_dropped` messages.
    """

    __slots__ = ("_dropped", "all", "first")

    def __init__(self, first: int) -> None:
        self.first = first
        self.all = array("Q")
        self._dropped = 0

    @property
    def head(self) -> int:
        """The seq of the last message that there ever was."""
        return self.first + len(self.all) - self._dropped - 1

    def of(self, seq: int) -> int:
        """Return the number of a message, or 0 if it is not stored."""
        place = seq - self.first + self._dropped
        return self.all[place] if self._dropped <= place < len(self.all) else 0

    def between(self, after: int, before: int, most: int = MAX_SEQ) -> Sequence[int]:
        """Return the numbers of the first `most` messages with `after < seq < before`, in order."""
        begin = max(after + 1 - self.first, 0) + self._dropped
        end = max(before - self.first + self._dropped, begin)
        return self.all[begin : min(end, begin + most)]

    def drop_first(self) -> None:
        """Drop the first message."""
        self.first += 1
        self._dropped += 1
        if self._dropped * 2 >= len(self.all):  # seldom, as this moves the others
            del self.all[: self._dropped]
            self._dropped = 0
