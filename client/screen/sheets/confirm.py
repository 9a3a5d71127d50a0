"""A question that one key answers: y or Enter does it, n or Escape does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from client.editor.keyboard import Action
from client.screen.log.wrap import wrapped
from client.screen.sheets.sheet import Sheet, letters
from client.screen.tones import PLAIN, Row

if TYPE_CHECKING:
    from client.screen.keys import Pressed


class Confirm(Sheet):
    """Asks `question`, and calls `then` if the person says yes."""

    hint = "y or Enter: yes, n or Esc: no"

    def __init__(self, question: str, then: Callable[[], object]) -> None:
        super().__init__()
        self.title = "Sure?"
        self._question = question
        self._then = then

    def height(self, columns: int, most: int) -> int:
        """Return the rows of the question, and of the keys."""
        return len(self.body(columns, most))

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the question."""
        rows = wrapped([(self._question, PLAIN)], columns)
        if columns < len(self.title) + len(self.hint) + 10:
            rows += wrapped([(self.hint, PLAIN)], columns)
        return rows

    def take(self, press: Pressed) -> bool:
        """Take the answer. Other keys do nothing, so that nobody confirms by going on to type."""
        answer = letters(press)[:1].lower()
        if press is Action.ENTER or answer == "y":
            self.close()
            self._then()
        elif press in (Action.INTERRUPT, Action.CANCEL, Action.DELETE_OR_END) or answer == "n":
            self.close()
        return True
