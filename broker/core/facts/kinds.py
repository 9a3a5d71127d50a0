"""Rare things that last beside users, rooms and messages: keys, released names, invites, roles, passwords."""

from __future__ import annotations

from typing import ClassVar

from broker.core.facts.base import Fact


class BoundKey(Fact, frozen=True):
    """A public key that is a user's: whoever holds it is that user. `since` and `seen` are Unix ms."""

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
    """A public key that was the user's and is nobody's any more. `at` is Unix ms."""

    KIND: ClassVar[str] = "revoked-key"

    identity: str
    user: int
    at: int

    @property
    def key(self) -> str:
        """The public key itself."""
        return self.identity


class ReleasedName(Fact, frozen=True):
    """A name whose bearer had these keys and bears it no more. `name` is the canonical key of it."""

    KIND: ClassVar[str] = "released-name"

    name: str
    identities: list[str]
    at: int

    @property
    def key(self) -> str:
        """The name's canonical key."""
        return self.name


class NewKey(Fact, frozen=True):
    """A user came with another key than whoever bore their name before, `at` Unix ms.

    Users with lower ids than `users` were known then; others have nobody to take them for.
    """

    KIND: ClassVar[str] = "new-key"

    user: int
    at: int
    users: int

    @property
    def key(self) -> str:
        """The user's id."""
        return str(self.user)


class InviteUse(Fact, frozen=True):
    """How often an invite was used. It is kept until it `expires` (Unix ms)."""

    KIND: ClassVar[str] = "invite-use"

    nonce: str
    used: int
    expires: int

    @property
    def key(self) -> str:
        """What tells the invite from others."""
        return self.nonce


class GrantedRole(Fact, frozen=True):
    """A role in the whole chat, `operator` or `gateway`, that a user has by an invite."""

    KIND: ClassVar[str] = "granted-role"

    user: int
    role: str
    since: int

    @property
    def key(self) -> str:
        """User and role."""
        return role_key(self.user, self.role)


class PasswordHash(Fact, frozen=True):
    """A user's password as argon2 encodes it."""

    KIND: ClassVar[str] = "password"

    user: int
    encoded: str

    @property
    def key(self) -> str:
        """The user's id."""
        return str(self.user)


def role_key(user: int, role: str) -> str:
    """Return the key of the fact that a user has a role."""
    return f"{user}:{role}"
