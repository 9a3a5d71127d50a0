"""A terminal for the line editor in tests, and the screen that a person would see."""

from __future__ import annotations

import os
import select
import signal
import termios
import time
from contextlib import suppress

import pyte
from eventually import DEADLINE
from pty_output import written_to

from client.editor.editor import Editor, Input
from client.editor.terminal import Terminal

ROWS, COLUMNS = 6, 30


class TerminalStage:
    """A pseudo-terminal, and a screen on its other side that shows the output."""

    def __init__(self, *, reflows: bool = False) -> None:
        self.far, self.near = os.openpty()
        termios.tcsetwinsize(self.near, (ROWS, COLUMNS))
        self.output = open(self.near, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        self.editor = Editor(lambda text, cursor: [])
        self.terminal = Terminal(self.near, self.output, self.editor, reflows=reflows)
        self.written = b""

    def mode(self) -> list[object]:
        return termios.tcgetattr(self.near)

    def press(self, keys: str) -> list[Input]:
        """Press keys, and return their effects when all of them have arrived."""
        os.write(self.far, keys.encode())
        self._await(self.near)
        return self.terminal.read()

    def shows(self, *lines: str) -> None:
        """Wait until these are the last lines on the screen that are not blank."""
        deadline = time.monotonic() + DEADLINE
        while (shown := self.lines())[-len(lines) :] != list(lines):
            assert time.monotonic() < deadline, f"{shown} is not {lines}"
            self._await(self.far)
            data = os.read(self.far, 65_536)
            self.written += data
            self._stream.feed(data)

    def lines(self) -> list[str]:
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip("\n").split("\n")

    def row(self, columns: int) -> str:
        """Return the row that the editor shows now."""
        return self.editor.view(columns, "> ")[0]

    def draw(self, text: str) -> None:
        """Draw something on the screen as another program would."""
        self._stream.feed(text.encode())

    def resize(self, columns: int) -> None:
        termios.tcsetwinsize(self.near, (ROWS, columns))
        self.screen.resize(ROWS, columns)
        signal.raise_signal(signal.SIGWINCH)

    def hang_up(self) -> None:
        os.close(self.far)
        self.far = -1

    def rest(self) -> bytes:
        """Close the near side, and return what was written and not yet shown."""
        self.output.close()
        os.close(self.near)
        far, self.far, self.near = self.far, -1, -1
        return written_to(far)

    def close(self) -> None:
        with suppress(OSError):  # if the far side is closed
            self.output.close()
        for fd in (self.far, self.near):
            if fd >= 0:
                os.close(fd)

    def _await(self, fd: int) -> None:
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        assert poll.poll(DEADLINE * 1000), "nothing came"
