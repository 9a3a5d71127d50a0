"""What presses of the mouse and its wheel do, by the pane in which they are."""

from __future__ import annotations

from client.screen.composer.widget import ComposerView
from client.screen.host import ScreenHost
from client.screen.keys import ScreenKey
from client.screen.log.view import LogView
from client.screen.painting.pane import Pane
from client.screen.selecting.selection import Selection
from client.screen.terminal import Terminal
from client.screen.tty.mouse import Pointed
from messages.events import Message

_WHEEL_ROWS = 3
_ON = "The mouse is on: the wheel scrolls, and a click chooses. With Shift you select text; F9 turns it off."
_OFF = "The mouse is off, and selects text."


class Pointing:
    """Acts on the panes."""

    def __init__(
        self, host: ScreenHost, log: LogView, composer: ComposerView, rooms: Pane, sheet: Pane
    ) -> None:
        self._host = host
        self._log = log
        self._composer = composer
        self._rooms = rooms
        self._sheet = sheet

    def use(self, terminal: Terminal, *, on: bool) -> None:
        """Turn the mouse on or off, and say so."""
        terminal.use_mouse(on)
        self._host.notice(_ON if on else _OFF)

    def take(self, at: Pointed) -> None:
        """Do what a press or the wheel means where it is."""
        if at.wheel:
            self._turn(at)
        elif _holds(self._rooms, at):
            self._choose_room(at.y - self._rooms.region.y)
        elif _holds(self._composer, at):
            region = self._composer.region
            self._host.field.place_cursor(self._composer.index_at(at.x - region.x, at.y - region.y))
        elif _holds(self._log, at):
            self._choose_message(at.y - self._log.region.y)

    def _turn(self, at: Pointed) -> None:
        if _holds(self._sheet, at):
            self._host.sheets.take(ScreenKey.UP if at.wheel < 0 else ScreenKey.DOWN)
        else:
            self._log.scroll_by_rows(at.wheel * _WHEEL_ROWS)

    def _choose_room(self, row: int) -> None:
        state, names = self._host.state, self._host.session.conversations
        shown = state.conversations.shown(names, state.here, self._rooms.size.height)
        if row < len(shown):
            self._host.go(shown[row])

    def _choose_message(self, row: int) -> None:
        layout, sheet = self._host.state.update(), self._host.sheets.top
        key = self._log.key_at(row)
        is_message = key is not None and not key[1] and isinstance(layout.transcript.at(key), Message)
        if is_message and (sheet is None or isinstance(sheet, Selection)):
            layout.chosen = key
            if sheet is None:
                self._host.sheets.open(Selection(self._host))


def _holds(pane: Pane, at: Pointed) -> bool:
    return bool(pane.display) and pane.region.contains(at.x, at.y)
