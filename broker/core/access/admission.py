"""Which keys may connect. The authenticator asks this from a thread of its own."""

from __future__ import annotations

from broker.core.facts.kinds import BoundKey, RevokedKey
from broker.core.memory.state import State
from broker.core.settings import AccessPolicy


class Admission:
    """A policy for keys. What it knows is replaced as a whole after each commit that concerns it."""

    def __init__(self, access: AccessPolicy) -> None:
        self._access = access
        self._changes = (-1, -1)
        self._bound: frozenset[str] = frozenset()
        self._revoked: frozenset[str] = frozenset()
        self._linking = False

    def admit(self, key: str, address: str) -> bool:
        """Tell whether who holds this key (z85) may connect. Any thread may ask.

        Who needs an invite or a link's code shows it when logging in, and connects before; where only the
        known may come, strangers connect as long as a device is being linked, and cannot log in otherwise.
        """
        if key in self._revoked:
            return False
        return self._access is not AccessPolicy.KNOWN or self._linking or key in self._bound

    def update(self, state: State) -> None:
        """Learn what was committed. Whose a key is matters only where the known alone may come."""
        self._linking = bool(state.attempts.codes)
        counts, before = state.facts.versions, self._changes
        self._changes = counts[BoundKey], counts[RevokedKey]
        if self._changes[0] != before[0] and self._access is AccessPolicy.KNOWN:
            self._bound = frozenset(state.facts.of(BoundKey))
        if self._changes[1] != before[1]:
            self._revoked = frozenset(state.facts.of(RevokedKey))
