"""How much the tests here do: little in CI, a lot where CHAT_TORTURE is set to a number."""

from __future__ import annotations

import os
from typing import TypeVar

_Figure = TypeVar("_Figure", int, float)

_TORTURE = int(os.environ.get("CHAT_TORTURE") or 0)


def figure(ci: _Figure, torture: _Figure) -> _Figure:
    """Return the one of two figures that this run is for."""
    return torture if _TORTURE else ci


def minutes(least: int) -> int:
    """Return CHAT_TORTURE as a number of minutes, for what is to go on for hours."""
    return max(least, _TORTURE)
