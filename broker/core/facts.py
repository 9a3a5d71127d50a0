"""What lasts beside users, rooms and messages: rare things, each of a type of its own, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TypeVar

import msgspec

from broker.core.fact import Fact
from broker.core.rulings import RULINGS

__all__ = ["KINDS", "AnyFact", "BoundKey", "Fact", "Facts", "encode"]


class BoundKey(Fact, frozen=True):
    """A public key that is a user's: whoever holds it is that user. `since` is Unix ms."""

    KIND: ClassVar[str] = "key"

    identity: str
    user: int
    since: int

    @property
    def key(self) -> str:
        """The public key itself."""
        return self.identity


_ALL: tuple[type[Fact], ...] = (BoundKey, *RULINGS)

KINDS: dict[str, type[Fact]] = {kind.KIND: kind for kind in _ALL}
"""Every kind of fact there is."""

AnyFact = TypeVar("AnyFact", bound=Fact)


class Facts:
    """All facts, by type and key. What changes them is `State`, which journals it."""

    def __init__(self, stored: Mapping[tuple[str, str], bytes]) -> None:
        """Take what is stored; kinds that a later version has written are left alone."""
        self._by_type: dict[type[Fact], dict[str, Fact]] = {kind: {} for kind in KINDS.values()}
        for (kind, key), value in stored.items():
            if kind in KINDS:
                self._by_type[KINDS[kind]][key] = msgspec.json.decode(value, type=KINDS[kind])

    def of(self, kind: type[AnyFact]) -> dict[str, AnyFact]:
        """Return all facts of a type by their keys; for reading."""
        return self._by_type[kind]  # type: ignore[return-value]

    def get(self, kind: type[AnyFact], key: str) -> AnyFact | None:
        """Return a fact, or None if it does not hold."""
        return self.of(kind).get(key)


def encode(fact: Fact) -> bytes:
    """Return a fact as it is stored."""
    return msgspec.json.encode(fact)
