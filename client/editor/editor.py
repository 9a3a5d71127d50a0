"""The line editor's core: characters go in; finished lines, and a row to show, come out. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from client.editor.buffer import Buffer
from client.editor.completion import Completion
from client.editor.inputs import Clear, EndOfInput, Input, Interrupt, Suspend, TypedLine
from client.editor.keyboard import Action, KeyDecoder, Pasted, Press, Typed
from client.editor.row import fit
from client.editor.typed_history import History, Search

__all__ = ["Clear", "Editor", "EndOfInput", "Input", "Interrupt", "Suspend", "TypedLine"]

Complete = Callable[[str, int], list[str]]
"""Takes a text and the cursor's index; returns the candidates for the word before the cursor.

That word begins after the last blank. A candidate includes the text to follow it, such as a blank.
"""

Foresee = Callable[[str, int], None]
"""Takes a text and the cursor's index, so that candidates can be there when they are asked for."""

_EDITS: dict[Action, Callable[[Buffer], None]] = {
    Action.BREAK_LINE: Buffer.break_line,
    Action.NEWLINE: Buffer.break_line,
    Action.BACKSPACE: Buffer.backspace,
    Action.DELETE: Buffer.delete,
    Action.LEFT: Buffer.left,
    Action.RIGHT: Buffer.right,
    Action.HOME: Buffer.home,
    Action.END: Buffer.end,
    Action.WORD_LEFT: Buffer.word_left,
    Action.WORD_RIGHT: Buffer.word_right,
    Action.KILL_TO_END: Buffer.kill_to_end,
    Action.KILL_TO_START: Buffer.kill_to_start,
    Action.KILL_WORD_LEFT: Buffer.kill_word_left,
    Action.KILL_WORD_RIGHT: Buffer.kill_word_right,
    Action.KILL_TO_BLANK: Buffer.kill_to_blank,
    Action.YANK: Buffer.yank,
    Action.TRANSPOSE: Buffer.transpose,
    Action.TRANSPOSE_WORDS: Buffer.transpose_words,
    Action.UPPER: Buffer.upper,
    Action.LOWER: Buffer.lower,
    Action.CAPITALISE: Buffer.capitalise,
    Action.UNDO: Buffer.undo,
}
"""The keys that only edit the line."""


