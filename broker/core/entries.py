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


MOST_TAKEN_BACK = 20
"""Reactions to a message, taken back last, whose entries are known to later requests for the same."""


class Reacting(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A reaction to a message. `by` is JSON: pairs of a user's id and the seq of the entry that says so.

    A page needs the first users and the number of all, and a new reaction adds one pair. So the others, who
    can be many, are neither decoded nor encoded again. The JSON has no spaces.
    """

    reaction: str
    by: msgspec.Raw

    @classmethod
    def of(cls, reaction: str, *pairs: tuple[int, int]) -> Reacting:
        """Return a reaction of some users, each with the seq of the entry."""
        return cls(reaction, msgspec.Raw(msgspec.json.encode(pairs)))

    @property
    def count(self) -> int:
        """How many users have it."""
        return bytes(self.by).count(b"[") - 1

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """All users' ids, each with the seq of the entry. Raise msgspec.MsgspecError if the JSON is wrong."""
        return _pairs(self.by)

    def first(self, most: int) -> list[int]:
        """Return the ids of the first users who have it, `most` at most."""
        *parts, rest = bytes(self.by).split(b"]", most)
        begun = b"]".join(parts) + b"]]" if rest.startswith(b",") else self.by
        return [user for user, _ in _pairs(begun)]

    def seq_of(self, user: int) -> int:
        """Return the seq of the entry by which a user has it, or 0."""
        pairs = bytes(self.by)
        begin, end = _find(pairs, user)
        return int(pairs[begin:end].rpartition(b",")[2][:-1]) if end else 0

    def given(self, user: int, seq: int) -> Reacting:
        """Return it with one more user."""
        pairs = bytes(self.by)
        comma = b"," if len(pairs) > len(b"[]") else b""
        return Reacting(self.reaction, msgspec.Raw(b"%b%b[%d,%d]]" % (pairs[:-1], comma, user, seq)))

    def taken_back(self, user: int) -> Reacting:
        """Return it without a user."""
        pairs = bytes(self.by)
        begin, end = _find(pairs, user)
        before, after = pairs[:begin].removesuffix(b","), pairs[end:]
        return Reacting(
            self.reaction, msgspec.Raw(before + (after.removeprefix(b",") if begin == 1 else after))
        )

    def without_name(self, user: int, nobody: int) -> Reacting:
        """Return it with another id in the place of a user's."""
        return Reacting(self.reaction, msgspec.Raw(bytes(self.by).replace(b"[%d," % user, b"[%d," % nobody)))


_pairs = msgspec.json.Decoder(list[tuple[int, int]]).decode


def _find(pairs: bytes, user: int) -> tuple[int, int]:
    """Return where a user's pair begins and ends, or zeros."""
    begin = pairs.find(b"[%d," % user)
    return (begin, pairs.index(b"]", begin) + 1) if begin > 0 else (0, 0)


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
    that `deleted` it. `digest` is the hash of the first body if that is not the text any more. `taken_back`
    has the last reactions that users have no longer: reaction, user and the seq of the entry. Of an
    amendment: its `reaction`, and whether it is `on`. `tenth` is the user who is the tenth to have the
    reaction, after one of the first ten has taken it back. `mentions` is the first field, as an index of the
    database finds messages by it. A `bot` or a `guest`
    sent the message.
    """

    mentions: Mentioned | None = None
    edited: int = 0
    reactions: tuple[Reacting, ...] = ()
    deleted: int = 0
    digest: str = ""
    reaction: str = ""
    on: bool = True
    bot: bool = False
    files: tuple[Attachment, ...] = ()
    taken_back: tuple[tuple[str, int, int], ...] = ()
    tenth: int = 0
    guest: bool = False

    def seq_taken_back(self, reaction: str, user: int) -> int:
        """Return the seq of the entry by which a user took a reaction back, or 0 if that is not known."""
        return next((seq for one, by, seq in self.taken_back if (one, by) == (reaction, user)), 0)

    def with_taken_back(self, reaction: str, user: int, seq: int) -> tuple[tuple[str, int, int], ...]:
        """Return `taken_back` after a user took a reaction back by entry `seq`, or has it if that is 0."""
        if not self.taken_back:
            return ((reaction, user, seq),) if seq else ()
        others = [one for one in self.taken_back if one[0] != reaction or one[1] != user]
        return (*others[1 - MOST_TAKEN_BACK :], (reaction, user, seq)) if seq else tuple(others)


PLAIN = Form()
"""The form of a message that nothing amends."""

MOST_MENTIONING = 1_000
"""Messages that mention somebody, among which a store looks for unread ones, in a millisecond or two."""

Mentioning = tuple[int, int, Form]
"""The seq, the sender's id and the form of a message that mentions somebody."""


def digest(text: str, uploads: Iterable[str] = ()) -> str:
    """Return a hash by which the first body of a request is recognised when its text is not kept."""
    return blake2b("\0".join((text, *uploads)).encode(), digest_size=16).hexdigest()
