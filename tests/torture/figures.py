"""How much the tests here do: little in `make test`, more with CHAT_CI, a lot if CHAT_TORTURE is a number."""

from __future__ import annotations

import os
from typing import TypeVar

_Figure = TypeVar("_Figure")

_TORTURE = int(os.environ.get("CHAT_TORTURE") or 0)


def figure(small: _Figure, large: _Figure, in_ci: _Figure | None = None) -> _Figure:
    """Return the figure, or the cases, for this run, out of two or three."""
    usual = in_ci if in_ci is not None and os.environ.get("CHAT_CI") else small
    return large if _TORTURE else usual


def seconds_of_leaking() -> float:
    """Return how long to look for leaks: CHAT_TORTURE as minutes, else some seconds."""
    return 60.0 * _TORTURE or 3.0
