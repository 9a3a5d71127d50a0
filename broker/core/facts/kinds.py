"""What lasts beside users, rooms and messages: rare things, each of a type of its own, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TypeVar

import msgspec

from broker.core.facts.base import Fact
from broker.core.facts.moderation import MODERATION_FACTS
from broker.core.store import StoreError


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


_KINDS: tuple[type[Fact], ...] = (
    BoundKey,
    RevokedKey,
    ReleasedName,
    NewKey,
    InviteUse,
    GrantedRole,
    PasswordHash,
    *MODERATION_FACTS,
)

KINDS: dict[str, type[Fact]] = {kind.KIND: kind for kind in _KINDS}
"""Every kind of fact there is."""

AnyFact = TypeVar("AnyFact", bound=Fact)


class Facts:
    """All facts, by type and key. What changes them is `State`, which journals it."""

    def __init__(self, stored: Mapping[tuple[str, str], bytes]) -> None:
        """Take what is stored; kinds that a later version has written are left alone.

        Raise StoreError for one of a known kind that is none: without it, who is banned might come in.
        """
        self.changes: dict[type[Fact], int] = dict.fromkeys(KINDS.values(), 0)
        """How often a fact of a type has come or gone."""
        self._by_type: dict[type[Fact], dict[str, Fact]] = {kind: {} for kind in KINDS.values()}
        for (kind, key), value in stored.items():
            if kind in KINDS:
                self._by_type[KINDS[kind]][key] = _decode(kind, value)

    def of(self, kind: type[AnyFact]) -> dict[str, AnyFact]:
        """Return all facts of a type by their keys; for reading."""
        return self._by_type[kind]  # type: ignore[return-value]

    def get(self, kind: type[AnyFact], key: str) -> AnyFact | None:
        """Return a fact, or None if it does not hold."""
        return self.of(kind).get(key)


def _decode(kind: str, value: bytes) -> Fact:
    try:
        return msgspec.json.decode(value, type=KINDS[kind])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        text = f"the database has a {kind} that this version cannot read; restore a backup"
        raise StoreError(text) from None


def encode(fact: Fact) -> bytes:
    """Return a fact as it is stored."""
    return msgspec.json.encode(fact)
