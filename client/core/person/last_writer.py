"""The sender of the last direct message, to whom an answer goes."""

from __future__ import annotations


class LastWriter:
    """A user under their present name. Marks tell the order in which things happened."""

    def __init__(self) -> None:
        self.name: str | None = None
        self._since = 0

    def wrote(self, name: str, mark: int) -> None:
        """Record that somebody else than before has written."""
        self.name, self._since = name, mark

    def renamed(self, old: str, new: str) -> None:
        """Record the new name of a user."""
        if self.name == old:
            self.name = new

    def replaced(self, name: str) -> None:
        """Record that another user may have this name now."""
        if self.name == name:
            self.name = None

    def at(self, mark: int) -> str:
        """Return the user whom an answer that was begun at a mark is for.

        Raise ValueError if there is none, or if it was another one at that time.
        """
        if self.name is None:
            raise ValueError("nobody has written to you directly yet")
        if mark < self._since:
            raise ValueError(f"{self.name} wrote to you while you typed; /r answers {self.name} now")
        return self.name
