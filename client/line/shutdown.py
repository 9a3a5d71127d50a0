"""When line mode leaves: how long it waits, and which signals ask for it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass

LEAVING_SIGNALS = frozenset({signal.SIGTERM, signal.SIGHUP})
"""Signals at which the client leaves in order."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds, for the first welcome and, at the end, for the next thing accepted."""

    connect: float = 5.0
    finish: float = 30.0


def asked_to_leave(signals_fd: int) -> bool:
    """Read the signals that came in; return whether one asks to leave. Others only redraw the terminal."""
    return not LEAVING_SIGNALS.isdisjoint(os.read(signals_fd, 512))


class Shutdown:
    """Gives up what is not accepted yet, `seconds` after the last of it that was."""

    def __init__(self, seconds: float, unanswered: int) -> None:
        self._seconds = seconds
        self._unanswered = unanswered
        self._by = time.monotonic() + seconds

    def is_late(self, unanswered: int) -> bool:
        """Whether it is given up, now that so much is not answered."""
        if unanswered < self._unanswered:
            self._unanswered = unanswered
            self._by = time.monotonic() + self._seconds
        return time.monotonic() > self._by
