"""What draws the person's attention outside the panes: the bell, notifications, and the window's title."""

from __future__ import annotations

import time
from collections.abc import Callable

from client.core.person.attention import Attention
from client.screen.terminal import title_sequence
from client.views.highlight import Ringer, title

PAUSE_SECONDS = 1.0
"""It rings no more often than that, however fast messages come; those of the pause ring together."""


class Attracting:
    """Writes control sequences with `write`, which must not move the cursor."""

    def __init__(self, attention: Attention, ringer: Ringer, write: Callable[[str], None]) -> None:
        self._attention = attention
        self.ringer = ringer
        self._write = write
        self._title = ""
        self._rang_at = float("-inf")

    def update(self, now: float | None = None) -> None:
        """Show in the title how much waits for the person, and ring if something rings."""
        now = time.monotonic() if now is None else now
        self._set_title(title(self._attention.waiting))
        if now - self._rang_at < PAUSE_SECONDS or not (ring := self._attention.take_ring(now)):
            return
        self._rang_at = now
        if sequence := self.ringer.sequence(ring):
            self._write(sequence)

    def restore(self) -> None:
        """Give the title of the window back."""
        self._set_title("")

    def _set_title(self, wanted: str) -> None:
        if wanted != self._title and self.ringer.has_title:
            self._write(title_sequence(wanted, self._title))
            self._title = wanted
