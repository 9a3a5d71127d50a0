"""Writes lines: data to stdout, notices to stderr, or both to the terminal above the input line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, TextIO

from client.core.events import ClientEvent, Replied, SendAccepted
from client.core.person.attention import Ring
from client.core.person.notices import Concern
from client.text.lines import Line
from client.text.styles import paint
from client.text.times import local_now
from client.views.highlight import Means, Ringer, title
from messages.codec import encode
from messages.documents import Document
from messages.sentences import WIDE, columns_of, in_rows
from messages.text import escape_json

if TYPE_CHECKING:
    from client.editor.terminal import Terminal


class Screen:
    """Writes lines with the time before them, and a line with the date when the day changes."""

    def __init__(
        self,
        out: TextIO,
        err: TextIO,
        *,
        terminal: Terminal | None = None,
        as_json: bool = False,
        quiet: bool = False,
        styles: Mapping[Concern, str] | None = None,
        ringer: Ringer | None = None,
        markup: bool = False,
    ) -> None:
        self.terminal = terminal
        self.as_json = as_json
        self._out = out
        self._err = err
        self._quiet = quiet
        self._styles = styles or {}
        self._ringer = ringer or Ringer(Means.BELL, {})
        self._markup = markup
        self._day: date | None = None
        self._failed = False

    @property
    def is_watched(self) -> bool:
        """Whether messages go to a terminal, where a person can see them."""
        return self.terminal is not None or self._out.isatty()

    @property
    def is_told(self) -> bool:
        """Whether notices go to a terminal, where a person can see them."""
        return not self._quiet and (self.terminal is not None or self._err.isatty())

    @property
    def pipe(self) -> int:
        """The descriptor of the output, -1 if it has none or is a terminal with an editor."""
        try:
            return -1 if self.terminal else self._out.fileno()
        except OSError:
            return -1

    def write(
        self,
        lines: Iterable[Line],
        at: datetime | None,
        concern: Concern | None = None,
        *,
        needed: bool = False,
    ) -> None:
        """Write lines with a time, or without; highlight them if they are meant for the person.

        If they are `needed`, they are written also if notices are off.
        """
        style = self._styles.get(concern, "") if concern else ""
        stamp = f"{at:%H:%M} " if at else ""
        for line in lines:
            if at:
                self._day_changed(at.date(), data=line.data)
            text = f"{stamp}{line.text}\n"
            painted = partial(paint, runs=line.runs(stamp), base=style) if self._markup and line.end else None
            self._put(text, data=line.data, style=style, painted=painted, needed=needed)

    def write_json(self, event: ClientEvent | Document) -> bool:
        """Write the broker's document of an event; return False if the event is local."""
        document = event.reply if isinstance(event, Replied | SendAccepted) else event
        if not isinstance(document, Document):
            return False
        self._put(escape_json(encode(document).decode()) + "\n", data=True, whole=True)
        return True

    def attract(self, waiting: int, ring: Ring | None) -> None:
        """Show in the title of a terminal's window how many messages wait for the person, and ring."""
        if self.terminal and not self.as_json:
            self.terminal.set_title(title(waiting))
            if ring and (sequence := self._ringer.sequence(ring)):
                self.terminal.ring(sequence)

    def notice(self, text: str) -> None:
        """Write a notice."""
        self._put(f"{text}\n", data=False)

    def complain(self, text: str) -> None:
        """Write what was refused, also if notices are off."""
        self._put(f"{text}\n", data=False, needed=True)

    def prompt(self, text: str) -> None:
        """Write a prompt to a terminal without an editor."""
        self._out.write(text)
        self._out.flush()

    def clear(self) -> None:
        """Clear the terminal, if there is one."""
        if self.terminal:
            self.terminal.clear()

    def _day_changed(self, day: date, *, data: bool) -> None:
        if day != (self._day or local_now().date()) and not self.as_json:
            self._put(f"-- {day:%A, %Y-%m-%d} --\n", data=data)
        self._day = day

    def _put(
        self,
        text: str,
        *,
        data: bool,
        whole: bool = False,
        style: str = "",
        painted: Callable[[str], str] | None = None,
        needed: bool = False,
    ) -> None:
        """Write lines, `painted` if the terminal is wide enough.

        If `whole`, they are not broken, so that they can be copied.
        """
        if self._quiet and not (data or needed):
            return
        if self.terminal:
            self.terminal.write(text, style, painted)
            return
        if self._failed:  # the first error ends the program, and nothing keeps it from logging out
            return
        stream = self._out if data else self._err
        try:
            rows = text if whole else in_rows(text, stream)
            stream.write(painted(rows) if painted and columns_of(stream) >= WIDE else rows)
            stream.flush()
        except OSError:
            self._failed = True
            raise
