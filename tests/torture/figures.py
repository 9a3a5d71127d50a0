"""How much the tests here do: little in CI, a lot where CHAT_TORTURE is set to a number."""

from __future__ import annotations

import os
from typing import TypeVar

_Figure = TypeVar("_Figure", int, float)

_TORTURE = int(os.environ.get("CHAT_TORTURE") or 0)


def figure(ci: _Figure, torture: _Figure) -> _Figure:
    """Return the one of two figures that this run is for."""
    return torture if _TORTURE else ci


def seconds_of_leaking() -> float:
    """Return how long to look for leaks: CHAT_TORTURE or CHAT_LEAKS as minutes, else some seconds."""
    return 60.0 * (_TORTURE or int(os.environ.get("CHAT_LEAKS") or 0)) or 10.0
