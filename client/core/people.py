"""Names that this client has seen, for completion."""

from __future__ import annotations

_MOST = 1_000


class People:
    """The names of users, the one seen last at the end; the oldest give way."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def saw(self, name: str) -> None:
        """Take note of a name."""
        self._seen.pop(name, None)
        self._seen[name] = None
        if len(self._seen) > _MOST:
            del self._seen[next(iter(self._seen))]

    def rename(self, old: str, new: str) -> None:
        """Take note that a user bears another name."""
        self._seen.pop(old, None)
        self.saw(new)

    def others(self, me: str) -> list[str]:
        """Return all names but one's own."""
        return [name for name in self._seen if name != me]
