"""Limits on attempts with passwords and codes."""

from __future__ import annotations

import math

from broker.core.context import Context
from broker.core.limits.attempts import SlidingWindow
from broker.core.memory.model import User
from messages.errors import ErrorCode, RequestRefused


def count_hash(context: Context, who: User | str, purpose: str, where: str = "") -> None:
    """Count a password hash. Raise RequestRefused if there were too many for one, a purpose or an address."""
    elapsed = context.now.elapsed
    for window, key in _free_windows(context, who, purpose, where):
        window.count(key, elapsed)


def refuse_hash(context: Context, who: User | str, purpose: str) -> None:
    """Raise RequestRefused if a password hash could not be counted now."""
    _free_windows(context, who, purpose, "")


def _free_windows(
    context: Context, who: User | str, purpose: str, where: str
) -> list[tuple[SlidingWindow, str]]:
    attempts, elapsed = context.state.attempts, context.now.elapsed
    one = who if isinstance(who, str) else str(who.id)
    windows = [(attempts.hashes_of_one, one), (attempts.hashes, purpose)]
    if where:
        windows.append((attempts.hashes_at, where))
    refuse_throttled(max(window.wait(key, elapsed) for window, key in windows))
    return windows


def refuse_throttled(seconds: float) -> None:
    """Raise RequestRefused if there are seconds left to wait."""
    if seconds > 0:
        text = f"too many attempts; wait {math.ceil(seconds)} s, then try again"
        raise RequestRefused(ErrorCode.TOO_MANY_ATTEMPTS, text, retry_after=math.ceil(seconds * 1000))
