"""The wait for the broker's welcome: its time-out, and what a person is told meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from client.core.session import Session, SessionState
from client.exits import ClientExit, not_welcomed
from client.transport.diagnosis import why_not_connected
from client.transport.link import Link

TOLD_SECONDS = 1.0
"""If there is no connection after this time, a person is told why."""


def still_trying(why: str, seconds: float) -> str:
    """Return the notice for a person who waits up to so many seconds in all."""
    return f"{why}. The client tries for {seconds:g} seconds in all."


class Arrival:
    """Waits for a welcome, up to `seconds` at a time. `tell` shows a notice to a person, if one looks on."""

    def __init__(self, session: Session, seconds: float, tell: Callable[[str], None] | None) -> None:
        self._session = session
        self._seconds = seconds
        self._tell = tell
        self._begun: float | None = None
        self._asked = False
        self._why = ""

    def __bool__(self) -> bool:
        """Whether a welcome is waited for."""
        return self._begun is not None

    def begin(self) -> None:
        """Start to wait."""
        self._begun = time.monotonic()

    def end(self) -> None:
        """Wait no longer."""
        self._begun, self._tell = None, None

    def too_late(self, link: Link) -> ClientExit | None:
        """Return the end of the program if that was too long. Tell a person once why nobody answers."""
        if self._begun is None:
            return None
        waited = time.monotonic() - self._begun
        if waited > self._seconds:
            return not_welcomed(link, self._session.login_error)
        if self._tell and waited > TOLD_SECONDS and self._session.state is SessionState.OFFLINE:
            self._find_out(link, self._tell)
        return None

    def _find_out(self, link: Link, tell: Callable[[str], None]) -> None:
        """Find out the reason in a thread, as this takes a second or two, and tell it when it is known."""
        if not self._asked:
            self._asked = True
            threading.Thread(target=self._look, args=(link,), daemon=True).start()
        elif self._why:
            tell(still_trying(self._why, self._seconds))
            self._tell = None

    def _look(self, link: Link) -> None:
        self._why = why_not_connected(link)
