"""A sheet with messages to walk through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from client.editor.keyboard import Action
from client.screen.keys import ScreenKey
from client.screen.sheets.sheet import Sheet, letters

if TYPE_CHECKING:
    from client.screen.keys import Pressed

FAR = 1_000_000
LEAST_ROWS = 3

_STEPS: dict[Pressed, int] = {
    ScreenKey.UP: -1,
    ScreenKey.DOWN: 1,
    ScreenKey.ROW_UP: -1,
    ScreenKey.ROW_DOWN: 1,
    ScreenKey.NEXT_HIT: 1,
    ScreenKey.PREVIOUS_HIT: -1,
    ScreenKey.FIRST: -FAR,
    ScreenKey.LAST: FAR,
    Action.OLDER: -1,
    Action.NEWER: 1,
    Action.COMPLETE: 1,
    Action.COMPLETE_BACK: -1,
    Action.HOME: -FAR,
    Action.END: FAR,
}
_LETTERS = {"j": 1, "n": 1, "k": -1, "N": -1}
_LEAVING = (Action.INTERRUPT, Action.CANCEL, Action.DELETE_OR_END)
_PAGES = {ScreenKey.PAGE_UP: -1, ScreenKey.PAGE_DOWN: 1}


class Walk(Sheet):
    """A subclass says what a step is, and what Enter and other letters do. It is half as high as the log."""

    hint = "Enter: go there, Esc: back"

    def __init__(self) -> None:
        super().__init__()
        self._page = 1

    def step(self, by: int) -> None:
        """Go on by some messages, down if positive."""
        raise NotImplementedError

    def enter(self) -> None:
        """Go to the message, and leave the sheet."""
        raise NotImplementedError

    def letter(self, letter: str) -> None:
        """Take a letter that has no meaning in all lists."""

    def take(self, press: Pressed) -> bool:
        """Walk, or leave. Letters go nowhere else, so that nobody says what was meant for the list."""
        if press in _STEPS:
            self.step(_STEPS[press])
        elif isinstance(press, ScreenKey) and press in _PAGES:
            self.step(_PAGES[press] * self._page)
        elif press is Action.ENTER:
            self.enter()
        elif press in _LEAVING:
            self.escape()
        for letter in letters(press):
            if not self.is_open:
                break
            if letter in _LETTERS:
                self.step(_LETTERS[letter])
            elif letter == "q":
                self.escape()
            else:
                self.letter(letter)
        return not isinstance(press, ScreenKey | int) or press in _STEPS or press in _PAGES

    @staticmethod
    def most_rows(most: int) -> int:
        """Return the rows that it takes at most, if there is room for so many."""
        return min(max(most // 2, LEAST_ROWS), most)
