"""Signals that a caller can wait for, so that no work is done inside a handler."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Any

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Asked(Exception):
    """This process was asked to end by `signal`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


class SignalWatch:
    """While entered, ending signals only wake `wait`. If `children`, so do the ends of children.

    This is the self-pipe trick. Signals ignored from the start, as under nohup, stay ignored. Children are
    not touched: handlers do not survive exec.
    """

    def __init__(self, *, children: bool) -> None:
        self._watched = (*_ENDING, signal.SIGCHLD) if children else _ENDING

    def __enter__(self) -> SignalWatch:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._fd_before = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._before: dict[int, Any] = {
            number: signal.signal(number, _only_wake)
            for number in self._watched
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._fd_before)
        os.close(self._reader)
        os.close(self._writer)

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether a signal came within `seconds`. Raise Asked if it is an ending signal."""
        ready, _, _ = select.select([self._reader], [], [], seconds)
        for number in os.read(self._reader, 4096) if ready else b"":
            if number in _ENDING:
                raise Asked(number)
        return bool(ready)


def _only_wake(number: int, frame: FrameType | None) -> None:
    """Do nothing. With a handler, the signal is written to the wake-up pipe."""
