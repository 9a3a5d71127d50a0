"""The widgets around the log: conversations, topic, choices, status and members."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from client.screen.painting.pane import Pane
from client.screen.settings.table import CONVERSATIONS_WIDTH, MEMBERS_WIDTH
from client.screen.tones import Row

_USUAL = {"rooms": CONVERSATIONS_WIDTH.default, "members": MEMBERS_WIDTH.default}

MakeRows = Callable[[int, int], list[Row]]
"""Returns rows for so many columns and rows."""


_SHARE = 3
"""A pane beside the log takes at most so much of the screen: a third."""


class Folds:
    """Which panes beside the log are shown, and how wide they are."""

    FROM: ClassVar = {"rooms": 70, "members": 100}
    """The least columns of the screen with conversations on the left, and members on the right."""

    def __init__(self) -> None:
        self.widths = dict(_USUAL)
        self._chosen: dict[str, bool] = {}
        """The panes that the person has shown or hidden."""

    def columns(self, pane: str, screen: int) -> int:
        """Return the columns of a pane on a screen of so many; 0 if it is folded away."""
        width = self.widths[pane]
        if not self._chosen.get(pane, width > 0 and screen >= self.FROM[pane]):
            return 0
        return max(min(width or _USUAL[pane], screen // _SHARE), 1)

    def toggle(self, pane: str, screen: int) -> None:
        """Show a pane, or hide it."""
        self._chosen[pane] = not self.columns(pane, screen)

    def widen(self, pane: str, width: int) -> None:
        """Set the columns of a pane. 0 hides it until the person shows it."""
        self.widths[pane] = width
        self._chosen.pop(pane, None)


class RowsPane(Pane):
    """Draws what a function returns."""

    def __init__(self, make: MakeRows, *, id: str) -> None:
        super().__init__(id=id)
        self._make_rows = make

    def make_rows(self, columns: int, height: int) -> list[Row]:
        """Return the rows."""
        return self._make_rows(columns, height)
