"""What keys do: those of the sheet that is open, those of the screen, and those of the composer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from client.editor.keyboard import Action, Press
from client.screen.finding.finding import Finding
from client.screen.host import ScreenHost
from client.screen.keys import Pressed, ScreenKey
from client.screen.log.view import LogView
from client.screen.selecting.selection import Selection
from client.screen.sheets.sheet import singly

if TYPE_CHECKING:
    from client.screen.dialogs.palette import Palette

_FAR = 1_000_000


class Pressing:
    """Takes keys. `toggle` shows or hides a pane, `use_mouse` turns the mouse on or off."""

    def __init__(
        self, host: ScreenHost, log: LogView, toggle: Callable[[str], None], use_mouse: Callable[[], None]
    ) -> None:
        self.finding = Finding(host)
        self._host = host
        self._state = host.state
        self._log = log
        self._palette: Palette | None = None
        finding, field = self.finding, host.field
        self._functions: dict[ScreenKey, Callable[[], None]] = {
            ScreenKey.UP: field.up,
            ScreenKey.DOWN: field.down,
            ScreenKey.PAGE_UP: lambda: log.page(-1),
            ScreenKey.PAGE_DOWN: lambda: log.page(1),
            ScreenKey.ROW_UP: lambda: log.scroll_by_rows(-1),
            ScreenKey.ROW_DOWN: lambda: log.scroll_by_rows(1),
            ScreenKey.FIRST: lambda: log.scroll_by_rows(-_FAR),
            ScreenKey.LAST: log.to_end,
            ScreenKey.PREVIOUS: lambda: self._turn(-1),
            ScreenKey.NEXT: lambda: self._turn(1),
            ScreenKey.ACTIVE: self._go_to_waiting,
            ScreenKey.SWITCH: host.ask_where,
            ScreenKey.ROOMS: lambda: toggle("rooms"),
            ScreenKey.MEMBERS: lambda: toggle("members"),
            ScreenKey.MOUSE: use_mouse,
            ScreenKey.SELECT: lambda: host.sheets.open(Selection(host)),
            ScreenKey.SEARCH: self._search_or_move,
            ScreenKey.NEXT_HIT: finding.find_here,
            ScreenKey.PREVIOUS_HIT: finding.find_before,
            ScreenKey.SEARCH_EVERYWHERE: lambda: finding.search(everywhere=True),
            ScreenKey.UNREAD: self._state.go_to_unread,
            ScreenKey.HELP: host.show_help,
            ScreenKey.PALETTE: self._open_palette,
            ScreenKey.PEOPLE: self._ask_person,
            ScreenKey.ESCAPE: self.escape,
        }

    def take(self, presses: list[Pressed]) -> None:
        """Take keys: those of the composer together, as they came."""
        self._state.seen()
        reached = self._state.jumps.reached
        typed: list[Press] = []
        for press in singly(presses, self._host.sheets):
            if self._host.sheets.top is not None:
                self._compose(typed)
                typed = []
                if self._host.sheets.take(press):
                    continue
            if isinstance(press, ScreenKey | int):
                self._compose(typed)
                typed = []
                self.press(press)
            else:
                typed.append(press)
        self._compose(typed)
        if self._host.sheets.top is None:
            self._state.jumps.fade(reached)
        self._host.run_waiting()
        self._host.tell_typing()

    def press(self, key: ScreenKey | int) -> None:
        """Take a key of the screen, or go to a place in the list of conversations."""
        if isinstance(key, ScreenKey):
            self._functions[key]()
        elif key < len(ordered := self._ordered):
            self._host.go(ordered[key])

    def escape(self) -> None:
        """Close a sheet, leave what is begun in the composer, cancel a question, else scroll to the end."""
        if not self._host.escape():
            self.finding.end()
            self._log.to_end()

    @property
    def _ordered(self) -> list[str]:
        return self._state.conversations.ordered(self._host.session.conversations)

    def _compose(self, presses: list[Press]) -> None:
        if presses:
            self._host.field.mark = self._host.composer.mark
            self._host.take_inputs(self._host.field.take(presses))
            if (sheet := self._host.sheets.top) is not None:
                sheet.typed(self._host.field.text)

    def _turn(self, step: int) -> None:
        ordered = self._ordered
        at = ordered.index(self._state.here) if self._state.here in ordered else 0
        self._host.go(ordered[(at + step) % len(ordered)])

    def _go_to_waiting(self) -> None:
        here, names = self._state.here, self._host.session.conversations
        self._host.go(self._state.conversations.next_waiting(names, here) or here)

    def _search_or_move(self) -> None:
        """Move the cursor, or search if there is nothing to move through."""
        field = self._host.field
        if field.text or field.shown[0] is not None or self._host.typed.questions.prompt is not None:
            self._compose([Action.RIGHT])
        else:
            self.finding.search()

    def _open_palette(self) -> None:
        from client.screen.dialogs.palette import Palette  # noqa: PLC0415 - after the first paint

        self._palette = self._palette or Palette(self._host, self.press)
        self._palette.open()

    def _ask_person(self) -> None:
        from client.screen.dialogs.people import ask_person  # noqa: PLC0415 - after the first paint

        ask_person(self._host)
