"""Lines from a pipe, a file or a terminal that cannot move its cursor."""

from __future__ import annotations

import codecs
import os
import termios
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from client.editor.inputs import LINE_LIMIT, TypedLine
from client.views.plain import settled
from messages.text import not_utf8

_LOCAL_FLAGS = 3  # their index in the result of tcgetattr


@dataclass(frozen=True, slots=True)
class Source:
    """Where the lines come from. If it `strips`, a line of a pipe that has colours is a text without them."""

    fd: int
    strips: bool = True
    keep: Callable[[TypedLine], None] = lambda _line: None
    """Keeps what a person has typed for the next start."""


class LineReader:
    """Reads lines of UTF-8 from a descriptor, if a poller says that it can be read or has ended.

    A byte order mark before the first line is left out. A byte that is not UTF-8 ends the input: its line and
    all that follows are not returned. On a terminal only what was typed with it is lost.
    """

    def __init__(self, fd: int) -> None:
        self.ended = False
        """The end was read; further calls of `read` return None."""
        self._fd = fd
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._unfinished = ""
        self._line = 1
        self._place = 0
        """The bytes of the present line that are decoded."""
        self._wrong = ""

    def echo(self, on: bool) -> None:
        """Turn a terminal's echo on or off."""
        with suppress(termios.error):  # it was closed
            mode = termios.tcgetattr(self._fd)
            if on:
                mode[_LOCAL_FLAGS] |= termios.ECHO
            else:
                mode[_LOCAL_FLAGS] &= ~termios.ECHO
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)

    def read(self) -> list[str] | None:
        """Return the lines that are complete now, without their ends; None after the last.

        If a line is longer than LINE_LIMIT, also without what carriage returns overwrite, its first
        LINE_LIMIT + 1 characters are returned.
        """
        if self.ended:
            return None
        try:
            data = os.read(self._fd, 65_536)
        except BlockingIOError:
            return []
        self.ended = not data
        text = self._decode(data)
        first, *others = text.split("\n")
        pieces = [self._unfinished + first, *others]
        if self._wrong:
            pieces.pop()
            self._unfinished = ""
            self.ended = self.ended or not os.isatty(self._fd)
        elif not self.ended:
            self._unfinished = _cut(pieces.pop())
        elif pieces == [""]:
            return None
        return [_cut(piece.removesuffix("\r")) for piece in pieces]

    def take_wrong(self) -> str:
        """Return a clause about the byte that was not UTF-8, once; empty if there was none."""
        wrong, self._wrong = self._wrong, ""
        return wrong

    def _decode(self, data: bytes) -> str:
        """Decode up to the first byte that is not UTF-8, and count lines and bytes."""
        try:
            text = self._decoder.decode(data, final=self.ended)
        except UnicodeDecodeError as error:
            self._decoder.reset()
            text = error.object[: error.start].decode()
            self._count(text)
            self._wrong = f"line {self._line}, {not_utf8(error.object[error.start], self._place + 1)}"
            self._place = 0
        else:
            self._count(text)
        return text

    def _count(self, text: str) -> None:
        *before, last = text.split("\n")
        self._line += len(before)
        self._place = len(last.encode()) + (0 if before else self._place)


def _cut(line: str) -> str:
    return line if len(line) <= LINE_LIMIT else settled(line)[: LINE_LIMIT + 1]
