"""The history of entered lines, and the search in it."""

from __future__ import annotations

from collections.abc import Iterable

from client.editor.inputs import TypedLine

MOST_LINES = 1_000
"""Lines kept in the history."""

_LONGEST_NEEDLE = 200


class History:
    """Entered lines, and the current position: 0 is the line not entered yet, 1 the newest line before it."""

    def __init__(self, lines: Iterable[TypedLine] = ()) -> None:
        self._lines = [*lines][-MOST_LINES:]
        self._at = 0
        self._unfinished = TypedLine("")

    def add(self, line: TypedLine) -> None:
        """Add an entered line, unless it is blank or equals the newest, and go to a new line."""
        if line.text.strip() and self._lines[-1:] != [line]:
            self._lines.append(line)
            del self._lines[:-MOST_LINES]
        self.leave()

    def leave(self) -> None:
        """Go to a new line."""
        self._at = 0

    def older(self, current: TypedLine) -> TypedLine | None:
        """Go to the next older line; return None if there is none. `current` is kept if it is unfinished."""
        if self._at == len(self._lines):
            return None
        return self.go(self._at + 1, current)

    def newer(self) -> TypedLine | None:
        """Go to the next newer line, at the end to the unfinished one."""
        if self._at == 0:
            return None
        self._at -= 1
        return self.line(self._at) if self._at else self._unfinished

    def go(self, at: int, current: TypedLine) -> TypedLine:
        """Go to the line `at`, from 1."""
        if self._at == 0:
            self._unfinished = current
        self._at = at
        return self.line(at)

    def line(self, at: int) -> TypedLine:
        """Return the line `at`, from 1."""
        return self._lines[-at]

    def find(self, needle: str, start: int) -> int | None:
        """Return the position of the newest line, from `start` on, that contains `needle` in any case."""
        needle = needle.casefold()
        hits = (at for at in range(start, len(self._lines) + 1) if needle in self.line(at).text.casefold())
        return next(hits, None)


class Search:
    """An incremental search from the newest line backwards. `at` is the position of the hit, or 0."""

    def __init__(self, history: History) -> None:
        self.at = 0
        self._history = history
        self._needle = ""
        self._failed = False

    @property
    def prompt(self) -> str:
        """The prompt during the search."""
        return f"{'no line has' if self._failed else 'search'} '{self._needle}': "

    def extend(self, text: str) -> None:
        """Search for a longer text."""
        self._needle = (self._needle + text)[:_LONGEST_NEEDLE]
        self._find(max(self.at, 1))

    def shorten(self) -> None:
        """Search for a text without its last character, again from the newest line."""
        self._needle = self._needle[:-1]
        self.at, self._failed = 0, False
        self.older()

    def older(self) -> None:
        """Go to the next older hit."""
        if self._needle:
            self._find(self.at + 1)

    def _find(self, start: int) -> None:
        found = self._history.find(self._needle, start)
        self._failed = found is None
        self.at = found or self.at
