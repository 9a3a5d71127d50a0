"""A question that one key answers: y or Enter does it, n or Escape does not."""

from __future__ import annotations

from collections.abc import Callable

from client.editor.keyboard import Action, Pasted
from client.screen.keys import Pressed, ScreenKey
from client.screen.log.wrap import wrapped
from client.screen.sheets.sheet import Sheet, letters
from client.screen.tones import BOLD, PLAIN, Row

_SMALL_HINT = "y / n, Up/Down"
_NO = (Action.INTERRUPT, Action.CANCEL, Action.DELETE_OR_END)
_STEPS: dict[Pressed, int] = {
    ScreenKey.UP: -1,
    ScreenKey.DOWN: 1,
    ScreenKey.PAGE_UP: -1,
    ScreenKey.PAGE_DOWN: 1,
    Action.OLDER: -1,
    Action.NEWER: 1,
}


class Confirm(Sheet):
    """Asks `question`, and calls `then` if the person says yes, `otherwise` if they say no.

    If it `stays`, letters that are no answer do nothing, nor does what follows them up to Enter, nor do keys
    that come before it is drawn.
    """

    hint = "y or Enter: yes, n or Esc: no"

    def __init__(
        self,
        question: str,
        then: Callable[[], object],
        *,
        title: str = "Sure?",
        otherwise: Callable[[], object] = lambda: None,
        stays: bool = False,
    ) -> None:
        super().__init__()
        self.title = title
        self._question = question
        self._then = then
        self._otherwise = otherwise
        self._stays = stays
        self._strays = False
        """Whether the person has begun to type something that is no answer."""
        self._first = 0
        self._drawn = not stays

    def height(self, columns: int, most: int) -> int:
        """Return the rows of the question, and of the keys."""
        return len(self._rows(columns, 1_000))

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the question, and the keys if the title has no room for them."""
        self._drawn = True
        return self._rows(columns, height)

    def _rows(self, columns: int, height: int) -> list[Row]:
        rows = wrapped([(self._question, PLAIN)], columns)
        if columns >= len(self.title) + len(self.hint) + 10 and len(rows) <= height:
            return rows
        if len(rows) < height:
            return rows + wrapped([(self.hint, PLAIN)], columns)
        self._first = max(min(self._first, len(rows) - height + 1), 0)
        return [*rows[self._first :][: height - 1], [(_SMALL_HINT, BOLD)]]

    def take(self, press: Pressed) -> bool:
        """Take the answer. Whoever goes on to type says no, and the letter is for the composer."""
        answer = letters(press)[:1].lower()
        if not self._drawn:
            return True
        if self._stays and (answer or (self._strays and press is Action.ENTER)):
            self._strays = press is not Action.ENTER and (self._strays or answer not in ("y", "n"))
            if self._strays or not answer:
                return True
        if press is Action.ENTER or answer == "y":
            self.close()
            self._then()
        elif press in _STEPS:
            self._first = max(self._first + _STEPS[press], 0)
        elif press in _NO or answer == "n":
            self.escape()
        elif (answer or isinstance(press, Pasted)) and not self._stays:
            self.escape()
            return False
        return True

    def escape(self) -> None:
        """Take a no."""
        self.close()
        self._otherwise()


class Refusal(Sheet):
    """Says why the client does not go on. Whatever key is pressed, it calls `leave`."""

    hint = "any key: leave"

    def __init__(self, title: str, text: str, leave: Callable[[], object]) -> None:
        super().__init__()
        self.title = title
        self._text = text
        self._leave = leave

    def height(self, columns: int, most: int) -> int:
        """Return the rows of the text."""
        return len(self.body(columns, most))

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the text."""
        return wrapped([(self._text, PLAIN)], columns)

    def take(self, press: Pressed) -> bool:
        """Leave."""
        self._leave()
        return True

    def escape(self) -> None:
        """Leave."""
        self._leave()
