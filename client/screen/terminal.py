"""The terminal: its keys as the line editor knows them, its title, and how the program ends if it is gone."""

from __future__ import annotations

import codecs
import os
import select
import signal
import sys
from contextlib import suppress
from typing import Protocol, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from client.editor.keyboard import KeyDecoder, Other
from client.screen.composer.pasting import MOST_PASTED
from client.screen.keys import Pressed, ScreenKey
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


class HasKeys(Protocol):
    """An application whose keys can be set."""

    key_table: KeyTable


class Keys:
    """Decodes what a terminal sends, with the keys of a table as they are then. `answers` are no keys."""

    def __init__(self, table: KeyTable | None = None) -> None:
        self._table = table or KeyTable()
        self._decoder = KeyDecoder(self._table, MOST_PASTED)
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

    def _end(self) -> None:
        """End, as the terminal is closed. What the application keeps for the next start is kept first."""
        with suppress(Exception):  # it may be in the middle of a change; then a moment is lost
            getattr(self._app, "keep", lambda: None)()
        end_without_terminal()

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
                self._end()
            pressed, answers = keys.feed(decoder.decode(data))
            for answer in answers:
                for event in parser.feed(answer):
                    self.process_message(event)
            if pressed:
                self.process_message(Presses(pressed))
