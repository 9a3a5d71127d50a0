"""The terminal: its keys as the line editor knows them, its title, and how the program ends if it is gone."""

from __future__ import annotations

import codecs
import os
import select
import signal
import sys
from typing import Protocol, cast

from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from client.editor.keyboard import KeyDecoder, Other
from client.screen.keys import Pressed, ScreenKey
from client.screen.mouse import MOUSE_OFF, MOUSE_ON, Pointed, is_report, pointed
from client.screen.settings.key_table import KeyTable

_WAIT_MS = 100
_WHEEL = 3
"""Terminals send the arrow key so often at once, if the wheel is turned on a full screen without a mouse."""

_BY_WHEEL: dict[Pressed, Pressed] = {ScreenKey.UP: ScreenKey.ROW_UP, ScreenKey.DOWN: ScreenKey.ROW_DOWN}
_KEEP_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"


class Presses(Message):
    """Keys that came together."""

    def __init__(self, presses: list[Pressed]) -> None:
        super().__init__()
        self.presses = presses


class Clicked(Message):
    """A press of the mouse, or a turn of its wheel."""

    def __init__(self, at: Pointed) -> None:
        super().__init__()
        self.at = at


class HasKeys(Protocol):
    """An application whose keys can be set."""

    key_table: KeyTable


class Keys:
    """Decodes what a terminal sends, with the keys of a table as they are then."""

    def __init__(self, table: KeyTable | None = None) -> None:
        self._table = table or KeyTable()
        self._decoder = KeyDecoder(self._table)
        self._escaped = False

    def feed(self, text: str) -> tuple[list[Pressed], list[str]]:
        """Return the keys, and the answers of the terminal."""
        pressed: list[Pressed] = []
        answers, self._escaped = [], False
        for press in self._decoder.feed(text):
            if not isinstance(press, Other):
                pressed.append(press)
            elif (key := self._table.pressed(press.sequence)) is not None:
                pressed.append(key)
            else:
                answers.append(press.sequence)
        if len(pressed) >= _WHEEL and len(set(pressed)) == 1:
            pressed = [_BY_WHEEL.get(press, press) for press in pressed]
        return pressed, answers

    def pause(self) -> list[Pressed]:
        """Record that nothing came for a moment, and return the key that could have begun a longer one."""
        return [ScreenKey.ESCAPE] if not self._escaped and self._take_escape() else []

    def _take_escape(self) -> bool:
        self._escaped = self._decoder.take_escape()
        return self._escaped


def is_gone() -> bool:
    """Return whether the terminal has been closed."""
    return not (os.isatty(sys.__stdin__.fileno()) if sys.__stdin__ else False)


def end_without_terminal() -> None:
    """End at once: nothing can be written any more, and waiting for that would last for ever."""
    os._exit(128 + signal.SIGHUP)


def title_sequence(title: str, before: str) -> str:
    """Return what sets the window's title, or restores its own one if `title` is empty."""
    if title:
        return f"{'' if before else _KEEP_TITLE}\x1b]2;{title}\a"
    return f"\x1b]2;chat\a{_RESTORE_TITLE}" if before else ""


class Terminal(LinuxDriver):
    """Reads keys as line mode does. Textual takes what else the terminal says, such as its size."""

    def _sigtstp_application(self, *_: object) -> None:
        self.stop(os.getpid())

    def stop(self, processes: int) -> None:
        """Give the terminal back, and stop these processes, until the shell lets them go on."""
        self.suspend_application_mode()  # first: then the terminal belongs to the shell
        self._must_signal_resume = True
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(processes, signal.SIGTSTP)
        if self._must_signal_resume:  # nothing stops where no shell could let it go on
            self.resume_application_mode()
        signal.signal(signal.SIGTSTP, self._sigtstp_application)

    def _get_terminal_size(self) -> tuple[int, int]:
        """Return the terminal's own size: COLUMNS and LINES of the environment do not follow it."""
        try:
            columns, rows = os.get_terminal_size(self.fileno)
        except OSError:  # it is gone
            columns = rows = 0
        return columns or 80, rows or 24

    @property
    def has_mouse(self) -> bool:
        """Whether the terminal reports its mouse."""
        return self._mouse

    def use_mouse(self, on: bool) -> None:
        """Ask the terminal for reports of its mouse, or for none."""
        self._mouse = on
        self.write(MOUSE_ON if on else MOUSE_OFF)
        self.flush()

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write(MOUSE_ON)

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write(MOUSE_OFF)

    def run_input_thread(self) -> None:
        """Read keys until the program ends, or the terminal is closed."""
        ready = select.poll()
        ready.register(self.fileno, select.POLLIN)
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        keys, parser = Keys(cast(HasKeys, self._app).key_table), XTermParser(False)
        while not self.exit_event.is_set():
            if not ready.poll(_WAIT_MS):
                if pressed := keys.pause():
                    self.process_message(Presses(pressed))
                continue
            try:
                data = os.read(self.fileno, 65_536)
            except OSError:
                data = b""
            if not data:
                end_without_terminal()
            presses, answers = keys.feed(decoder.decode(data))
            if presses:
                self.process_message(Presses(presses))
            for answer in answers:
                self._take_answer(answer, parser)

    def _take_answer(self, answer: str, parser: XTermParser) -> None:
        if not is_report(answer):
            for event in parser.feed(answer):
                self.process_message(event)
        elif at := pointed(answer):
            self.process_message(Clicked(at))


def stop_job(driver: Driver | None) -> None:
    """Stop the process group, as the terminal itself would: a launcher before us stops, too."""
    if isinstance(driver, Terminal):
        driver.stop(0)
