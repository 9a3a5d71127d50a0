"""The methods of the durable store that read messages. It translates the errors of its reader."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from broker.core.entries import Mentioning
from broker.core.store import StoredMessage
from broker.store.rows.reading import Reader


class SqliteReads:
    """What needs only a reader."""

    _reader: Reader
    _stale: bool

    def _translated_errors(self) -> AbstractContextManager[None]:
        """Raise StoreError or StoreBroken for other errors."""
        raise NotImplementedError

    def page(self, conversation: str, after: int, before: int, limit: int) -> list[StoredMessage]:
        """Return the first `limit` messages with `after < seq < before`, in order."""
        with self._translated_errors():
            return self._reader.messages(self._reader.page(conversation, after, before, limit))

    def last_page(self, conversation: str, before: int, limit: int) -> list[StoredMessage]:
        """Return the last `limit` messages with `seq < before`, in order."""
        with self._translated_errors():
            return self._reader.messages(self._reader.last_page(conversation, before, limit))

    def thread(self, conversation: str, seq: int, after: int, limit: int) -> list[StoredMessage]:
        """Return a message, its answers and their amendments, in order: the first `limit` after `after`."""
        with self._translated_errors():
            return self._reader.thread(conversation, seq, after, limit)

    def find_sent(self, user: int, id: str) -> StoredMessage | None:
        """Return the message that `user` sent with this request id, if it is stored."""
        if self.never_sent(user, [id]):
            return None
        with self._translated_errors():
            return self._reader.find_sent(user, id)

    def sent_by(self, user: int, limit: int) -> list[StoredMessage]:
        """Return `limit` stored messages of a user, or all if there are fewer, in any order."""
        with self._translated_errors():
            return self._reader.sent_by(user, limit)

    def never_sent(self, user: int, ids: Sequence[str]) -> bool:
        """Return True only if no stored message of `user` has any of these request ids."""
        return not self._stale and self._reader.never_sent(user, ids)

    def seq_since(self, conversation: str, at: int) -> int:
        """Return the seq of the first stored message whose `at` is not earlier, or MAX_SEQ."""
        with self._translated_errors():
            return self._reader.seq_since(conversation, at)

    def count_others(self, conversation: str, after: int, user: int, most: int) -> int:
        """Return how many stored messages after `after` others than `user` sent, `most` at most."""
        with self._translated_errors():
            return self._reader.count_others(conversation, after, user, most)

    def mentioning(self, conversation: str, after: int) -> list[Mentioning]:
        """Return the messages after seq `after` that mention somebody, the last MOST_MENTIONING."""
        with self._translated_errors():
            return self._reader.mentioning(conversation, after)
