"""What stands above a question of the composer: what is asked, and what was wrong with the last answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from client.screen.keys import ScreenKey
from client.screen.log.wrap import wrapped
from client.screen.sheets.sheet import Sheet
from client.screen.tones import BAD, PLAIN, Row
from messages.text import neutralise

if TYPE_CHECKING:
    from client.screen.keys import Pressed


class Explanation(Sheet):
    """Sentences above a question. `trouble` says why the last answer was not taken, and stands first."""

    belongs_to_question = True

    def __init__(self, title: str, sentences: Sequence[str], trouble: str = "", *, hint: str = "") -> None:
        super().__init__()
        self.title = title
        self.hint = hint
        self._sentences = sentences
        self._trouble = trouble
        self._first = 0

    def height(self, columns: int, most: int) -> int:
        """Return the rows of the sentences."""
        return len(self._rows(columns))

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the sentences from the first row shown."""
        rows = self._rows(columns)
        self._first = max(min(self._first, len(rows) - height), 0)
        return rows[self._first : self._first + height]

    def take(self, press: Pressed) -> bool:
        """Scroll. All other keys are for the composer."""
        steps = {ScreenKey.PAGE_UP: -1, ScreenKey.ROW_UP: -1, ScreenKey.PAGE_DOWN: 1, ScreenKey.ROW_DOWN: 1}
        if press not in steps:
            return False
        self._first = max(self._first + steps[press], 0)
        return True

    def _rows(self, columns: int) -> list[Row]:
        rows = wrapped([(neutralise(self._trouble), BAD)], columns) if self._trouble else []
        for sentence in self._sentences:
            rows += wrapped([(sentence, PLAIN)], columns)
        return rows
