"""Showing what was found: a message in its conversation, and a sheet as soon as nothing else is typed."""

from __future__ import annotations

from client.screen.host import ScreenHost
from client.screen.log.layout import Top
from client.screen.selecting.selection import Selection
from client.screen.sheets.sheet import Sheet


class Showing:
    """Shows messages and sheets of a host."""

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self._waiting: Sheet | None = None

    @property
    def _is_busy(self) -> bool:
        """Whether the person types something that the keys of a sheet would break into."""
        host = self._host
        if host.typed.questions.prompt is not None or host.field.shown[0] is not None:
            return True
        return host.field.text not in ("", host.text_at_run)

    def present(self, sheet: Sheet) -> bool:
        """Open a sheet; if the person types something else by now, say that it waits, and return False."""
        self._waiting = sheet if self._is_busy else None
        if self._waiting is None:
            self._host.sheets.open(sheet)
        else:
            self._host.notice(f"{sheet.title}. F3 shows it.")
        return self._waiting is None

    def take_waiting(self) -> Sheet | None:
        """Open the sheet that waits, and return it; None if there is none."""
        sheet, self._waiting = self._waiting, None
        if sheet is not None and sheet.is_open:
            self._host.sheets.open(sheet)
            return sheet
        return None

    def go(self, conversation: str, seq: int, *, select: bool) -> bool:
        """Go to a message, and select it if wanted. Return False if its conversation cannot be gone to."""
        host, state = self._host, self._host.state
        if conversation not in host.session.conversations:
            state.tell(f"You are not in {conversation} any more; /join enters it again.")
            return False
        if conversation != state.here:
            host.go(conversation)
        if conversation != state.here:  # something typed waits for an answer, which was said
            return False
        before = host.sheets.top
        if isinstance(before, Selection):
            before.close()
        state.go_to(seq)
        if select or isinstance(before, Selection):
            state.layout.chosen = seq, 0
            host.sheets.open(Selection(host))
        return True

    def go_back(self, place: str, top: Top | None) -> None:
        """Show again what was shown of a conversation, if the person is still there."""
        state = self._host.state
        if state.here == place:
            state.jumps.go_back(place, state.update(), top)
            state.on_change()
