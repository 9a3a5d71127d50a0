"""Lines from a pipe, a file or a terminal that cannot move its cursor."""

from __future__ import annotations

import codecs
import os
import termios
from contextlib import suppress

from client.editor.inputs import LINE_LIMIT
from client.line.plain import settled

_LOCAL_FLAGS = 3  # their index in the result of tcgetattr


class LineReader:
    """Reads lines from a descriptor, if a poller says that it can be read or has ended."""

    def __init__(self, fd: int) -> None:
        self.ended = False
        """The end was read; further calls of `read` return None."""
        self._fd = fd
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._unfinished = ""

    @property
    def fd(self) -> int:
        """The descriptor."""
        return self._fd

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
        first, *others = self._decoder.decode(data, final=self.ended).split("\n")
        pieces = [self._unfinished + first, *others]
        if not self.ended:
            self._unfinished = _cut(pieces.pop())
        elif pieces == [""]:
            return None
        return [_cut(piece.removesuffix("\r")) for piece in pieces]


def _cut(line: str) -> str:
    return line if len(line) <= LINE_LIMIT else settled(line)[: LINE_LIMIT + 1]
