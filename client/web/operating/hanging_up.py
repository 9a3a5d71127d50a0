"""What SIGHUP does: it reloads, or ends a gateway whose terminal is closed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

_AGAIN_SECONDS = 1.0
"""The signal can come before the terminal has gone."""


class HangUp:
    """While entered, SIGHUP reloads. If the process had a terminal that is gone, it stops."""

    def __init__(self, reload: Callable[[], None], stop: Callable[[], None]) -> None:
        self._reload, self._stop = reload, stop
        ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # as under nohup
        self._ends_with_terminal = not ignored and _has_terminal()

    def __enter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})  # the broker starts it with this blocked

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(RuntimeError):
            self._loop.remove_signal_handler(signal.SIGHUP)

    def _hang_up(self) -> None:
        self._reload()
        if self._ends_with_terminal:
            self._look()
            self._loop.call_later(_AGAIN_SECONDS, self._look)

    def _look(self) -> None:
        if not _has_terminal():
            self._stop()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True
