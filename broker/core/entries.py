"""The kinds of entries in a conversation's log, and what amendments have made of a message."""

from __future__ import annotations

from collections.abc import Iterable
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


class Attachment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A file of a message: the id of its upload, and what its sender says of it."""

    id: str
    name: str
    size: int
    hash: str
    media_type: str = ""


class Form(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What else is stored about an entry, if it is not a message that nothing amends.

    Of a message: when it was last `edited` (Unix ms), its `reactions`, its `files`, and the seq of the entry
    that `deleted` it. `digest` is the hash of the first body if that is not the text any more. Of an
    amendment: its `reaction`, and whether it is `on`.
    """

    edited: int = 0
    reactions: tuple[Reacting, ...] = ()
    deleted: int = 0
    digest: str = ""
    reaction: str = ""
    on: bool = True
    files: tuple[Attachment, ...] = ()


PLAIN = Form()
"""The form of a message that nothing amends."""


def digest(text: str, uploads: Iterable[str] = ()) -> str:
    """Return a hash by which the first body of a request is recognised when its text is not kept."""
    return blake2b("\0".join((text, *uploads)).encode(), digest_size=16).hexdigest()
