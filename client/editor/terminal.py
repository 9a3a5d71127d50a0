"""The line editor on a real terminal: the line being typed stays last, and other lines scroll above it."""

from __future__ import annotations

import codecs
import os
import select
import signal
import termios
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, TextIO

from client.editor.editor import Editor, EndOfInput, Input, Suspend, TypedLine
from messages.rows import prefix, width, wrap_all
from messages.sentences import WIDE

_HIDE = "\r\x1b[K"
_UP, _DOWN = "\x1b[A", "\x1b[B"
_CLEAR = "\x1b[H\x1b[2J"
_PASTES_BRACKETED, _PASTES_PLAIN = "\x1b[?2004h", "\x1b[?2004l"
_PLAIN = "\x1b[0m"
_KEEP_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"
_USUAL_TITLE = "\x1b]2;chat\a"
_SIGNALS = (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)
_USUAL_COLUMNS = 80


_INPUT_FLAGS, _LOCAL_FLAGS, _CHARACTERS = 0, 3, 6  # their indices in the result of tcgetattr


def supported(fd: int, environ: Mapping[str, str]) -> bool:
    """Return whether `fd` is a terminal on which an editor can draw."""
    return os.isatty(fd) and environ.get("TERM", "dumb") not in ("", "dumb")


def reflows(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal breaks long rows again when it gets narrower, as most do now."""
    if "TMUX" in environ:
        return True
    cuts = environ.get("TERM", "").startswith(("linux", "rxvt", "screen"))
    return not cuts and "XTERM_VERSION" not in environ


class Terminal:
    """While entered, owns a terminal in raw mode; then `output` is written only here.

    At exit the terminal is restored. Enter it in the main thread, because it handles the signals for
    stopping, continuing and resizing. Ctrl-C sends no SIGINT; the editor gets it like any key. If the
    terminal `reflows`, the line being typed can be in several rows after a resize.
    """

    def __init__(
        self, input_fd: int, output: TextIO, editor: Editor, *, reflows: bool = False, has_title: bool = False
    ) -> None:
        self._fd = input_fd
        self._output = output
        self._editor = editor
        self._reflows = reflows
        self._prompt = ""
        self._drawn = 0, 0, 0
        """The terminal's columns, the line's cells and the cursor's column, when it was drawn last."""
        self._has_title = has_title
        self._title = ""
        self._title_kept = False
        """The window's own title is kept by the terminal, to be restored."""
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._ready = select.poll()
        self._ready.register(input_fd, select.POLLIN)
        self.gone = False
        """The terminal was closed; the EndOfInput of `read` was not a key."""
        self._is_shown = False
        self._is_busy = False
        self._signals: set[int] = set()
        self._mode_before: list[Any] = []
        self._undo = ExitStack()

    def __enter__(self) -> Terminal:
        self._mode_before = termios.tcgetattr(self._fd)
        with ExitStack() as undo:
            undo.callback(self._restore)
            for number in _SIGNALS:
                undo.callback(signal.signal, number, signal.getsignal(number))
                self._handle(number)
            with self._undisturbed():
                self._set_raw()
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def read(self, mark: int = 0) -> list[Input]:
        """Return the inputs since the last call. Never waits; at the end the input is EndOfInput.

        Lines that are begun now get `mark`.
        """
        with self._undisturbed():
            self._editor.mark = mark
            inputs: list[Input] = []
            if self._ready.poll(0):
                data = self._read()
                if not data:
                    self.gone = True
                    return [EndOfInput()]
                inputs = self._editor.feed(self._decoder.decode(data))
                self._write(self._row())
        if Suspend() in inputs:
            os.kill(0, signal.SIGTSTP)  # to the process group, as the terminal itself would send it
        return [each for each in inputs if each != Suspend()]

    def write(self, text: str, style: str = "", paint: Callable[[str], str] | None = None) -> None:
        """Write one or more lines above the line being typed. Long ones are broken, and go on indented.

        `style` is a control sequence for the whole text. If the terminal is wide enough, `paint` puts such
        sequences into the rows instead.
        """
        with self._undisturbed():
            rows = wrap_all(text.removesuffix("\n"), self._columns())
            if paint and self._columns() >= WIDE:
                rows = paint(rows)
            elif style:
                rows = "\n".join(f"{style}{row}{_PLAIN}" for row in rows.split("\n"))
            self._write((self._erase() if self._is_shown else "") + rows + "\n" + self._row())

    def ring(self, sequence: str) -> None:
        """Write a control sequence that rings and moves no cursor."""
        with self._undisturbed():
            self._write(sequence)

    def set_title(self, title: str) -> None:
        """Set the window's title, or restore its own one if `title` is empty. So does the exit."""
        if self._has_title and title != self._title:
            self._title = title
            with self._undisturbed():
                self._write(self._titled() if title else self._untitled())

    def ask(self, prompt: str, *, secret: bool = False) -> None:
        """Set the prompt of the line being typed. If `secret`, the line is hidden and not kept."""
        with self._undisturbed():
            self._prompt = prompt
            self._editor.is_secret = secret
            self._write(self._row())

    def put_back(self, line: TypedLine) -> bool:
        """Put an entered line back as the one being typed; return False if that is not empty."""
        with self._undisturbed():
            done = self._editor.put_back(line)
            self._write(self._row())
        return done

    @property
    def draft(self) -> str:
        """The text that is being typed; empty while it is hidden."""
        return "" if self._editor.is_secret else self._editor.text

    def leave(self) -> None:
        """Show no prompt, and take only Ctrl-C and Ctrl-Z from now on."""
        self._editor.leave()
        self.ask("")

    def clear(self) -> None:
        """Clear the screen, but not the line being typed."""
        with self._undisturbed():
            self._write(_CLEAR + self._row())

    # Drawing

    def _row(self) -> str:
        """Return the output that redraws the line being typed.

        The text before the cursor is written again to place the cursor, so its place is right even if the
        terminal counts widths differently.
        """
        if not self._is_shown:
            return ""
        columns = self._columns()
        text, column = self._editor.view(columns, self._prompt)
        before = prefix(text, column)
        hidden = self._erase()
        self._drawn = columns, width(text), column
        return hidden + text + (f"\r{before}" if before != text else "")

    def _erase(self) -> str:
        """Return the output that erases the line being typed, and all the rows that it is in."""
        columns, (before, cells, column) = self._columns(), self._drawn
        if not (self._reflows and columns < before):
            return _HIDE
        self._drawn = columns, 0, 0
        above = max(column - 1, 0) // columns  # behind a full row, the cursor is still in that row
        further = max(cells - 1, 0) // columns
        # row by row, because tmux keeps in its history what is cleared down to the end of the screen
        return _UP * above + _HIDE + f"{_DOWN}{_HIDE}" * further + _UP * further

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._fd).columns or _USUAL_COLUMNS
        except OSError:
            return _USUAL_COLUMNS

    def _write(self, text: str) -> None:
        try:
            self._output.write(text)
            self._output.flush()
        except OSError:  # the terminal is gone; `read` reports it
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self._output.fileno())
            os.close(null)

    def _read(self) -> bytes:
        try:
            return os.read(self._fd, 65_536)
        except OSError:  # the terminal is gone
            return b""

    # Raw mode and back

    def _set_raw(self) -> None:
        mode = [*self._mode_before]
        mode[_INPUT_FLAGS] &= ~(
            termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.ISTRIP | termios.BRKINT
        )
        mode[_LOCAL_FLAGS] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
        mode[_CHARACTERS] = [*mode[_CHARACTERS]]
        mode[_CHARACTERS][termios.VMIN], mode[_CHARACTERS][termios.VTIME] = 1, 0
        termios.tcsetattr(self._fd, termios.TCSANOW, mode)
        self._is_shown = True
        self._write(self._titled() + _PASTES_BRACKETED + self._row())

    def _restore(self) -> None:
        """Restore the terminal, if it is still open."""
        with suppress(termios.error):
            termios.tcsetattr(self._fd, termios.TCSANOW, self._mode_before)
        self._is_shown = False
        with suppress(OSError):
            self._write(self._erase() + self._untitled() + _PASTES_PLAIN)

    def _titled(self) -> str:
        if not self._title:
            return ""
        keep = "" if self._title_kept else _KEEP_TITLE
        self._title_kept = True
        return f"{keep}\x1b]2;{self._title}\a"

    def _untitled(self) -> str:
        if not self._title_kept:
            return ""
        self._title_kept = False
        return _USUAL_TITLE + _RESTORE_TITLE  # the first for terminals that keep none

    # Signals

    def _handle(self, number: int) -> None:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, self._arrived)
            signal.siginterrupt(number, False)

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        self._signals.add(number)
        self._serve_signals()

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Defer signals that arrive meanwhile to the end of the block."""
        self._is_busy = True
        try:
            yield
        finally:
            self._is_busy = False
        self._serve_signals()

    def _serve_signals(self) -> None:
        while self._signals and not self._is_busy:
            self._is_busy = True
            try:
                while self._signals:
                    self._serve(self._signals.pop())
            finally:
                self._is_busy = False

    def _serve(self, number: int) -> None:
        with suppress(OSError, termios.error):  # if the terminal is gone, `read` reports it
            if number == signal.SIGTSTP:
                self._restore()
                signal.signal(signal.SIGTSTP, signal.SIG_DFL)
                signal.raise_signal(signal.SIGTSTP)  # stops here
                self._handle(signal.SIGTSTP)
            self._set_raw()
