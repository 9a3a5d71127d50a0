"""The end of a chat: its timeouts, the signals that ask for it, and what it waits for."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from client.core.composer import Composer
from client.core.files.download import Download
from client.core.lookups import PeopleLookup, RoomsLookup
from client.core.person.queries import QUIET
from client.core.receiving.fetches import Fetch
from client.core.session import Session, SessionState
from messages.text import counted
from messages.typing import Typing

LEAVING_SIGNALS = frozenset({signal.SIGTERM, signal.SIGHUP})
"""Signals at which the client leaves in order."""

_QUIET = (*QUIET, Fetch, RoomsLookup, PeopleLookup, Typing)
"""Requests that the client makes by itself."""

TOLD_SECONDS = 0.3
"""Seconds without an answer after which the person is told what is waited for."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for the first welcome and, at the end, for the next message to be accepted."""

    connect: float = 5.0
    finish: float = 30.0


@contextmanager
def leaving_signals() -> Iterator[int]:
    """Yield a descriptor for the loop to read; each signal writes a byte to it."""
    read_fd, write_fd = os.pipe()
    os.set_blocking(write_fd, False)
    for number in LEAVING_SIGNALS:
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(write_fd, warn_on_full_buffer=False)
    try:
        yield read_fd
    finally:
        signal.set_wakeup_fd(-1)
        os.close(read_fd)
        os.close(write_fd)


def asked_to_leave(signals_fd: int) -> bool:
    """Read the signals received; return whether one asks to leave. Others only redraw the terminal."""
    return not LEAVING_SIGNALS.isdisjoint(os.read(signals_fd, 512))


def is_silent(session: Session) -> bool:
    """Whether the broker is away, or has not answered a request for a moment."""
    sent_at = session.oldest_sent_at
    late = sent_at is not None and time.monotonic() - sent_at > TOLD_SECONDS
    return late or session.state is not SessionState.READY


class Unsent:
    """What a person has typed and the broker has not answered."""

    def __init__(self, session: Session, composer: Composer[Any]) -> None:
        self.messages = len(session.unaccepted)
        self.lines = len(composer.waiting)
        self.commands = session.unanswered - self.messages - session.unanswered_of(_QUIET)
        if composer.awaited.startswith("/login"):
            self.commands += 1
        self.downloads = sum(isinstance(one, Download) for one in session.transfers)

    def __len__(self) -> int:
        return self.messages + self.lines + self.commands + self.downloads

    def __str__(self) -> str:
        """Return a clause for each kind, as the client ends."""
        return self._clauses("was", "were")

    @property
    def so_far(self) -> str:
        """The same, while the client waits."""
        return self._clauses("is", "are")

    def _clauses(self, one: str, many: str) -> str:
        kinds = (
            (self.messages, "message", "not confirmed by the broker"),
            (self.lines, "line", "not sent"),
            (self.commands, "command", "not answered"),
            (self.downloads, "download", "not complete"),
        )
        clauses = [f"{counted(count, noun, one, many)} {what}" for count, noun, what in kinds if count]
        return "; ".join(clauses)


class Shutdown:
    """Waits for what is unsent, and gives it up `seconds` after the last answer."""

    def __init__(self, seconds: float) -> None:
        self.told = False
        """Whether the person was told what is waited for."""
        self._seconds = seconds
        self._left: int | None = None
        self._moved = 0
        self._answered = time.monotonic()
        self._hurried = False

    def note(self, left: int, moved: int = 0) -> None:
        """Record how much is unsent now, and how far the files are that are on their way."""
        if self._left is None or left < self._left or moved != self._moved:
            self._answered = time.monotonic()
        self._left, self._moved = left, moved

    def hurry(self) -> None:
        """Give up at once."""
        self._hurried = True

    @property
    def is_late(self) -> bool:
        """Whether to give up."""
        return self._hurried or time.monotonic() > self._answered + self._seconds

    @property
    def is_stuck(self) -> bool:
        """Whether nothing was answered for a moment."""
        return time.monotonic() - self._answered > TOLD_SECONDS