class Editor:
    """Edits one line after the other, with readline's keys, a history and completion."""

    def __init__(
        self, complete: Complete, history: Iterable[TypedLine] = (), foresee: Foresee = lambda *_: None
    ) -> None:
        self._complete = complete
        self._foresee = foresee
        self._decoder = KeyDecoder()
        self._buffer = buffer = Buffer()
        self._history = History(history)
        self._search: Search | None = None
        self._completion: Completion | None = None
        self._happened: list[Input] = []
        self._last: Press | None = None
        self._interrupted = False
        self.is_secret = False
        """Whether the line being typed is hidden and not kept."""
        self.mark = 0
        """The mark of lines begun from now on."""
        self._begun = 0
        self._stays = False
        """Whether the line was put back. Then Ctrl-U clears all of it."""
        self.is_leaving = False
        """Whether only Ctrl-C and Ctrl-Z are taken, as the program is about to end."""
        self._handlers: dict[Action, Callable[[], None]] = {
            Action.ENTER: self._enter,
            Action.DELETE_OR_END: self._delete_or_end,
            **{action: partial(edit, buffer) for action, edit in _EDITS.items()},
            Action.KILL_TO_START: self._kill_to_start,
            Action.OLDER: self._older,
            Action.NEWER: self._newer,
            Action.SEARCH: self._begin_search,
            Action.CANCEL: lambda: None,
            Action.COMPLETE: lambda: self._turn_completion(1),
            Action.COMPLETE_BACK: lambda: self._turn_completion(-1),
            Action.INTERRUPT: self._interrupt,
            Action.CLEAR: lambda: self._happened.append(Clear()),
            Action.SUSPEND: lambda: self._happened.append(Suspend()),
        }

    @property
    def text(self) -> str:
        """The text typed and not entered."""
        return self._buffer.text

    @property
    def cursor(self) -> int:
        """The cursor's index in that text, from 0 to its length."""
        return self._buffer.cursor

    def feed(self, text: str) -> list[Input]:
        """Take characters as the terminal sends them, in any pieces. Return the resulting inputs.

        If Ctrl-J comes alone, a person pressed it, and it breaks the line. If it follows other characters of
        the same piece, a program typed it or it was typed before the terminal was set up: then it is Enter.
        """
        happened = self.take(self._decoder.feed(text))
        if self._search and self._decoder.take_escape():
            self._search = None
        return happened

    def take(self, presses: Iterable[Press]) -> list[Input]:
        """Take the presses of one piece that are decoded already, as `feed` does."""
        self._happened = []
        before: Press | None = None
        for press in presses:
            enters = press is Action.NEWLINE and (isinstance(before, Typed) or not self._buffer.text)
            before = Action.ENTER if enters else press
            was_empty = not self._buffer.text
            self._take(before)
            if was_empty and self._buffer.text:
                self._begun = self.mark
            self._stays = self._stays and bool(self._buffer.text)
        if not self.is_secret:
            self._foresee(self._buffer.text, self._buffer.cursor)
        return self._happened

    def view(self, columns: int, prompt: str) -> tuple[str, int]:
        """Return the text to show in a row of `columns` cells, and the cursor's column.

        The column is counted in cells from 0. The last cell has no text. There are no control characters.
        """
        if self.is_secret:
            return fit(prompt, "", 0, columns)
        if self._search is None:
            return fit(prompt, self._buffer.text, self._buffer.cursor, columns)
        at = self._search.at
        text = self._history.line(at).text if at else self._buffer.text
        return fit(self._search.prompt, text, len(text), columns)

    def put_back(self, line: TypedLine) -> bool:
        """Put an entered line back as the one being typed; return False if that is not empty."""
        if self._buffer.text or self.is_secret or self._search:
            return False
        self._buffer.load(line)
        self._begun, self._stays = line.mark, True
        return True

    def leave(self) -> None:
        """Clear the line, and take only Ctrl-C and Ctrl-Z from now on."""
        self.is_leaving = True
        self._search = None
        self._buffer.load(TypedLine(""))

    def _take(self, press: Press) -> None:
        if self.is_leaving and press not in (Action.INTERRUPT, Action.SUSPEND):
            return
        if self._search and self._searches(self._search, press):
            return
        if press not in (Action.COMPLETE, Action.COMPLETE_BACK):
            self._completion = None
        self._interrupted = self._last is Action.INTERRUPT
        self._last = press
        if isinstance(press, Action):
            self._handlers[press]()
        elif isinstance(press, Pasted):
            self._buffer.paste(press.text)
        elif isinstance(press, Typed):
            self._buffer.insert(press.text)

    # Keys that do more than edit

    def _enter(self) -> None:
        line = replace(self._buffer.line, mark=self._begun)
        self._buffer.load(TypedLine(""))
        if not self.is_secret:
            self._history.add(line)
        self._happened.append(line)

    def _kill_to_start(self) -> None:
        if self._stays:
            self._buffer.end()
        self._buffer.kill_to_start()

    def _delete_or_end(self) -> None:
        if self._buffer.text:
            self._buffer.delete()
        else:
            self._happened.append(EndOfInput())

    def _interrupt(self) -> None:
        typed = self._buffer.text
        if typed:
            self._buffer.load(TypedLine(""))
            self._history.leave()
        if self.is_secret or not typed:
            self._happened.append(Interrupt(again=self._interrupted))

    def _older(self) -> None:
        if not self.is_secret:  # nobody would see what is there now
            self._load(self._history.older(self._buffer.line))

    def _newer(self) -> None:
        self._load(self._history.newer())

    def _load(self, line: TypedLine | None) -> None:
        if line is not None:
            self._buffer.load(line)

    # Search

    def _begin_search(self) -> None:
        if not self.is_secret:
            self._search = Search(self._history)

    def _searches(self, search: Search, press: Press) -> bool:
        """Give a press to the search. Return False if the press ends it and is to be handled as usual."""
        match press:
            case Typed(text):
                search.extend(text)
            case Action.BACKSPACE:
                search.shorten()
            case Action.SEARCH:
                search.older()
            case Action.CANCEL | Action.INTERRUPT:
                self._search = None
            case _:
                if search.at:
                    self._buffer.load(self._history.go(search.at, self._buffer.line))
                self._search = None
                return press is Action.ENTER
        return True

    # Completion

    def _turn_completion(self, step: int) -> None:
        buffer = self._buffer
        if self._completion is None:
            candidates = self._complete(buffer.text, buffer.cursor)
            if not candidates:
                return
            start = buffer.word_start()
            self._completion = Completion(start, buffer.text[start : buffer.cursor], candidates)
        completion = self._completion
        buffer.replace(completion.start, buffer.cursor, completion.turn(step))
        if completion.is_final:
            self._completion = None
