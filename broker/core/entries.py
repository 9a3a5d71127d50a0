"""The kinds of entries in a conversation's log, and what amendments have made of a message."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b

import msgspec


class EntryKind(StrEnum):
    """What an entry of a conversation's log is: a message, or what amends one."""

    MESSAGE = ""
    EDITED = "edited"
    DELETED = "deleted"
    REACTED = "reacted"
    PINNED = "pinned"


class Reacting(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A reaction to a message: the ids of the users who have it, each with the seq of the entry."""

    reaction: str
    by: tuple[tuple[int, int], ...]

    def seq_of(self, user: int) -> int:
        """Return the seq of the entry by which a user has it, or 0."""
        return next((seq for one, seq in self.by if one == user), 0)


class Mentioned(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Whom a message mentions: `users`, by their ids and their names at the time, or `everyone`.

    Of an @here, `here` has the ids of those who were online.
    """

    users: tuple[tuple[int, str], ...] = ()
    everyone: bool = False
    here: tuple[int, ...] = ()

    def has(self, user: int) -> bool:
        """Return whether a user is meant."""
        return self.everyone or user in self.here or any(user == one for one, _ in self.users)


class Form(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What else is stored about an entry, if it is not a message that nothing amends.

    Of a message: when it was last `edited` (Unix ms), its `reactions`, and the seq of the entry that
    `deleted` it. `digest` is the hash of the first body if that is not the text any more. Of an amendment:
    its `reaction`, and whether it is `on`. `mentions` is the first field, as an index of the database finds
    messages by it. A `bot` sent the message.
    """

    mentions: Mentioned | None = None
    edited: int = 0
    reactions: tuple[Reacting, ...] = ()
    deleted: int = 0
    digest: str = ""
    reaction: str = ""
    on: bool = True
    bot: bool = False


PLAIN = Form()
"""The form of a message that nothing amends."""

MOST_MENTIONING = 1_000
"""Messages that mention somebody, among which a store looks for unread ones, in a millisecond or two."""

Mentioning = tuple[int, int, Form]
"""The seq, the sender's id and the form of a message that mentions somebody."""


def digest(text: str) -> str:
    """Return a hash by which the first body of a request is recognised when its text is not kept."""
    return blake2b(text.encode(), digest_size=16).hexdigest()
