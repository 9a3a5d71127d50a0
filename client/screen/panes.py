"""The widgets around the log: conversations, topic, choices, status and members."""

from __future__ import annotations

from collections.abc import Callable

from client.screen.painting import Pane
from client.screen.tones import Row

MakeRows = Callable[[int, int], list[Row]]
"""Returns rows for so many columns and rows."""


class RowsPane(Pane):
    """Draws what a function returns."""

    def __init__(self, make: MakeRows, *, id: str) -> None:
        super().__init__(id=id)
        self._make_rows = make

    def make_rows(self, columns: int, height: int) -> list[Row]:
        """Return the rows."""
        return self._make_rows(columns, height)
