"""A sheet that explains the question in the composer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from client.screen.log.wrap import wrapped
from client.screen.sheets.sheet import Sheet
from client.screen.tones import DIM, Row

if TYPE_CHECKING:
    from client.screen.keys import Pressed


class Hint(Sheet):
    """Shows a text while the question is asked. All keys are for the composer."""

    belongs_to_question = True
    hint = "Enter, Esc"

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.title = title
        self._text = text

    def height(self, columns: int, most: int) -> int:
        """Return the rows of the text."""
        return len(self.body(columns, most))

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the text."""
        return wrapped([(self._text, DIM)], columns)

    def take(self, press: Pressed) -> bool:
        """Leave all keys to the composer."""
        return False
