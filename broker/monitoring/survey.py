"""Numbers that need a look at the system. If a disk is gone, a look hangs, so it has its own thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

Numbers = Mapping[str, float]
"""Numbers by the names of their metrics."""

SECONDS = 10.0
"""There is a look this often: less often than a monitoring system asks, at most."""


class Survey:
    """Looks at one place of the system again and again. Any thread may read what it saw last."""

    def __init__(self, place: str, look: Callable[[], Numbers], seconds: float = SECONDS) -> None:
        """`look` returns the numbers. If it raises OSError, there are none until it works again."""
        self.place = place
        self.numbers: Numbers = {}
        self.answered_at = 0.0
        """When the last look was successful (Unix time), or 0."""
        self._look = look
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name=f"survey {place}", daemon=True)

    def start(self) -> None:
        """Begin to look, in a thread."""
        self._thread.start()

    def look(self) -> None:
        """Look once."""
        try:
            self.numbers = self._look()
        except OSError:
            self.numbers = {}
        else:
            self.answered_at = time.time()

    def end(self, seconds: float = 1.0) -> None:
        """Look no more. Wait a while if there is a look now."""
        self._ended.set()
        self._thread.join(seconds)

    def _repeat(self) -> None:
        self.look()
        while not self._ended.wait(self._seconds):
            self.look()
