"""The rows of messages that were amended lately, so that the next reaction to one need not read it again."""

from __future__ import annotations

from broker.store.checksums import Row

MOST = 1_024
"""Rows that are kept."""


class RecentRows:
    """Rows as they are stored, by the number of the conversation and the seq. Clear it after a rollback."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], Row] = {}

    def get(self, conversation: int, seq: int) -> Row | None:
        """Return the row of an entry, if it is kept."""
        return self._rows.get((conversation, seq))

    def put(self, row: Row) -> None:
        """Keep a row, without its checksum. The one that was put first is dropped if there are too many."""
        if len(self._rows) >= MOST:
            del self._rows[next(iter(self._rows))]
        self._rows[row[1], row[2]] = row

    def clear(self) -> None:
        """Forget all rows."""
        self._rows.clear()
