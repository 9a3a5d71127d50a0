"""Names that this client has seen, for completion."""

from __future__ import annotations

from sys import intern

_MOST = 300


class People:
    """The names of users, the one seen last at the end; the oldest are dropped.

    The sessions of a process share the names, which are as many for each as there are sessions.
    """

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def saw(self, name: str) -> None:
        """Record a name."""
        self._seen.pop(name, None)
        self._seen[intern(name)] = None
        if len(self._seen) > _MOST:
            del self._seen[next(iter(self._seen))]

    def rename(self, old: str, new: str) -> None:
        """Record a user's new name."""
        self._seen.pop(old, None)
        self.saw(new)

    def others(self, me: str) -> list[str]:
        """Return all names except `me`."""
        return [name for name in self._seen if name != me]
