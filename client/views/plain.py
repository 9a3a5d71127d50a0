"""Input lines without colours: what a terminal would show of them in the end."""

from __future__ import annotations

import re
from collections.abc import Callable

from client.editor.inputs import LINE_LIMIT

_MOVING = re.compile(r"[\x07\x08\r\x1b\x9b]")
_TOKEN = re.compile(
    r"""
      (?: \x1b \[ | \x9b ) (?P<number> \d* ) [0-?]* [ -/]* (?P<final> [@-~] )   # CSI
    | \x1b [\]PX^_] .*? (?: \x07 | \x1b\\ )                                     # OSC and its like
    | \x1b [ -/]* [0-~]                                                         # other escape sequences
    | (?P<single> [\x07\x08\r\x1b\x9b] )
    | (?P<text> [^\x07\x08\r\x1b\x9b]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


def plain(line: str) -> str:
    """Return a line as it looks after all its control sequences, without blanks at its end.

    A carriage return, a backspace and the sequences that move the cursor in the line or erase it do so;
    colours and all other sequences are left out. A line without any of them stays as it is.
    """
    if not _MOVING.search(line):
        return line
    row = _Row()
    for token in _TOKEN.finditer(line):
        row.take(token)
    return "".join(row.cells).rstrip(" ")


def settled(text: str) -> str:
    """Return a shorter text with the same outcome: what is before the last carriage return is carried out."""
    before, mark, behind = text.rpartition("\r")
    return f"{plain(before)}\r{behind}" if mark else text


class _Row:
    """One row of a terminal, with a cell for each character."""

    def __init__(self) -> None:
        self.cells: list[str] = []
        self._cursor = 0
        self._controls: dict[str, Callable[[int], None]] = {
            "C": lambda count: self._move(self._cursor + max(count, 1)),
            "D": lambda count: self._move(self._cursor - max(count, 1)),
            "G": lambda column: self._move(column - 1),
            "J": self._erase,
            "K": self._erase,
        }

    def take(self, token: re.Match[str]) -> None:
        """Carry out a control sequence, or write a text."""
        if token["text"]:
            self._write(token["text"])
        elif token["single"] == "\r":
            self._cursor = 0
        elif token["single"] == "\b":
            self._move(self._cursor - 1)
        elif token["final"] in self._controls:
            self._controls[token["final"]](int(token["number"][:6] or 0))

    def _write(self, text: str) -> None:
        self.cells += " " * (self._cursor - len(self.cells))
        self.cells[self._cursor : self._cursor + len(text)] = text
        self._cursor += len(text)

    def _move(self, column: int) -> None:
        self._cursor = min(max(column, 0), LINE_LIMIT)

    def _erase(self, which: int) -> None:
        """Erase the cells from the cursor on (0), up to it (1) or all (2)."""
        if which == 0:
            del self.cells[self._cursor :]
            return
        end = min(self._cursor + 1, len(self.cells)) if which == 1 else len(self.cells)
        self.cells[:end] = " " * end
