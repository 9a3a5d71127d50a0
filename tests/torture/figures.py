"""How much the tests here do: little in `make test`, a lot where CHAT_TORTURE is set to a number."""

from __future__ import annotations

import os
from typing import TypeVar

_Figure = TypeVar("_Figure")

_TORTURE = int(os.environ.get("CHAT_TORTURE") or 0)


def figure(small: _Figure, large: _Figure) -> _Figure:
    """Return the figure, or the cases, for this run, out of two."""
    return large if _TORTURE else small


def seconds_of_leaking() -> float:
    """Return how long to look for leaks: CHAT_TORTURE as minutes, else some seconds."""
    return 60.0 * _TORTURE or 3.0
