"""Names of forgotten users whom others may still take a newcomer of the same name for."""

from __future__ import annotations

from broker.core.changes import Changes

_MOST = 10_000


class FormerNames:
    """Canonical names of users who had direct conversations and were forgotten since the broker started."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._names: dict[str, None] = {}

    def add(self, name: str) -> None:
        """Record a name."""
        if len(self._names) < _MOST:
            self._changes.put(self._names, name, None)

    def __contains__(self, name: str) -> bool:
        """Whether others may know an earlier user of this name. If too many are recorded, they may."""
        return name in self._names or len(self._names) >= _MOST
