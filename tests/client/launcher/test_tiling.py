from __future__ import annotations

import pytest

from client.launcher.tiling import most_panes


@pytest.mark.parametrize(
    ("columns", "lines", "most"),
    [
        (200, 50, 25),
        (200, 24, 4),
        (120, 40, 12),
        (80, 24, 4),
        (80, 18, 4),
        (80, 17, 1),
        (40, 24, 2),
        (20, 5, 1),
    ],
)
def test_no_pane_gets_too_small(columns: int, lines: int, most: int) -> None:
    assert most_panes(columns, lines) == most
