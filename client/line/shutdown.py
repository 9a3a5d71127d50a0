"""The end of line mode: its timeouts, and the signals that ask for it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass

LEAVING_SIGNALS = frozenset({signal.SIGTERM, signal.SIGHUP})
"""Signals at which the client leaves in order."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for the first welcome and, at the end, for the next message to be accepted."""

    connect: float = 5.0
    finish: float = 30.0


def asked_to_leave(signals_fd: int) -> bool:
    """Read the signals received; return whether one asks to leave. Others only redraw the terminal."""
    return not LEAVING_SIGNALS.isdisjoint(os.read(signals_fd, 512))


class Shutdown:
    """Gives up unaccepted messages, `seconds` after the last one that was accepted."""

    def __init__(self, seconds: float, unanswered: int) -> None:
        self._seconds = seconds
        self._unanswered = unanswered
        self._by = time.monotonic() + seconds

    def is_late(self, unanswered: int) -> bool:
        """Whether to give up, given the number of unanswered requests."""
        if unanswered < self._unanswered:
            self._unanswered = unanswered
            self._by = time.monotonic() + self._seconds
        return time.monotonic() > self._by
