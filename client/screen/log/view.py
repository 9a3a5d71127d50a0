"""The widget that shows a log, and scrolls it by rows and pages."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from client.screen.log.gaps import Wish
from client.screen.log.layout import Layout
from client.screen.log.transcript import Key
from client.screen.painting.pane import Pane
from client.screen.tones import Row


class LogView(Pane):
    """Shows the layout that `current` returns, as it is then.

    `wants` is called with what the view could show soon, `moved` after each scroll.
    """

    def __init__(
        self,
        current: Callable[[], Layout],
        wants: Callable[[set[Wish]], None],
        moved: Callable[[], None],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._current = current
        self._wants = wants
        self._moved = moved
        self._blank = 0
        self.covered = 0
        """The last rows that something else stands on."""

    def make_rows(self, columns: int, height: int) -> list[Row]:
        """Return the rows of the layout; few of them stand at the bottom."""
        layout = self._current()
        rows = layout.view(columns, height)
        if self.covered:
            layout.last_shown = min(layout.last_shown, _last_above(layout, len(rows) - self.covered))
        self._wants(layout.wishes)
        blank: list[Row] = [[] for _ in range(height - len(rows))]
        self._blank = len(blank)
        return blank + rows

    def key_at(self, y: int) -> Key | None:
        """Return the entry that is shown in a row; None if there is none."""
        return self._current().key_at(y - self._blank)

    def scroll_by_rows(self, rows: int) -> None:
        """Scroll down by some rows; up if negative."""
        self._current().scroll(rows)
        self._moved()
        self.redraw()

    def page(self, pages: int) -> None:
        """Scroll down by some pages, less a row of each; up if negative."""
        self.scroll_by_rows(pages * max(self.size.height - 1, 1))

    def to_end(self) -> None:
        """Scroll to the end, and stay there."""
        self._current().to_end()
        self._moved()
        self.redraw()


def _last_above(layout: Layout, row: int) -> int:
    """Return the seq of the last entry that ends above a row of the view; 0 if none does."""
    keys, first, key = layout.transcript.keys, layout.key_at(0), layout.key_at(row)
    return keys[bisect_left(keys, key) - 1][0] if key is not None and key != first else 0
