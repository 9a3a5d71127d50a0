"""Lines from a pipe, a file or a terminal that cannot move its cursor."""

from __future__ import annotations

import codecs
import os
import termios
from contextlib import suppress

from client.editor.inputs import LINE_LIMIT

_LOCAL_FLAGS = 3  # where tcgetattr has them


class LineReader:
    """Reads lines from a descriptor, whenever a poller says that there is something, or the end."""

    def __init__(self, fd: int) -> None:
        self.ended = False
        """The end has been read; further calls of `read` return None."""
        self._fd = fd
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._unfinished = ""

    def echo(self, on: bool) -> None:
        """Have a terminal show what is typed, or not."""
        with suppress(termios.error):  # it was taken away
            mode = termios.tcgetattr(self._fd)
            if on:
                mode[_LOCAL_FLAGS] |= termios.ECHO
            else:
                mode[_LOCAL_FLAGS] &= ~termios.ECHO
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)

    def read(self) -> list[str] | None:
        """Return the lines that have become complete, without their ends; None behind the last.

        A line that is longer than LINE_LIMIT is returned with LINE_LIMIT + 1 characters.
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
            self._unfinished = pieces.pop()[: LINE_LIMIT + 1]
        elif pieces == [""]:
            return None
        return [piece.removesuffix("\r")[: LINE_LIMIT + 1] for piece in pieces]
