"""What is typed: the line editor in several rows, what a text is for, and what is offered meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from client.editor.editor import Complete, Editor, Foresee, TypedLine
from client.editor.keyboard import Action, Pasted, Press, Typed
from client.screen.composer.meaning import Aim, Draft, Means, Meant, Target
from client.screen.composer.pasting import LongText, fits, is_long
from client.screen.composer.popup import Guide, Offer, Popup
from client.screen.composer.rows import Rows, rows_of, visible

LastOwn = Callable[[], tuple[Target, str] | None]
"""Returns the user's last message, and its text; None if there is none."""

_KEPT_BY_A_LONG_TEXT = (Action.SUSPEND, Action.CLEAR)


class Field(Editor):
    """Edits texts of several rows."""

    def __init__(
        self,
        complete: Complete,
        history: Iterable[TypedLine] = (),
        foresee: Foresee = lambda *_: None,
        last_own: LastOwn = lambda: None,
        guide: Guide | None = None,
    ) -> None:
        super().__init__(complete, history, foresee)
        self.columns = 80
        self.popup = Popup(guide or Guide())
        """What is offered while a person types. Its attribute `on` turns that off."""
        self.target: Target | None = None
        """The message that the text is for."""
        self.is_answer = False
        """Whether the text answers a question of the program."""
        self.long: LongText | None = None
        """The long text that the person is asked about."""
        self._before: Draft | None = None
        """What stands back while a message is edited."""
        self._last_own = last_own
        self._column: int | None = None
        """The column of the cursor while it moves through rows of different lengths."""
        self._handlers |= {Action.HOME: self._line_home, Action.END: self._line_end}

    @property
    def rows(self) -> Rows:
        """The rows of the text."""
        return rows_of(visible(self.text), self.columns)

    @property
    def offer(self) -> Offer:
        """What is offered for the word at the cursor."""
        if self.is_secret or self.is_leaving or self._search is not None or self.long is not None:
            return Offer()
        start = self._buffer.word_start()
        if done := self._completion:
            return self.popup.choosing(done.candidates, done.chosen, self.text, done.word)
        if self.is_answer:
            return Offer()
        is_text = self._edits or self._buffer.line.pasted
        return self.popup.offer(self.text, self.cursor, start, is_text=is_text)

    @property
    def shown(self) -> tuple[str | None, str, int]:
        """The prompt of a search or None, the text to show, and the cursor's index."""
        if self.is_secret:
            return None, "", 0
        if self._search is None:
            return None, self.text, self.cursor
        text = self._history.line(self._search.at).text if self._search.at else self.text
        return self._search.prompt, text, len(text)

    @property
    def _edits(self) -> bool:
        return self.target is not None and self.target.aim is Aim.EDIT

    def escape(self) -> bool:
        """Leave the nearest of: a choice, a search, a question, what is offered, a target. Return if any."""
        if self._leave_choice() or self._leave_long():
            return True
        if self.offer != Offer() and self.popup.close(self.text, self._buffer.word_start()):
            return True
        return self.drop_target()

    def _leave_choice(self) -> bool:
        was = self._search is not None or self._completion is not None
        self._search = self._completion = None
        return was

    def _leave_long(self) -> bool:
        was, self.long = self.long is not None, None
        return was

    # Moving

    def up(self) -> None:
        """Go to the row above, or to what was typed before. With an empty text, edit the last message.

        In a choice that Tab has begun, go to the one above.
        """
        if self._search or self.is_leaving:
            return
        if self._completion:
            self._turn_completion(-1)
        elif not (self.text or self.target or self.is_secret or self.is_answer) and (own := self._last_own()):
            self.aim(*own)
        elif not self._move(-1):
            self._older()

    def down(self) -> None:
        """Go to the row below, or to what was typed later."""
        if self._search or self.is_leaving:
            return
        if self._completion:
            self._turn_completion(1)
        elif not self._move(1):
            self._newer()

    def _older(self) -> None:
        if not self._edits:  # another text must not replace the message by mistake
            super()._older()

    def _newer(self) -> None:
        if not self._edits:
            super()._newer()

    def place_cursor(self, index: int) -> None:
        """Put the cursor before a character of the text."""
        if not self._search and not self.is_secret and not self.is_leaving:
            self._leave_choice()
            self._column = None
            self._buffer.cursor = min(index, len(self.text))

    # Targets

    def aim(self, target: Target, text: str = "") -> None:
        """Let what is typed answer a message; or edit one with a text, while what is typed stands back."""
        if self._edits:
            self.drop_target()
        self._leave_choice()
        self._leave_long()
        if target.aim is Aim.EDIT:
            self._before = self.draft
            self._buffer.load(TypedLine(text))
            self._begun = self.mark
        self.target = target

    def drop_target(self) -> bool:
        """Leave the target; what stood back comes again. Return whether there was a target."""
        if self.target is None:
            return False
        before, edits = self._before, self._edits
        self.target = self._before = None
        if edits:
            self.load_draft(before)
        return True

    # Drafts

    def set_aside(self) -> bool:
        """Put what is typed among what was typed before. Return False if there is nothing."""
        found = False
        while not self.is_secret:
            if self.text.strip():
                self._history.add(self._buffer.line)
                found = True
            if not self.drop_target():
                break
        self.load_draft(None)
        return found

    def insert(self, text: str) -> None:
        """Put a text behind what is typed."""
        if not self.text:
            self._begun = self.mark
        self._buffer.cursor = len(self.text)
        self._buffer.insert(text)

    def take_draft(self) -> Draft:
        """Take the text away."""
        draft = self.draft
        self.load_draft(None)
        return draft

    @property
    def draft(self) -> Draft:
        """The text as it is now."""
        line = replace(self._buffer.line, mark=self._begun)
        return Draft(line, self.cursor, self.target, self._before)

    def load_draft(self, draft: Draft | None) -> None:
        """Replace the text by a draft, or by nothing."""
        self._leave_choice()
        self._leave_long()
        self._history.leave()
        self._buffer.load(draft.line if draft else TypedLine(""))
        self.target, self._before = (draft.target, draft.before) if draft else (None, None)
        if draft:
            self._buffer.cursor, self._begun = draft.cursor, draft.line.mark

    def leave(self) -> None:
        """Clear the text, and take only Ctrl-C and Ctrl-Z from now on."""
        self.load_draft(None)
        super().leave()

    # Keys

    def _take(self, press: Press) -> None:
        self._column = None
        if self.long is not None and self._answers(self.long, press):
            return
        if isinstance(press, Pasted) and not self._takes(press.text):
            return
        super()._take(press)
        if isinstance(press, Pasted):
            self._ask_about_long()

    def _takes(self, pasted: str) -> bool:
        """Return whether a paste has room. If not, ask whether it is to be a file."""
        if fits(self.text, pasted) or self.is_secret or self.is_answer or self._search or self.is_leaving:
            return True
        if not self._edits:
            text = self.text[: self.cursor] + pasted + self.text[self.cursor :]
            self.long = LongText(text, pasted=True, too_long=True)
        return False

    def _ask_about_long(self) -> bool:
        """Ask how to send the text if it is long, and return whether it is."""
        line = self._buffer.line
        if self.is_secret or self.is_answer or self._edits or not is_long(line.text, pasted=line.pasted):
            return False
        self.long = LongText(line.text, line.pasted)
        return True

    def _answers(self, long: LongText, press: Press) -> bool:
        """Take the answer to the question about a long text. Return False for a key that edits it."""
        if press in _KEPT_BY_A_LONG_TEXT:
            return False
        if press == Typed("f") or press == Typed("F"):
            self._finish(long.text, Means.FILE)
        elif press is Action.ENTER and not long.too_long:
            self._finish(long.text, Means.MESSAGE if long.parts == 1 else Means.PARTS)
        elif press is Action.INTERRUPT or not long.too_long:
            self.long = None
            return long.too_long
        return True

    def _enter(self) -> None:
        line = self._buffer.line
        as_command = line.text.startswith("/") and not line.text.startswith("//") and not line.pasted
        if self._ask_about_long():
            return
        if self.target is None or self.is_answer or (as_command and not self._edits):
            super()._enter()
        elif self._edits and not line.text.strip():
            self._happened.append(Meant("", target=self.target))
        else:
            self._finish(line.text, Means.MESSAGE)

    def _finish(self, text: str, means: Means) -> None:
        """Hand over a text with what it is meant as. A file keeps it until that is sent."""
        line = Meant(text, self._buffer.line.pasted, self._begun, self.target, means)
        self.long = None
        if means is not Means.FILE:
            command = self.target.command(text) if self.target else text
            self._history.add(TypedLine(command, pasted=line.pasted and self.target is None))
            self._buffer.load(TypedLine(""))
            self.drop_target()
        self._happened.append(line)

    def _interrupt(self) -> None:
        if self.target is not None and not self.is_answer and (self._edits or not self.text):
            self.drop_target()  # or what is typed next would replace the message
        else:
            super()._interrupt()

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
