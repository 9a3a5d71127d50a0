"""All facts, and their JSON in the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from broker.core.changes import Changes
from broker.core.facts.base import Fact
from broker.core.facts.files import FILE_FACTS
from broker.core.facts.kinds import (
    BoundKey,
    ClockMark,
    EndedTickets,
    GrantedRole,
    Guest,
    InviteUse,
    NewKey,
    PasswordHash,
    ReleasedName,
    RevokedKey,
    TypingOff,
    Unannounced,
)
from broker.core.facts.moderation import MODERATION_FACTS
from broker.core.facts.notices import NOTICE_FACTS
from broker.core.facts.unchanged import UnchangedRequests
from broker.core.store import Entry, StoredFact, StoreError

_KINDS: tuple[type[Fact], ...] = (
    BoundKey,
    RevokedKey,
    ReleasedName,
    NewKey,
    InviteUse,
    GrantedRole,
    PasswordHash,
    Guest,
    EndedTickets,
    Unannounced,
    TypingOff,
    ClockMark,
    UnchangedRequests,
    *MODERATION_FACTS,
    *NOTICE_FACTS,
    *FILE_FACTS,
)

KINDS: dict[str, type[Fact]] = {kind.KIND: kind for kind in _KINDS}
"""All kinds of facts."""

AnyFact = TypeVar("AnyFact", bound=Fact)


class Facts:
    """All facts, by type and key. Every change can be undone and is journaled."""

    def __init__(
        self, stored: Mapping[tuple[str, str], bytes], changes: Changes, journal: list[Entry]
    ) -> None:
        """Read the stored facts. Kinds that a later version has written are skipped.

        Raise StoreError if a fact of a known kind cannot be decoded: if a ban were skipped, its target
        could log in.
        """
        self._changes = changes
        self._journal = journal
        self.versions: dict[type[Fact], int] = dict.fromkeys(KINDS.values(), 0)
        """How often a fact of a type was added or dropped."""
        self._by_type: dict[type[Fact], dict[str, Fact]] = {kind: {} for kind in KINDS.values()}
        self._by_user: dict[tuple[type[Fact], int], dict[str, Fact]] = {}
        for (kind, key), value in stored.items():
            if kind in KINDS:
                self._by_type[KINDS[kind]][key] = fact = decode_fact(kind, value)
                if fact.BY_USER:
                    self._of_same_user(fact)[key] = fact

    def of(self, kind: type[AnyFact]) -> dict[str, AnyFact]:
        """Return all facts of a type by their keys; for reading."""
        return self._by_type[kind]  # type: ignore[return-value]

    def of_user(self, kind: type[AnyFact], user: int) -> list[AnyFact]:
        """Return the facts of a user, of a type with `BY_USER`."""
        return list(self._by_user.get((kind, user), {}).values())  # type: ignore[arg-type]

    def get(self, kind: type[AnyFact], key: str) -> AnyFact | None:
        """Return a fact, or None if there is none with this key."""
        return self.of(kind).get(key)

    def keep(self, fact: Fact) -> None:
        """Store a fact; it replaces one with the same key."""
        known = self.of(type(fact))
        self.versions[type(fact)] += fact.key not in known
        self._changes.put(known, fact.key, fact)
        if fact.BY_USER:
            self._changes.put(self._of_same_user(fact), fact.key, fact)
        self._journal.append(StoredFact(fact.KIND, fact.key, msgspec.json.encode(fact)))

    def drop(self, fact: Fact) -> None:
        """Delete a fact."""
        self.versions[type(fact)] += 1
        self._changes.drop(self.of(type(fact)), fact.key)
        if fact.BY_USER:
            self._changes.drop(self._of_same_user(fact), fact.key)
        self._journal.append(StoredFact(fact.KIND, fact.key, None))

    def _of_same_user(self, fact: Fact) -> dict[str, Fact]:
        return self._by_user.setdefault((type(fact), getattr(fact, "user")), {})  # noqa: B009


def decode_fact(kind: str, value: bytes) -> Fact:
    """Return the fact of a known kind. Raise StoreError if its value cannot be decoded."""
    try:
        return msgspec.json.decode(value, type=KINDS[kind])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        text = f"the database has a {kind} that this version cannot read; restore a backup"
        raise StoreError(text) from None
