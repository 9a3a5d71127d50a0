"""The terminal: its keys as the line editor knows them, its title, and how the program ends if it is gone."""

from __future__ import annotations

import asyncio
import codecs
import contextvars
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual import events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._xterm_parser import XTermParser
from textual.message import Message

from client.editor.keyboard import KeyDecoder, Other
from client.screen.composer.pasting import MOST_PASTED
from client.screen.device import Device
from client.screen.keys import Pressed, ScreenKey
from client.screen.settings.key_table import KeyTable
from client.screen.tty.curtain import ALTERNATE
from client.screen.tty.mouse import Pointed, is_report, pointed
from client.screen.tty.outflow import ANSWER, Outflow

if TYPE_CHECKING:
    from textual.app import App

_WAIT_SECONDS = 0.1
_WHOLE = 1_000
"""The least characters of what is drawn whole."""

_MOST_CELLS = 5_000
"""The most columns or rows that a terminal can say it has."""

_WHEEL = 3
"""Terminals send the arrow key so often at once, if the wheel is turned on a full screen without a mouse."""

_BY_WHEEL: dict[Pressed, Pressed] = {ScreenKey.UP: ScreenKey.ROW_UP, ScreenKey.DOWN: ScreenKey.ROW_DOWN}
_KEEP_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"


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


class Answers:
    """What Textual makes of answers of the terminal: its size, and so on.

    Keys that the table does not know are dropped, as Textual would act on some of them. So is what it cannot
    read, such as reports of released keys, which another program can have left on.
    """

    def __init__(self) -> None:
        self._parser = XTermParser(False)

    def feed(self, answer: str) -> list[Message]:
        """Return the events of an answer."""
        try:
            found = list(self._parser.feed(answer))
        except Exception:  # its parser has ended then
            self._parser = XTermParser(False)
            return []
        return [one for one in found if not isinstance(one, events.Key) and not _is_too_large(one)]


def _is_too_large(answer: Message) -> bool:
    return isinstance(answer, events.Resize) and max(answer.size) > _MOST_CELLS


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


class Terminal(Device):
    """Reads keys as line mode does, and writes without waiting, both in the loop of the application.

    Textual takes what else the terminal says, such as its size.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._keys, self._answers = Keys(cast(HasKeys, app).key_table), Answers()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._context = contextvars.copy_context()
        self._outflow: Outflow | None = None
        self._pause: asyncio.TimerHandle | None = None
        self._last = ""
        self._curtain = getattr(app, "mode_before", None) is not None
        self._early: list[Pressed] = []
        self._press: Callable[[list[Pressed]], None] = self._early.extend
        self._point: Callable[[Pointed], None] = lambda _: None

    def listen(
        self, press: Callable[[list[Pressed]], None], point: Callable[[Pointed], None]
    ) -> list[Pressed]:
        """Hand over keys and the mouse from now on. Return the keys that were typed before."""
        self._press, self._point = press, point
        return self._early

    # What is written

    @property
    def is_flowing(self) -> bool:
        """Whether there is room for a key."""
        return self._outflow is None or self._outflow.is_flowing

    @property
    def is_clear(self) -> bool:
        """Whether there is room for a frame."""
        return self._outflow is None or self._outflow.is_clear

    def write(self, data: str) -> None:
        """Write, without waiting. What Textual draws whole and again the same is written once."""
        if data == ALTERNATE and self._curtain:
            self._curtain = False  # it is there already, and would become empty
            return
        if data in (SYNC_START, SYNC_END):
            pass
        elif len(data) >= _WHOLE and data == self._last:
            return
        else:
            self._last = data
        if self._outflow is None:
            super().write(data)
        else:
            self._outflow.write(data)

    def forget(self) -> None:
        """Take it that something else stands on the terminal than what was written."""
        self._last = ""

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self.forget()
        with suppress(OSError):  # else Textual's thread writes
            self._outflow = Outflow(sys.__stderr__.fileno() if sys.__stderr__ else -1)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.attrs_before = getattr(self._app, "mode_before", None) or self.attrs_before
        if self._key_thread is not None:
            self._loop.add_reader(self.fileno, self._context.run, self._read)
        if self._outflow is not None:
            self._outflow.ask()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was. Frames that wait for a slow terminal are dropped."""
        if self._outflow is not None:
            self._outflow.drop()
            self._outflow.take_late_answer(self.fileno)
        super().stop_application_mode()

    def close(self) -> None:
        """Write what restores the terminal, and stop."""
        if self._outflow is not None:
            self._outflow.close()
            self._outflow = None
        super().close()

    # What is read

    def _end(self) -> None:
        """End, as the terminal is closed. What the application keeps for the next start is kept first."""
        with suppress(Exception):  # it may be in the middle of a change; then a moment is lost
            getattr(self._app, "keep", lambda: None)()
        end_without_terminal()

    def run_input_thread(self) -> None:
        """Do nothing: keys are read in the loop."""

    def disable_input(self) -> None:
        """Stop reading keys."""
        self._loop.remove_reader(self.fileno)
        super().disable_input()

    def _read(self) -> None:
        try:
            data = os.read(self.fileno, 65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end()
        pressed, answers = self._keys.feed(self._decoder.decode(data))
        for answer in answers:
            self._take_answer(answer)
        if self._pause is not None:
            self._pause.cancel()
        self._pause = self._loop.call_later(_WAIT_SECONDS, self._paused)
        if pressed:
            self._press(pressed)

    def _take_answer(self, answer: str) -> None:
        if is_report(answer):
            if at := pointed(answer):
                self._point(at)
        elif answer == ANSWER and self._outflow is not None:
            self._outflow.answered()
        else:
            for event in self._answers.feed(answer):
                self.process_message(event)

    def _paused(self) -> None:
        self._pause = None
        if pressed := self._keys.pause():
            self._press(pressed)
