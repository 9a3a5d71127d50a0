"""What the core needs of a store, and the entries it writes. Implementations live in `broker.store`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from messages.replies import Durability


class StoreError(Exception):
    """The store could not do what was asked; nothing of it was done."""


class StoredUser(msgspec.Struct, frozen=True, gc=False):
    """A user is known, or changed name or away text."""

    id: int
    name: str
    away: str | None


class ForgottenUser(msgspec.Struct, frozen=True, gc=False):
    """A user is no longer known, nor their direct conversations and memberships."""

    id: int


class StoredRoom(msgspec.Struct, frozen=True, gc=False):
    """A room exists, or has another topic."""

    id: str
    name: str
    topic: str


class StoredMember(msgspec.Struct, frozen=True, gc=False):
    """A user is a member since the conversation's head was `joined`, and has confirmed up to `delivered`."""

    conversation: str
    user: int
    delivered: int
    joined: int = 0


class DepartedMember(msgspec.Struct, frozen=True, gc=False):
    """A user is no longer a member of a conversation."""

    conversation: str
    user: int


class StoredMessage(msgspec.Struct, frozen=True, gc=False):
    """One numbered message. `user` is its sender's id, `sender` their name at the time."""

    conversation: str
    seq: int
    id: str
    user: int
    sender: str
    text: str
    at: int


Entry = StoredUser | ForgottenUser | StoredRoom | StoredMember | DepartedMember | StoredMessage


class Snapshot(msgspec.Struct, frozen=True):
    """All a core needs to go on where the last one stopped. `heads` are seqs by conversation id."""

    epoch: str
    users: list[StoredUser]
    rooms: list[StoredRoom]
    members: list[StoredMember]
    heads: dict[str, int]
    last_sent: dict[tuple[str, int], int]
    next_user: int


class Store(Protocol):
    """Keeps the log and what belongs to it. One thread uses it."""

    @property
    def durability(self) -> Durability:
        """How firmly a committed message is kept."""
        ...

    def load(self) -> Snapshot:
        """Return what is stored."""
        ...

    def commit(self, entries: Sequence[Entry]) -> None:
        """Store all entries in order, or raise StoreError and store none."""
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

    def close(self) -> None:
        """Release what is held; the store is not used afterwards."""
        ...
