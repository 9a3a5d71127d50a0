"""How many panes fit into a window of tmux."""

from __future__ import annotations

_LEAST_COLUMNS, _LEAST_LINES = 36, 9
"""A pane that has room for a client's full screen, with its border."""

_MOST = 50


def most_panes(columns: int, lines: int) -> int:
    """Return how many panes of a tiled window are usable, at least 1."""
    fitting = (count for count in range(_MOST, 1, -1) if _fits(count, columns, lines))
    return next(fitting, 1)


def _fits(count: int, columns: int, lines: int) -> bool:
    """Whether all panes are large enough if tmux's layout `tiled` adds rows and columns in turn."""
    down = across = 1
    while down * across < count:
        down += 1
        if down * across < count:
            across += 1
    return columns // across >= _LEAST_COLUMNS and lines // down >= _LEAST_LINES
