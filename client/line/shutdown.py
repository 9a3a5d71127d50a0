"""The end of line mode: its timeouts, the signals that ask for it, and what it waits for."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import Any

from client.core.composer import Composer
from client.core.session import Session
from client.exits import unconfirmed

LEAVING_SIGNALS = frozenset({signal.SIGTERM, signal.SIGHUP})
"""Signals at which the client leaves in order."""

_TOLD_SECONDS = 0.3
"""If nothing is accepted for so long, the person is told what is waited for."""

_SAME_SECONDS = 0.5
"""Signals that follow each other within this time count as one: a terminal that is closed sends several."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for the first welcome and, at the end, for the next message to be accepted."""

    connect: float = 5.0
    finish: float = 30.0


def asked_to_leave(signals_fd: int) -> bool:
    """Read the signals received; return whether one asks to leave. Others only redraw the terminal."""
    return not LEAVING_SIGNALS.isdisjoint(os.read(signals_fd, 512))


class Unsent:
    """What a person has typed and the broker has not answered."""

    def __init__(self, session: Session, composer: Composer[Any]) -> None:
        self.messages = len(session.unaccepted)
        self.lines = len(composer.waiting)
        self.commands = session.unanswered - self.messages
        if composer.awaited.startswith("/login"):
            self.commands += 1

    def __len__(self) -> int:
        return self.messages + self.lines + self.commands

    def __str__(self) -> str:
        """Return a clause for each kind."""
        clauses = [unconfirmed(self.messages)] if self.messages else []
        if self.lines:
            clauses.append(f"{self.lines} line{'s were' if self.lines > 1 else ' was'} not sent")
        if self.commands:
            clauses.append(f"{self.commands} command{'s were' if self.commands > 1 else ' was'} not answered")
        return "; ".join(clauses)


class Shutdown:
    """Waits for what is unsent, and gives it up `seconds` after the last answer."""

    def __init__(self, seconds: float) -> None:
        self.told = False
        """Whether the person was told what is waited for."""
        self._seconds = seconds
        self._left: int | None = None
        self._begun = self._answered = time.monotonic()
        self._by = float("inf")

    def note(self, left: int) -> None:
        """Record how much is unsent now."""
        if self._left is None or left < self._left:
            self._answered = time.monotonic()
        self._left = left

    def hurry(self) -> None:
        """Give up at once, or when the signals that arrive now cannot be the first one."""
        self._by = self._begun + _SAME_SECONDS

    @property
    def is_late(self) -> bool:
        """Whether to give up."""
        now = time.monotonic()
        return now > min(self._by, self._answered + self._seconds)

    @property
    def is_stuck(self) -> bool:
        """Whether nothing was answered for a moment."""
        return time.monotonic() - self._answered > _TOLD_SECONDS
