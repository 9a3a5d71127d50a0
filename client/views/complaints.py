"""Reports of lines that were not sent: the first ones singly, the others as a count at the end."""

from __future__ import annotations

from collections.abc import Callable

from messages.fields import for_people
from messages.text import counted

_MOST_NAMED = 5


def sentence(error: ValueError) -> str:
    """Return why something was not done, as a sentence with a capital and a full stop."""
    text = for_people(error)
    return f"{text[:1].upper()}{text[1:]}."


class Complaints:
    """Passes complaints to `tell`; all of them singly if `endless`."""

    def __init__(self, tell: Callable[[str], None], *, endless: bool = False) -> None:
        self._tell = tell
        self._endless = endless
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, text: str) -> None:
        """Report a complaint, or count it."""
        self._count += 1
        if self._endless or self._count <= _MOST_NAMED:
            self._tell(text)

    def end(self) -> None:
        """Report how many more there were."""
        rest = self._count - _MOST_NAMED
        if rest > 0 and not self._endless:
            self._tell(f"{counted(rest, 'further line', 'was', 'were')} not sent")
