"""Which keys may connect. The authenticator calls this from its own thread."""

from __future__ import annotations

from collections.abc import Container

from broker.core.facts.kinds import BoundKey, RevokedKey
from broker.core.memory.state import State
from broker.core.settings import AccessPolicy


class Admission:
    """The access policy for keys. Its sets of keys are replaced as a whole, after a commit changes them."""

    def __init__(self, access: AccessPolicy) -> None:
        self._access = access
        self._changes = (-1, -1)
        self._bound: frozenset[str] = frozenset()
        self._revoked: frozenset[str] = frozenset()
        self._linking = False
        self._bound_now: Container[str] = ()

    def admit(self, key: str, address: str) -> bool:
        """Return whether a key (z85) may connect. Any thread may call this.

        Invites and link codes are checked at login, so their holders may connect before. With access `known`,
        unknown keys may connect while a link code is valid; they can log in only with that code.
        """
        if key in self._revoked:
            return False
        return self._access is not AccessPolicy.KNOWN or self._linking or key in self._bound

    def is_bound(self, key: str) -> bool:
        """Return whether a key (z85) belongs to a user. Any thread may call this."""
        return key in self._bound_now

    def update(self, state: State) -> None:
        """Take over the committed state. Bound keys are tracked only with access `known`."""
        self._linking = bool(state.attempts.codes)
        self._bound_now = state.facts.of(BoundKey)
        counts, before = state.facts.versions, self._changes
        self._changes = counts[BoundKey], counts[RevokedKey]
        if self._changes[0] != before[0] and self._access is AccessPolicy.KNOWN:
            self._bound = frozenset(state.facts.of(BoundKey))
        if self._changes[1] != before[1]:
            self._revoked = frozenset(state.facts.of(RevokedKey))
