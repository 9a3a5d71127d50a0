"""What could not be sent: the first lines are named one by one, the others counted at the end."""

from __future__ import annotations

from collections.abc import Callable

_MOST_NAMED = 5


class Complaints:
    """Tells complaints with `tell`; all of them if there is no end to count them at."""

    def __init__(self, tell: Callable[[str], None], *, endless: bool = False) -> None:
        self._tell = tell
        self._endless = endless
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, text: str) -> None:
        """Tell a complaint, or count it."""
        self._count += 1
        if self._endless or self._count <= _MOST_NAMED:
            self._tell(text)

    def end(self) -> None:
        """Tell how many more there were."""
        untold = self._count - _MOST_NAMED
        if untold > 0 and not self._endless:
            self._tell(f"{untold:,} further line{'s were' if untold > 1 else ' was'} not sent")
