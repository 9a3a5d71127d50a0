"""How often passwords and codes may be tried."""

from __future__ import annotations

import math

from broker.core.context import Context
from broker.core.memory.model import User
from messages.errors import ErrorCode, RequestRefused


def count_hash(context: Context, user: User, purpose: str) -> None:
    """Raise RequestRefused if too many passwords were hashed, of one or for a purpose; else count it."""
    attempts, elapsed = context.state.attempts, context.now.elapsed
    windows = (attempts.hashes_of_one, str(user.id)), (attempts.hashes, purpose)
    refuse_throttled(max(window.wait(key, elapsed) for window, key in windows))
    for window, key in windows:
        window.count(key, elapsed)


def refuse_throttled(seconds: float) -> None:
    """Raise RequestRefused if somebody has to wait."""
    if seconds > 0:
        text = f"too many tries; wait {math.ceil(seconds)} s, then try again"
        raise RequestRefused(ErrorCode.TOO_MANY_ATTEMPTS, text, retry_after=math.ceil(seconds * 1000))
