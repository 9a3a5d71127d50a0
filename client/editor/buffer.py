"""The text being typed, its cursor, and the editing operations."""

from __future__ import annotations

from collections.abc import Callable

from client.editor.cells import following, preceding
from client.editor.inputs import LINE_LIMIT, TypedLine


class Buffer:
    """One text of at most LINE_LIMIT characters, with a cursor at an index from 0 to its length."""

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        self._pasted = False
        self._killed = ""

    @property
    def line(self) -> TypedLine:
        """The text as a line to send."""
        return TypedLine(self.text, self._pasted and "\n" in self.text)

    def load(self, line: TypedLine) -> None:
        """Replace the text, with the cursor at its end."""
        self.text, self.cursor, self._pasted = line.text, len(line.text), line.pasted

    def count_as_typed(self) -> None:
        """Let the whole text count as typed, whatever was pasted into it."""
        self._pasted = False

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace a range by `text`, cut to the limit, with the cursor after it."""
        text = text[: LINE_LIMIT - len(self.text) + end - start]
        self.text = self.text[:start] + text + self.text[end:]
        self.cursor = start + len(text)
        if not self.text:
            self._pasted = False

    def insert(self, text: str) -> None:
        """Insert `text` at the cursor."""
        self.replace(self.cursor, self.cursor, text)

    def paste(self, text: str) -> None:
        """Insert `text` at the cursor. If it has several lines, the whole text counts as pasted."""
        self.insert(text)
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
        """Insert the text killed last."""
        self.insert(self._killed)

    def transpose(self) -> None:
        """Exchange the characters around the cursor, or the last two if it is at the end."""
        at_end = self.cursor == len(self.text)
        middle = preceding(self.text, self.cursor) if at_end else self.cursor
        if middle > 0:
            start, end = preceding(self.text, middle), following(self.text, middle)
            self.replace(start, end, self.text[middle:end] + self.text[start:middle])

    def word_start(self) -> int:
        """Return the start of the word before the cursor, which here begins after the last blank."""
        return self._back(self.cursor, _not_blank)

    def _kill(self, start: int, end: int) -> None:
        if start < end:
            self._killed = self.text[start:end]
            self.replace(start, end, "")

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
