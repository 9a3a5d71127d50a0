"""A sheet with a text to read: help, who has a message, a code to scan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from client.editor.keyboard import Action
from client.screen.keys import ScreenKey
from client.screen.log.wrap import wrapped
from client.screen.sheets.sheet import Sheet, letters
from client.screen.tones import PLAIN, Row

if TYPE_CHECKING:
    from client.screen.keys import Pressed


class Text(Sheet):
    """Rows that scroll if they are too many. `make` returns them, unbroken, whenever they are drawn.

    If it is `whole`, rows are not broken, as those of a picture; else `indent` blanks stand before what is
    broken off. Escape, Enter and q close it. Other letters
    do so too and go to the composer, so that somebody who goes on to type loses nothing.
    """

    def __init__(
        self, title: str, make: Callable[[], Sequence[Row]], *, whole: bool = False, indent: int = 0
    ) -> None:
        super().__init__()
        self.title = title
        self._make = make
        self._whole = whole
        self._indent = indent
        self._first = 0
        self._most = 1
        self._count = 0

    @property
    def hint(self) -> str:  # type: ignore[override]
        """The keys."""
        return "PgUp/PgDn: scroll, Esc: close" if self._count > self._most else "Esc: close"

    def height(self, columns: int, most: int) -> int:
        """Return the number of rows."""
        self._most = most
        return len(self._rows(columns))

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the rows from the first one shown."""
        rows = self._rows(columns)
        self._most = height
        self._first = max(min(self._first, len(rows) - height), 0)
        return rows[self._first : self._first + height]

    def take(self, press: Pressed) -> bool:
        """Scroll, or close."""
        page = max(self._most - 1, 1)
        steps = {
            ScreenKey.UP: -1,
            ScreenKey.DOWN: 1,
            ScreenKey.ROW_UP: -1,
            ScreenKey.ROW_DOWN: 1,
            ScreenKey.PAGE_UP: -page,
            ScreenKey.PAGE_DOWN: page,
            ScreenKey.FIRST: -self._count,
            ScreenKey.LAST: self._count,
            Action.HOME: -self._count,
            Action.END: self._count,
        }
        if press in steps:
            self._first = max(self._first + steps[press], 0)
        elif press is Action.ENTER or letters(press).lower() == "q":
            self.close()
        else:
            if letters(press):
                self.close()
            return False
        return True

    def _rows(self, columns: int) -> list[Row]:
        rows: list[Row] = []
        for row in self._make():
            rows += [row] if self._whole else self._broken(row, columns)
        self._count = len(rows)
        return rows

    def _broken(self, row: Row, columns: int) -> list[Row]:
        rows = wrapped(row, columns)
        if self._indent and len(rows) > 1:
            first, *rest = wrapped(row, columns - self._indent)
            rows = [first, *([(" " * self._indent, PLAIN), *one] for one in rest)]
        return rows
