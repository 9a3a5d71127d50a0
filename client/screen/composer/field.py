"""What is typed: the line editor in several rows, a draft for each conversation, and choices to complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from client.editor.editor import Complete, Editor, Foresee, TypedLine
from client.editor.keyboard import Action, Press
from client.screen.composer.rows import Rows, rows_of, visible

STALE = -1
"""The mark of a draft that is not sent without another look at it."""


class Choices(NamedTuple):
    """What the word can be completed to, and the one that stands there now."""

    candidates: list[str]
    chosen: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that is not sent, and its cursor."""

    line: TypedLine
    cursor: int


class Field(Editor):
    """Edits texts of several rows. `last_own` returns what edits the user's last message, or nothing."""

    def __init__(
        self,
        complete: Complete,
        history: Iterable[TypedLine] = (),
        foresee: Foresee = lambda *_: None,
        last_own: Callable[[], str] = lambda: "",
    ) -> None:
        super().__init__(complete, history, foresee)
        self.columns = 80
        self._last_own = last_own
        self._column: int | None = None
        """The column of the cursor while it moves through rows of different lengths."""
        self._edits = ""
        """How the line begins that edits the last message."""
        self._handlers |= {Action.HOME: self._line_home, Action.END: self._line_end}

    @property
    def rows(self) -> Rows:
        """The rows of the text."""
        return rows_of(visible(self.text), self.columns)

    @property
    def choices(self) -> Choices | None:
        """The choices of a completion, if there are several."""
        completion = self._completion
        return Choices(list(completion.candidates), completion.chosen) if completion else None

    @property
    def shown(self) -> tuple[str | None, str, int]:
        """The prompt of a search or None, the text to show, and the cursor's index."""
        if self.is_secret:
            return None, "", 0
        if self._search is None:
            return None, self.text, self.cursor
        text = self._history.line(self._search.at).text if self._search.at else self.text
        return self._search.prompt, text, len(text)

    def escape(self) -> bool:
        """Leave a choice or a search; return whether there was one."""
        was = self._search is not None or self._completion is not None
        self._search = self._completion = None
        return was

    def up(self) -> None:
        """Go to the row above, or to what was typed before. With an empty text, edit the last message."""
        if self._search or self.is_leaving:
            return
        self._completion = None
        if not self.text and not self.is_secret and (edit := self._last_own()):
            self._buffer.load(TypedLine(edit))
            self._begun = self.mark
            self._edits = " ".join(edit.split(" ", 2)[:2]) + " "
        elif not self._move(-1):
            self._older()

    def down(self) -> None:
        """Go to the row below, or to what was typed later."""
        if self._search or self.is_leaving:
            return
        self._completion = None
        if not self._move(1):
            self._newer()

    def set_aside(self) -> bool:
        """Put the text among what was typed before. Return False if there is none."""
        if not self.text.strip() or self.is_secret:
            return False
        self._history.add(self._buffer.line)
        self.load_draft(None)
        return True

    def take_draft(self) -> Draft:
        """Take the text away."""
        draft = Draft(replace(self._buffer.line, mark=self._begun), self.cursor)
        self.load_draft(None)
        return draft

    def load_draft(self, draft: Draft | None) -> None:
        """Replace the text by a draft, or by nothing."""
        self.escape()
        self._history.leave()
        self._buffer.load(draft.line if draft else TypedLine(""))
        if draft:
            self._buffer.cursor, self._begun = draft.cursor, draft.line.mark

    def _take(self, press: Press) -> None:
        self._column = None
        super()._take(press)
        if self._edits and self.text.startswith(self._edits):  # a paste into it is no text to say
            self._buffer.count_as_typed()
        elif self._edits:
            self._edits = ""

    def _move(self, by: int) -> bool:
        """Move by rows; return False if there are none in that direction."""
        rows = self.rows
        row, column = rows.place(self.cursor)
        if not 0 <= row + by < len(rows.spans):
            return False
        self._column = column if self._column is None else self._column
        self._buffer.cursor = rows.index_at(row + by, self._column)
        return True

    def _line_home(self) -> None:
        """Go to the beginning of the line; from there to the beginning of the text."""
        start = self.text.rfind("\n", 0, self.cursor) + 1
        self._buffer.cursor = start if start != self.cursor else 0

    def _line_end(self) -> None:
        """Go to the end of the line; from there to the end of the text."""
        end = self.text.find("\n", self.cursor)
        self._buffer.cursor = len(self.text) if end in (-1, self.cursor) else end
