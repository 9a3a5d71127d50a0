"""The widget that shows a log, and scrolls it by rows, pages and the wheel."""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from client.screen.log.layout import Layout, Wish
from client.screen.painting import Pane
from client.screen.tones import Row

_WHEEL = 3


class LogView(Pane):
    """Shows a layout. `wants` is called with what the view could show soon, `moved` after each scroll."""

    def __init__(
        self, wants: Callable[[set[Wish]], None], moved: Callable[[], None], *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.layout_shown: Layout | None = None
        self._wants = wants
        self._moved = moved

    def make_rows(self, columns: int, height: int) -> list[Row]:
        """Return the rows of the layout; few of them stand at the bottom."""
        if self.layout_shown is None:
            return []
        rows = self.layout_shown.view(columns, height)
        self._wants(self.layout_shown.wishes)
        blank: list[Row] = [[] for _ in range(height - len(rows))]
        return blank + rows

    def scroll_by_rows(self, rows: int) -> None:
        """Scroll down by some rows; up if negative."""
        if self.layout_shown is not None:
            self.layout_shown.scroll(rows)
            self._moved()
            self.redraw()

    def page(self, pages: int) -> None:
        """Scroll down by some pages, less a row of each; up if negative."""
        self.scroll_by_rows(pages * max(self.size.height - 1, 1))

    def to_end(self) -> None:
        """Scroll to the end, and stay there."""
        if self.layout_shown is not None:
            self.layout_shown.to_end()
            self._moved()
            self.redraw()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll_by_rows(-_WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll_by_rows(_WHEEL)
