"""The store as the core uses it, and the entries it writes. Implementations are in `broker.store`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec

from broker.core.contents import Contents
from broker.core.entries import PLAIN, Form, Mentioning
from messages.replies import Durability


class StoreError(Exception):
    """The store failed, and changed nothing. A later call may succeed.

    The text is for the operator. `reason` is for everybody: it names no path, and can be empty.
    """

    def __init__(self, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.reason = reason


class StoreBroken(Exception):
    """The stored data can no longer be relied on, so the broker must stop. The text says why."""


class StoredUser(msgspec.Struct, frozen=True, gc=False):
    """A new or changed user, last heard at `seen` (Unix ms). A `discreet` one sends no read receipts."""

    id: int
    name: str
    away: str | None
    seen: int = 0
    discreet: bool = False


class ForgottenUser(msgspec.Struct, frozen=True, gc=False):
    """A user is forgotten, with their direct conversations and memberships."""

    id: int


class StoredRoom(msgspec.Struct, frozen=True, gc=False):
    """A new room, or a room's new topic."""

    id: str
    name: str
    topic: str


class StoredMember(msgspec.Struct, frozen=True, gc=False):
    """A member who joined at the head `joined`. Their cursors `delivered` and `read` moved `at` (Unix ms)."""

    conversation: str
    user: int
    delivered: int
    joined: int = 0
    read: int = 0
    at: int = 0


class DepartedMember(msgspec.Struct, frozen=True, gc=False):
    """A user is no longer a member of a conversation."""

    conversation: str
    user: int


class StoredMessage(msgspec.Struct, frozen=True, gc=False):
    """One numbered entry: a message as it is now, or an amendment, whose text is empty.

    `user` is its sender's id, `sender` their name at the time. `to` is the key of the name a direct message
    was sent to, empty for a room. `of` is the seq of the message that it answers or amends, or 0.
    `kind` is the value of an `EntryKind`, as a plain str, which SQLite binds faster.
    """

    conversation: str
    seq: int
    id: str
    user: int
    sender: str
    text: str
    at: int
    to: str = ""
    of: int = 0
    kind: str = ""
    form: Form = PLAIN

    @property
    def is_message(self) -> bool:
        """Whether it is a message, also one that was deleted."""
        return not self.kind


MOST_IN_THREAD = 5_000
"""Entries of a thread that a store looks at, in some 10 ms."""

NOBODY, REMOVED_SENDER = 0, "removed~1"
"""The sender of a message whose user was removed. No user has this name: a number after ~ is 2 or more."""


class ReplacedMessage(msgspec.Struct, frozen=True, gc=False):
    """A stored message of the same conversation and seq is replaced by this one."""

    message: StoredMessage


class Pruned(msgspec.Struct, frozen=True, gc=False):
    """The messages of a conversation before seq `first` are deleted. Its head does not change."""

    conversation: str
    first: int


class StoredFact(msgspec.Struct, frozen=True, gc=False):
    """A stored fact of a `kind` of `broker.core.facts`. `value` is JSON, or None if the fact is deleted."""

    kind: str
    key: str
    value: bytes | None


Entry = (
    StoredUser
    | ForgottenUser
    | StoredRoom
    | StoredMember
    | DepartedMember
    | StoredMessage
    | ReplacedMessage
    | Pruned
    | StoredFact
)


class Query(msgspec.Struct, frozen=True):
    """A search for messages with all `words`, the latest first.

    It covers `conversations`, which are ids, and all direct conversations of the user with the id `party`.
    A word that ends with `*` matches all words with this prefix. `user` is the sender's id. Times are
    Unix ms with `since <= at < until`. It begins before the position `older_than`, if one is given. No more
    than `limit` messages are of use.
    """

    words: tuple[str, ...]
    conversations: frozenset[str]
    user: int | None
    since: int
    until: int
    older_than: int | None
    limit: int
    party: int | None = None

    def covers(self, conversation: str) -> bool:
        """Return whether the search covers a conversation."""
        return conversation in self.conversations or self.party in pair_of(conversation)

    def admits(self, message: StoredMessage) -> bool:
        """Return whether a message has the sender and the time, whatever its conversation and words."""
        return self.user in (None, message.user) and self.since <= message.at < self.until


