"""When line mode leaves: how long it waits, and which signals ask for it."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

LEAVING_SIGNALS = frozenset({signal.SIGTERM, signal.SIGHUP})
"""Signals at which the client leaves in order."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, for the first welcome and, at the end, for what is not accepted yet."""

    connect: float = 5.0
    finish: float = 30.0


def asked_to_leave(signals_fd: int) -> bool:
    """Read the signals that came in; return whether one asks to leave. Others only redraw the terminal."""
    return not LEAVING_SIGNALS.isdisjoint(os.read(signals_fd, 512))
