"""All facts, and how each is kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from broker.core.facts.base import Fact
from broker.core.facts.kinds import (
    BoundKey,
    GrantedRole,
    InviteUse,
    NewKey,
    PasswordHash,
    ReleasedName,
    RevokedKey,
)
from broker.core.facts.moderation import MODERATION_FACTS
from broker.core.store import StoreError

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
