"""The text being typed, its cursor, and the editing operations."""

from __future__ import annotations

from collections.abc import Callable

from client.editor.cells import following, preceding
from client.editor.inputs import LINE_LIMIT, TypedLine

_MOST_STEPS = 100


class Buffer:
    """One text of at most LINE_LIMIT characters, with a cursor at an index from 0 to its length."""

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        self._pasted = False
        self._killed = ""
        self._killed_at: int | None = None
        """Where something was killed, if nothing has changed since: then another kill adds to it."""
        self._steps: list[tuple[str, int, bool]] = []
        """What there was before each change, for `undo`."""
        self._grown_to: int | None = None
        """Where the last insertion ended: what is typed there belongs to the same step."""

    @property
    def line(self) -> TypedLine:
        """The text as a line to send."""
        return TypedLine(self.text, self._pasted and "\n" in self.text)

    def load(self, line: TypedLine) -> None:
        """Replace the text, with the cursor at its end."""
        self.text, self.cursor, self._pasted = line.text, len(line.text), line.pasted
        self._steps.clear()
        self._killed_at = self._grown_to = None

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace a range by `text`, cut to the limit, with the cursor after it."""
        begins_word = self.text[start - 1 : start].isspace() and not text.isspace()
        if start != end or start != self._grown_to or begins_word:
            self._steps.append((self.text, self.cursor, self._pasted))
            del self._steps[:-_MOST_STEPS]
        text = text[: LINE_LIMIT - len(self.text) + end - start]
        self.text = self.text[:start] + text + self.text[end:]
        self.cursor = start + len(text)
        self._grown_to = self.cursor if start == end else None
        self._killed_at = None
        if not self.text:
            self._pasted = False

    def undo(self) -> None:
        """Take the last change back. A word that was typed is one change."""
        if self._steps:
            self.text, self.cursor, self._pasted = self._steps.pop()
            self._killed_at = self._grown_to = None

    def insert(self, text: str) -> None:
        """Insert `text` at the cursor."""
        self.replace(self.cursor, self.cursor, text)

    def paste(self, text: str) -> None:
        """Insert `text` at the cursor. If it has several lines, the whole text counts as pasted."""
        self._grown_to = None
        self.insert(text)
        self._grown_to = None
        if "\n" in text:
            self._pasted = True

    def break_line(self) -> None:
        """Insert a newline at the cursor."""
        self.insert("\n")

    # Moving

    def left(self) -> None:
        """Move by one character."""
        self.cursor = preceding(self.text, self.cursor)

    def right(self) -> None:
        """Move by one character."""
        self.cursor = following(self.text, self.cursor)

    def home(self) -> None:
        """Move to the beginning."""
        self.cursor = 0

    def end(self) -> None:
        """Move to the end."""
        self.cursor = len(self.text)

    def word_left(self) -> None:
        """Move to the start of the word before the cursor."""
        self.cursor = self._back(self._back(self.cursor, _between_words), _in_word)

    def word_right(self) -> None:
        """Move to the end of the word after the cursor."""
        self.cursor = self._word_end()

    # Deleting and killing

    def backspace(self) -> None:
        """Delete the character before the cursor."""
        self.replace(preceding(self.text, self.cursor), self.cursor, "")

    def delete(self) -> None:
        """Delete the character at the cursor."""
        self.replace(self.cursor, following(self.text, self.cursor), "")

    def kill_to_end(self) -> None:
        """Kill the text after the cursor."""
        self._kill(self.cursor, len(self.text))

    def kill_to_start(self) -> None:
        """Kill the text before the cursor."""
        self._kill(0, self.cursor)

    def kill_word_left(self) -> None:
        """Kill the word before the cursor."""
        end = self.cursor
        self.word_left()
        self._kill(self.cursor, end)

    def kill_word_right(self) -> None:
        """Kill the word after the cursor."""
        self._kill(self.cursor, self._word_end())

    def kill_to_blank(self) -> None:
        """Kill the text back to the blank before the cursor."""
        self._kill(self._back(self._back(self.cursor, str.isspace), _not_blank), self.cursor)

    def yank(self) -> None:
        """Insert the text killed last: all of it, if it was killed bit by bit."""
        self.insert(self._killed)

    def transpose(self) -> None:
        """Exchange the characters around the cursor, or the last two if it is at the end."""
        at_end = self.cursor == len(self.text)
        middle = preceding(self.text, self.cursor) if at_end else self.cursor
        if middle > 0:
            start, end = preceding(self.text, middle), following(self.text, middle)
            self.replace(start, end, self.text[middle:end] + self.text[start:middle])

    def transpose_words(self) -> None:
        """Exchange the word before the cursor with the one after it, or the last two."""
        end = self._word_end()
        end = self._back(end, _between_words) if end == len(self.text) else end
        middle = self._back(end, _in_word)
        between = self._back(middle, _between_words)
        start = self._back(between, _in_word)
        if start < between:
            first, second = self.text[start:between], self.text[middle:end]
            self.replace(start, end, second + self.text[between:middle] + first)

    def upper(self) -> None:
        """Write the rest of the word, or the next word, in capitals."""
        self.replace(self.cursor, (end := self._word_end()), self.text[self.cursor : end].upper())

    def lower(self) -> None:
        """Write the rest of the word, or the next word, in small letters."""
        self.replace(self.cursor, (end := self._word_end()), self.text[self.cursor : end].lower())

    def capitalise(self) -> None:
        """Write the rest of the word, or the next word, with a capital first."""
        start, end = self._forth(self.cursor, _between_words), self._word_end()
        self.replace(start, end, self.text[start:end].capitalize())

    def word_start(self) -> int:
        """Return the start of the word before the cursor, which here begins after the last blank."""
        before = self.text[: self.cursor]
        if not before or before[-1].isspace():
            return self.cursor
        return self.cursor - len(before.rsplit(maxsplit=1)[-1])

    def _kill(self, start: int, end: int) -> None:
        if start < end:
            killed, at = self.text[start:end], self._killed_at
            self._killed = killed + self._killed if at == end else self._killed * (at == start) + killed
            self.replace(start, end, "")
            self._killed_at = start

    def _word_end(self) -> int:
        return self._forth(self._forth(self.cursor, _between_words), _in_word)

    def _back(self, index: int, passes: Callable[[str], bool]) -> int:
        while index > 0 and passes(self.text[start := preceding(self.text, index)]):
            index = start
        return index

    def _forth(self, index: int, passes: Callable[[str], bool]) -> int:
        while index < len(self.text) and passes(self.text[index]):
            index = following(self.text, index)
        return index


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _between_words(char: str) -> bool:
    return not _in_word(char)


def _not_blank(char: str) -> bool:
    return not char.isspace()
