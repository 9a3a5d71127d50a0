"""Which keys get through the door at all: what an authenticator asks, from whatever thread it runs in."""

from __future__ import annotations

from broker.core.context import Access
from broker.core.facts import BoundKey, RevokedKey
from broker.core.state import State


class Admission:
    """A policy for keys. What it knows is replaced as a whole after each commit that concerns it."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._changes = -1
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
        return self._access is not Access.KNOWN or self._linking or key in self._bound

    def update(self, state: State) -> None:
        """Learn what was committed."""
        self._linking = bool(state.doors.codes)
        if state.facts.changes == self._changes:
            return
        self._changes = state.facts.changes
        bound, revoked = state.facts.of(BoundKey), state.facts.of(RevokedKey)
        if bound.keys() != self._bound:
            self._bound = frozenset(bound)
        if revoked.keys() != self._revoked:
            self._revoked = frozenset(revoked)
