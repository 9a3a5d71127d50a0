"""Ranges of request ids that no stored message has, so that a new id need not be looked up.

The ids of a client grow with time, so the next ones are usually in the range behind its last one.
"""

from __future__ import annotations

from collections.abc import Iterable

from broker.core.store import StoredMessage

MOST = 16_384
"""Users whose ranges are kept."""

_END = "\U0010ffff"  # after all ids


class Gaps:
    """One range for each user who sent something lately. Clear it after a rollback."""

    def __init__(self) -> None:
        self._gaps: dict[int, tuple[str, str]] = {}  # from, before

    def cover(self, user: int, first: str, last: str) -> bool:
        """Return whether all ids of a user from `first` to `last` are in a range that no message has."""
        gap = self._gaps.get(user)
        return gap is not None and gap[0] <= first and last < gap[1]

    def open(self, user: int, first: str, before: str | None) -> None:
        """Note that a user has sent no id from `first` on, up to the next one, `before`, if there is one."""
        if len(self._gaps) >= MOST:
            self._gaps.clear()
        self._gaps[user] = first, before or _END

    def use(self, messages: Iterable[StoredMessage]) -> None:
        """Shorten the ranges of the senders of messages that are stored now."""
        gaps = self._gaps
        for message in messages:
            gap = gaps.get(message.user)
            if gap is not None and gap[0] <= message.id < gap[1]:
                gaps[message.user] = message.id + "\0", gap[1]

    def clear(self) -> None:
        """Forget all ranges."""
        self._gaps.clear()
