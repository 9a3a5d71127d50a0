"""A store that keeps a bounded number of messages in memory, for a broker without a disk and for tests."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from broker.core.store import (
    DepartedMember,
    Entry,
    ForgottenUser,
    Hits,
    Query,
    Snapshot,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
)
from messages.limits import MAX_SEQ
from messages.replies import Durability

DEFAULT_CAPACITY = 100_000
"""Messages held, of all conversations together; the oldest give way."""


class MemoryStore:
    """Implements `broker.core.store.Store`. `epoch` names this store's life."""

    durability = Durability.MEMORY

    def __init__(self, epoch: str, capacity: int = DEFAULT_CAPACITY) -> None:
        self._epoch = epoch
        self._capacity = capacity
        self._next_user = 1
        self._users: dict[int, StoredUser] = {}
        self._rooms: dict[str, StoredRoom] = {}
        self._members: dict[tuple[str, int], StoredMember] = {}
        self._logs: dict[str, dict[int, StoredMessage]] = {}
        self._firsts: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._last_sent: dict[tuple[str, int], int] = {}
        self._sent: dict[tuple[int, str], StoredMessage] = {}
        self._order: deque[StoredMessage] = deque()

    def load(self) -> Snapshot:
        """Return what is stored."""
        return Snapshot(
            self._epoch,
            list(self._users.values()),
            list(self._rooms.values()),
            list(self._members.values()),
            dict(self._heads),
            dict(self._last_sent),
            self._next_user,
        )

    def commit(self, entries: Sequence[Entry]) -> None:
        """Store all entries in order."""
        for entry in entries:
            if type(entry) is StoredMessage:
                self._append(entry)
            elif type(entry) is StoredMember:
                self._members[entry.conversation, entry.user] = entry
            else:
                self._store_rare(entry)

    def _store_rare(self, entry: Entry) -> None:
        match entry:
            case StoredUser():
                self._users[entry.id] = entry
                self._next_user = max(self._next_user, entry.id + 1)
            case StoredRoom():
                self._rooms[entry.id] = entry
            case DepartedMember():
                self._members.pop((entry.conversation, entry.user), None)
                self._last_sent.pop((entry.conversation, entry.user), None)
            case ForgottenUser():
                self._forget(entry.id)

    def page(self, conversation: str, after: int, before: int, limit: int) -> list[StoredMessage]:
        """Return the first `limit` messages with `after < seq < before`, in order."""
        log = self._logs.get(conversation, {})
        first = max(after + 1, self._firsts.get(conversation, 1))
        last = min(before, self._heads.get(conversation, 0) + 1, first + limit)
        return [log[seq] for seq in range(first, last)]

    def last_page(self, conversation: str, before: int, limit: int) -> list[StoredMessage]:
        """Return the last `limit` messages with `seq < before`, in order."""
        end = min(before, self._heads.get(conversation, 0) + 1)
        return self.page(conversation, max(end - limit - 1, 0), end, limit)

    def find_sent(self, user: int, id: str) -> StoredMessage | None:
        """Return the message that `user` sent with this request id, while it is held."""
        return self._sent.get((user, id))

    def seq_since(self, conversation: str, at: int) -> int:
        return min((m.seq for m in self._logs.get(conversation, {}).values() if m.at >= at), default=MAX_SEQ)

    def count_others(self, conversation: str, after: int, user: int, most: int) -> int:
        log = self._logs.get(conversation, {}).values()
        return min(sum(m.seq > after and m.user != user for m in log), most)

    def search(self, query: Query) -> Hits:
        found = [
            m
            for m in self._order
            if m.conversation in query.conversations and all(w in m.text for w in query.words)
        ]
        return Hits(found[::-1], None, 0)

    def prune(self, conversation: str, before: int, limit: int) -> int:
        return 0

    def probe(self) -> None:
        pass

    def upkeep(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is held that needs to be released."""

    def _append(self, message: StoredMessage) -> None:
        self._logs.setdefault(message.conversation, {})[message.seq] = message
        self._heads[message.conversation] = message.seq
        self._last_sent[message.conversation, message.user] = message.seq
        self._sent[message.user, message.id] = message
        self._order.append(message)
        if len(self._order) > self._capacity:
            oldest = self._order.popleft()
            if self._logs.get(oldest.conversation, {}).pop(oldest.seq, None):
                self._firsts[oldest.conversation] = oldest.seq + 1
            self._sent.pop((oldest.user, oldest.id), None)

    def _forget(self, user: int) -> None:
        self._users.pop(user, None)
        gone = {name for name in self._heads if name.startswith("@") and f"@{user}" in name.split("|")}
        for conversation in gone:
            self._heads.pop(conversation)
            self._logs.pop(conversation, None)
            self._firsts.pop(conversation, None)
        for table in (self._members, self._last_sent):
            for key in [key for key in table if key[1] == user or key[0] in gone]:
                del table[key]
