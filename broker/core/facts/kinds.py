"""The facts about identity: keys, released names, invites, roles, passwords. And the last trusted time."""

from __future__ import annotations

from typing import ClassVar

from broker.core.facts.base import Fact


class BoundKey(Fact, frozen=True):
    """A public key of a user: its holder is that user. `since` and `seen` are Unix ms."""

    KIND: ClassVar[str] = "key"

    identity: str
    user: int
    since: int
    seen: int = 0

    @property
    def key(self) -> str:
        """The public key itself."""
        return self.identity


class RevokedKey(Fact, frozen=True):
    """A public key of a user that was revoked for good, `at` Unix ms."""

    KIND: ClassVar[str] = "revoked-key"

    identity: str
    user: int
    at: int

    @property
    def key(self) -> str:
        """The public key itself."""
        return self.identity


class ReleasedName(Fact, frozen=True):
    """A name that a user with these keys gave up. `name` is its canonical key.

    `read` is whether a message of theirs was stored then.
    """

    KIND: ClassVar[str] = "released-name"

    name: str
    identities: list[str]
    at: int
    read: bool = True

    @property
    def key(self) -> str:
        """The name's canonical key."""
        return self.name


class NewKey(Fact, frozen=True):
    """A user has another key than the earlier owner of their name, since `at` (Unix ms).

    Users with ids lower than `users` existed then, and may mistake them for the earlier owner. `read` is
    whether a message of that owner was stored.
    """

    KIND: ClassVar[str] = "new-key"

    user: int
    at: int
    users: int
    read: bool = True

    @property
    def key(self) -> str:
        """The user's id."""
        return str(self.user)


class InviteUse(Fact, frozen=True):
    """How often an invite was used. The fact is stored until the invite `expires` (Unix ms)."""

    KIND: ClassVar[str] = "invite-use"

    nonce: str
    used: int
    expires: int

    @property
    def key(self) -> str:
        """The invite's nonce."""
        return self.nonce


ROLES = ("operator", "gateway")
"""Roles in the whole chat that an invite can grant."""


class GrantedRole(Fact, frozen=True):
    """A role in the whole chat, `operator` or `gateway`, granted by an invite or an operator.

    A gateway may log `guests` in if that is granted, change `accounts` that have a password and no key, and
    have `per_address` sessions of people at one address; 0 stands for the broker's own limit.
    """

    KIND: ClassVar[str] = "granted-role"

    user: int
    role: str
    since: int
    guests: bool = False
    per_address: int = 0
    accounts: bool = False

    @property
    def key(self) -> str:
        """User and role."""
        return role_key(self.user, self.role)


class PasswordHash(Fact, frozen=True):
    """A user's password as argon2 encodes it. If it `owns` the name, nobody gets that with a key alone."""

    KIND: ClassVar[str] = "password"

    user: int
    encoded: str
    owns: bool = False

    @property
    def key(self) -> str:
        """The user's id."""
        return str(self.user)


class Guest(Fact, frozen=True):
    """A user is a guest of a gateway: they are forgotten when they are gone. `mark` is random."""

    KIND: ClassVar[str] = "guest"

    user: int
    mark: str

    @property
    def key(self) -> str:
        """The user's id."""
        return str(self.user)


class EndedTickets(Fact, frozen=True):
    """A user's tickets that ended before their time: all that were issued up to `before` (Unix ms), those of
    some families, each with the time at which it ended, and `rounds` times all that there were.
    """

    KIND: ClassVar[str] = "ended-tickets"

    user: int
    before: int = 0
    families: tuple[tuple[str, int], ...] = ()
    rounds: int = 0

    @property
    def key(self) -> str:
        """The user's id."""
        return str(self.user)


class Unannounced(Fact, frozen=True):
    """All sessions of a user were unannounced so far, as a script's are. Rooms do not wait for them."""

    KIND: ClassVar[str] = "unannounced"

    user: int

    @property
    def key(self) -> str:
        """The user's id."""
        return str(self.user)


class TypingOff(Fact, frozen=True):
    """A user neither sends nor gets `is-typing`."""

    KIND: ClassVar[str] = "typing-off"

    user: int

    @property
    def key(self) -> str:
        """The user's id."""
        return str(self.user)


class ClockMark(Fact, frozen=True):
    """The last time (Unix ms) at which the broker trusted its clock."""

    KIND: ClassVar[str] = "clock-mark"

    at: int

    @property
    def key(self) -> str:
        """Empty, as there is one mark."""
        return ""


def role_key(user: int, role: str) -> str:
    """Return the key of a GrantedRole."""
    return f"{user}:{role}"
