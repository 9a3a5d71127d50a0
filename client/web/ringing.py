"""When a person's tabs are to call them: at once, or after a while in which they may read elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from client.core.person.attention import Attention, Ring


class Ringing:
    """Passes what rings to `ring` when it is due. `stop` is to be called in the end."""

    def __init__(self, attention: Attention, ring: Callable[[Ring], None]) -> None:
        self._attention, self._ring = attention, ring
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    def look(self) -> None:
        """Ring what is due, and look again when the next one is."""
        now = time.monotonic()
        if (due := self._attention.take_ring(now)) is not None:
            self._ring(due)
        seconds = self._attention.ring_in(now)
        self._cancel()
        if seconds != float("inf") and not self._stopped:
            self._timer = asyncio.get_running_loop().call_later(seconds, self.look)

    def stop(self) -> None:
        """Look no more."""
        self._stopped = True
        self._cancel()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
