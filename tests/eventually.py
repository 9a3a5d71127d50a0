"""Waiting in tests: for a condition, never for a time."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

DEADLINE = 10.0 * float(os.environ.get("CHAT_TEST_TIME_FACTOR", "1"))
"""Seconds that one step of a test may take. Slow machines set CHAT_TEST_TIME_FACTOR."""

_POLL = 0.02

_Result = TypeVar("_Result")


def eventually(condition: Callable[[], _Result | None], message: str) -> _Result:
    """Return the result of `condition` as soon as it is true. Fail with `message` after the deadline."""
    deadline = time.monotonic() + DEADLINE
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {DEADLINE:g} seconds: {message}")
        threading.Event().wait(_POLL)
    return result


async def eventually_in_loop(condition: Callable[[], _Result | None], message: str) -> _Result:
    """Do the same as `eventually`, while the asyncio loop goes on."""
    deadline = time.monotonic() + DEADLINE
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {DEADLINE:g} seconds: {message}")
        await asyncio.sleep(_POLL)
    return result
