"""A sheet: rows between the log and the composer, which takes keys before the composer does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from client.editor.keyboard import Typed
from client.screen.tones import BOLD, DIM, Row
from messages.rows import prefix, width
from messages.text import neutralise

if TYPE_CHECKING:
    from client.screen.keys import Pressed


class Sheet:
    """A subclass says how many rows it wants, makes them, and takes keys.

    `belongs_to_question`: it is shown while the composer asks a question, and closed with it. What is typed
    then is told to `typed`.
    """

    belongs_to_question = False
    title = ""
    hint = ""
    """The keys that a person needs to know here."""

    def __init__(self) -> None:
        self.is_open = True

    def close(self) -> None:
        """Close it. The stack that it is on shows the one below, if there is one."""
        self.is_open = False

    def height(self, columns: int, most: int) -> int:
        """Return how many rows it wants below its title, at most `most`."""
        raise NotImplementedError

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the rows below its title."""
        raise NotImplementedError

    def take(self, press: Pressed) -> bool:
        """Take a key. Return False if it is not for the sheet, but for the composer and the log."""
        raise NotImplementedError

    def typed(self, text: str) -> None:
        """Take what stands in the composer now."""

    def escape(self) -> None:
        """Take the key Escape."""
        self.close()


class Sheets:
    """The open sheets. Only the last one is shown, and takes keys."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._open: list[Sheet] = []
        self.changed = changed

    @property
    def top(self) -> Sheet | None:
        """The sheet that is shown; None if there is none."""
        while self._open and not self._open[-1].is_open:
            self._open.pop()
        return self._open[-1] if self._open else None

    def open(self, sheet: Sheet) -> None:
        """Show a sheet above the others."""
        self._open.append(sheet)
        self.changed()

    def end_question(self) -> None:
        """Close the sheets that belong to the composer's question."""
        for sheet in self._open:
            if sheet.belongs_to_question:
                sheet.close()

    def clear(self) -> None:
        """Close all sheets."""
        for sheet in self._open:
            sheet.close()
        self._open.clear()

    def take(self, press: Pressed) -> bool:
        """Give a key to the sheet that is shown. Return whether the sheet has taken it."""
        while (sheet := self.top) is not None:
            taken = sheet.take(press)
            if taken:
                self.changed()
            if taken or sheet.is_open:  # else the key is for what is below it
                return taken
        return False

    def escape(self) -> bool:
        """Take the key Escape. Return whether there was a sheet to take it."""
        if (sheet := self.top) is None:
            return False
        sheet.escape()
        self.changed()
        return True

    def height(self, columns: int, most: int) -> int:
        """Return how many rows the sheet that is shown takes; 0 if there is none."""
        sheet = self.top
        if sheet is None or most < 1:
            return 0
        wanted = min(max(sheet.height(columns, most - 1), 0), most - 1) + 1
        return wanted if sheet.is_open else self.height(columns, most)  # it may see that it is out of place

    def rows(self, columns: int, height: int) -> list[Row]:
        """Return the rows of the sheet that is shown, with its title and its hint above."""
        sheet = self.top
        if sheet is None or height < 1:
            return []
        return [title_row(sheet.title, sheet.hint, columns), *sheet.body(columns, height - 1)[: height - 1]]


def singly(presses: Iterable[Pressed], sheets: Sheets) -> Iterator[Pressed]:
    """Yield keys. Letters come one by one while a sheet takes them, as one may close or open another."""
    for press in presses:
        top = sheets.top
        if isinstance(press, Typed) and top is not None and not top.belongs_to_question:
            yield from map(Typed, press.text)
        else:
            yield press


def title_row(title: str, hint: str, columns: int) -> Row:
    """Return a rule with a title on the left, and a hint on the right, or its end, if there is room."""
    title = prefix(neutralise(title), max(columns - 4, 0))
    left = f"── {title} " if title else "──"
    while hint and width(left) + width(hint) + 4 > columns:  # the last key is the one to leave with
        hint = hint.partition(", ")[2]
    right = f" {hint} ─" if hint else ""
    line = "─" * max(columns - width(left) - width(right), 0)
    return [("── ", DIM), (title, BOLD), (f" {line}{right}", DIM)] if title else [(f"──{line}{right}", DIM)]


def letters(press: Pressed) -> str:
    """Return the letters of a key; empty if it is none."""
    return press.text if isinstance(press, Typed) else ""
