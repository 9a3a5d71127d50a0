"""Rows as Textual draws them, and a widget that draws only the rows that have changed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from client.screen.painting.placing import placed
from client.screen.settings.themes import TERMINAL, Looks
from client.screen.tones import PLAIN, Row, Tone

if TYPE_CHECKING:
    from textual.app import App


@lru_cache(maxsize=2_048)
def rich_style(tone: Tone, looks: Looks) -> RichStyle:
    """Return the style for a piece, in a theme."""
    look = looks.of(tone)
    return RichStyle(
        color=_colour(look.colour),
        bgcolor=_colour(look.ground),
        bold=look.bold or None,
        dim=look.dim or None,
        italic=look.italic or None,
        strike=look.strike or None,
        underline=look.underline or None,
        reverse=look.reverse or None,
        link=tone.link or None,
    )


def _colour(number: int | None) -> str | None:
    return None if number is None else f"color({number})"


def strip_of(row: Row, columns: int, looks: Looks = TERMINAL) -> Strip:
    """Return a row that fills so many columns."""
    pieces = [Segment(text, rich_style(tone, looks)) for text, tone in row if text]
    return placed(pieces, columns, rich_style(PLAIN, looks))


class Pane(Widget):
    """Draws rows. A subclass makes them; `redraw` draws those that differ from the ones before."""

    DEFAULT_CSS = "Pane { background: ansi_default; color: ansi_default; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.looks = TERMINAL
        self._rows: list[Row] = []
        self._drawn = Size(0, 0)

    def make_rows(self, columns: int, height: int) -> list[Row]:
        """Return the rows to draw, from the top."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw what has changed, at once."""
        paint(self.app, [self])

    def changes(self) -> bool:
        """Note what has changed, for `paint`. Return whether anything has."""
        if not self.size or not self.is_mounted:
            self._drawn = Size(0, 0)  # so that the rows are made anew when there is room again
            return False
        before, drawn = self._rows, self._drawn
        self._make()
        if self._drawn != drawn:
            self.refresh()
            return False
        changed = [
            self.changed_part(y, old, new)
            for y in range(max(len(before), len(self._rows)))
            if (old := _at(before, y)) != (new := _at(self._rows, y))
        ]
        if changed:
            self._set_dirty(*changed)
        return bool(changed)

    def changed_part(self, y: int, old: Row, new: Row) -> Region:
        """Return what to draw of a row that has changed."""
        return Region(0, y, self._drawn.width, 1)

    def render_line(self, y: int) -> Strip:
        """Return a row."""
        if self._drawn != self.size:
            self._make()
        return strip_of(_at(self._rows, y), self._drawn.width, self.looks)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return rows. While a new layout is due, Textual wants a part of their columns.

        It cannot cut rows with control sequences, so they are made for these columns.
        """
        if crop.column_span == (0, self.region.width):
            return super().render_lines(crop)
        return [strip_of(_at(self._rows, y), crop.width, self.looks) for y in crop.line_range]

    def _make(self) -> None:
        self._drawn = self.size
        width, height = self._drawn
        self._rows = self.make_rows(width, height) if width and height else []


class Panes(Screen[None]):
    """Textual's screen. It is drawn once at the start, and not once for each report of its size."""

    def _screen_resized(self, size: Size) -> None:
        if size != self._size:
            super()._screen_resized(size)


def paint(app: App[Any], panes: Iterable[Pane], *, whole: bool = False) -> None:
    """Write what has changed in some panes, or all of it if `whole`, at once and together.

    Textual would pass each change on by messages, and draw it some milliseconds later, behind all that the
    loop has to do by then.
    """
    changed: set[Widget] = {pane for pane in panes if pane.changes() or whole}
    for pane in changed if whole else ():
        pane._set_dirty()
    screen = app.screen
    if changed:
        screen._compositor.update_widgets(changed)
        app._display(screen, screen._compositor.render_update())


def _at(rows: list[Row], y: int) -> Row:
    return rows[y] if y < len(rows) else []
