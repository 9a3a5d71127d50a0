"""What the core needs of a store, and the entries it writes. Implementations live in `broker.store`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from messages.replies import Durability


class StoreError(Exception):
    """The store could not do what was asked; nothing of it was done. Later it may be able to."""


class StoreBroken(Exception):
    """What the store holds can no longer be relied on: the broker must end. The text says why."""


class StoredUser(msgspec.Struct, frozen=True, gc=False):
    """A user is known, or changed. `seen` is when they were last heard (Unix ms).

    `discreet` users do not have others told what they have read.
    """

    id: int
    name: str
    away: str | None
    seen: int = 0
    discreet: bool = False


class ForgottenUser(msgspec.Struct, frozen=True, gc=False):
    """A user is no longer known, nor their direct conversations and memberships."""

    id: int


class StoredRoom(msgspec.Struct, frozen=True, gc=False):
    """A room exists, or has another topic."""

    id: str
    name: str
    topic: str


class StoredMember(msgspec.Struct, frozen=True, gc=False):
    """A user is a member since the conversation's head was `joined`, and how far they have got.

    `delivered` and `read` are their cursors, `at` is when these last moved (Unix ms).
    """

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
    """One numbered message. `user` is its sender's id, `sender` their name at the time.

    `to` is the key of the name a direct message was sent to, empty for a room.
    """

    conversation: str
    seq: int
    id: str
    user: int
    sender: str
    text: str
    at: int
    to: str = ""


class Pruned(msgspec.Struct, frozen=True, gc=False):
    """The messages of a conversation before seq `first` are deleted. Its head stays."""

    conversation: str
    first: int


class StoredFact(msgspec.Struct, frozen=True, gc=False):
    """Something rare that must last: `value` is JSON, and None if it holds no more.

    `kind` says what it is, and with it how `key` and `value` are to be read: see `broker.core.facts`.
    """

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
    | Pruned
    | StoredFact
)


class Query(msgspec.Struct, frozen=True):
    """What is looked for: messages with all `words`, in any of some conversations, the latest first.

    `conversations` are their ids; all direct ones of the user with the id `party` are meant beside them. A
    word that ends with `*` stands for all that begin so. `user` is the sender's id. Times are Unix ms with
    `since <= at < until`. `older_than` is the `next` of the result before.
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
        """Tell whether a conversation is one of those that are looked in."""
        return conversation in self.conversations or self.party in pair_of(conversation)


def pair_of(conversation: str) -> tuple[int, ...]:
    """Return the ids of the two users of a direct conversation, none of a room's."""
    return tuple(int(part[1:]) for part in conversation.split("|")) if conversation[0] == "@" else ()


class Hits(msgspec.Struct, frozen=True):
    """What was found. `next` is there if there may be older ones; `unsearched` were not indexed yet."""

    messages: list[StoredMessage]
    next: int | None
    unsearched: int


class Snapshot(msgspec.Struct, frozen=True):
    """All a core needs to go on where the last one stopped.

    `heads` are seqs by conversation id, `latest` is the `at` of the last message of all, 0 without one.
    `firsts` are the first seqs that are held, by conversation id, where they are not 1. `facts` are values by
    kind and key.
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


Commit = Callable[[Sequence[Entry]], None]
"""Stores all entries in order, or raises StoreError and stores none."""


class Store(Protocol):
    """Keeps the log and what belongs to it. One thread uses it."""

    @property
    def durability(self) -> Durability:
        """How firmly a committed message is kept."""
        ...

    @property
    def unsearched(self) -> int:
        """How many messages a search cannot find yet."""
        ...

    def load(self) -> Snapshot:
        """Return what is stored."""
        ...

    def commit(self, entries: Sequence[Entry]) -> None:
        """Store all entries in order, or raise StoreError and store none.

        Raise StoreBroken if what is on disk can no longer be relied on.
        """
        ...

    def page(self, conversation: str, after: int, before: int, limit: int) -> list[StoredMessage]:
        """Return stored messages with `after < seq < before` in order: the first `limit` of them."""
        ...

    def last_page(self, conversation: str, before: int, limit: int) -> list[StoredMessage]:
        """Return stored messages with `seq < before` in order: the last `limit` of them."""
        ...

    def find_sent(self, user: int, id: str) -> StoredMessage | None:
        """Return the message that `user` sent with this request id, if it is stored."""
        ...

    def never_sent(self, user: int, ids: Sequence[str]) -> bool:
        """Whether it is certain that `user` sent nothing that is stored with any of these request ids."""
        ...

    def seq_since(self, conversation: str, at: int) -> int:
        """Return the seq of the first stored message whose `at` is not earlier, or MAX_SEQ."""
        ...

    def count_others(self, conversation: str, after: int, user: int, most: int) -> int:
        """Return how many stored messages behind `after` others than `user` have sent, `most` at most."""
        ...

    def search(self, query: Query) -> Hits:
        """Return the latest messages that match."""
        ...

    def probe(self) -> None:
        """Write something that changes nothing, or raise StoreError: to learn whether it can store again."""
        ...

    def upkeep(self) -> bool:
        """Do a little of what can wait, in some milliseconds; return whether there is more of it."""
        ...

    def close(self) -> None:
        """Release what is held; the store is not used afterwards."""
        ...