def pair_of(conversation: str) -> tuple[int, ...]:
    """Return the ids of the two users of a direct conversation; for a room, none."""
    return tuple(int(part[1:]) for part in conversation.split("|")) if conversation[0] == "@" else ()


class Part(msgspec.Struct, frozen=True):
    """What one step of a search found: messages with their positions in the log, the latest first.

    A search with the same query that begins before `position` goes on after this step. If it is None, the
    search cannot go on from here, so it cannot end here either.
    """

    hits: Sequence[tuple[int, StoredMessage]]
    position: int | None


class Snapshot(msgspec.Struct, frozen=True):
    """The stored state from which a core starts.

    `latest` is the `at` of the last message, or 0 if there is none. `facts` are JSON values by kind and key.
    The others are seqs by conversation id: `heads`, `firsts` of the first stored messages, if they are not 1,
    `amended` of the last amendments, `mentioning` of the last messages that mention somebody.
    """

    epoch: str
    users: list[StoredUser]
    rooms: list[StoredRoom]
    members: list[StoredMember]
    heads: dict[str, int]
    last_sent: dict[tuple[str, int], int]
    next_user: int
    latest: int = 0
    firsts: dict[str, int] = {}
    facts: dict[tuple[str, str], bytes] = {}
    amended: dict[str, int] = {}
    mentioning: dict[str, int] = {}


Commit = Callable[[Sequence[Entry]], None]
"""Store all entries in order, or raise StoreError and store none."""


class Store(Protocol):
    """Stores the messages and all other persistent state. Only one thread uses it."""

    contents: Contents
    """The content of files. It is closed with the store."""

    @property
    def durability(self) -> Durability:
        """Where a committed message is: on disk, or in memory only."""
        ...

    @property
    def unindexed(self) -> int:
        """The number of messages that a search cannot find yet."""
        ...

    def load(self) -> Snapshot:
        """Return the stored state, without the messages."""
        ...

    def commit(self, entries: Sequence[Entry]) -> None:
        """Store all entries in order, or raise StoreError and store none.

        Raise StoreBroken if the data on disk can no longer be relied on.
        """
        ...

    def page(self, conversation: str, after: int, before: int, limit: int) -> list[StoredMessage]:
        """Return stored messages with `after < seq < before` in order: the first `limit` of them."""
        ...

    def last_page(self, conversation: str, before: int, limit: int) -> list[StoredMessage]:
        """Return stored messages with `seq < before` in order: the last `limit` of them."""
        ...

    def thread(self, conversation: str, seq: int, after: int, limit: int) -> list[StoredMessage]:
        """Return a message, all that answer it directly or not, and their amendments, in order.

        Only the first `limit` after seq `after` are returned.
        """
        ...

    def find_sent(self, user: int, id: str) -> StoredMessage | None:
        """Return the message that `user` sent with this request id, if it is stored."""
        ...

    def sent_by(self, user: int, limit: int) -> list[StoredMessage]:
        """Return `limit` stored messages of a user, or all if there are fewer, in any order."""
        ...

    def never_sent(self, user: int, ids: Sequence[str]) -> bool:
        """Return True only if no stored message of `user` has any of these request ids."""
        ...

    def seq_since(self, conversation: str, at: int) -> int:
        """Return the seq of the first stored message whose `at` is not earlier, or MAX_SEQ."""
        ...

    def count_others(self, conversation: str, after: int, user: int, most: int) -> int:
        """Return how many stored messages after seq `after` are not sent by `user`, `most` at most.

        Amendments and deleted messages do not count.
        """
        ...

    def mentioning(self, conversation: str, after: int) -> list[Mentioning]:
        """Return the stored messages after seq `after` that mention somebody, the last MOST_MENTIONING."""
        ...

    def search(self, query: Query) -> Iterator[Part]:
        """Search in steps of a few milliseconds, and yield what each of them found.

        The store can be used between the steps. A step may raise StoreError or StoreBroken.
        """
        ...

    def check_files(self) -> None:
        """Raise StoreError if the store's files have been removed or replaced. This takes microseconds."""
        ...

    def probe(self) -> None:
        """Test whether the store can write again, without changing anything. Raise StoreError if not."""
        ...

    def upkeep(self) -> bool:
        """Do some milliseconds of maintenance, and return whether there is more to do."""
        ...

    def close(self) -> None:
        """Release all resources. The store cannot be used afterwards."""
        ...
