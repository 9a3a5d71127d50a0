"""What a person sees of a long verb: a bar on a terminal."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

_WAIT = 0.5
"""Seconds before a bar is shown: short tasks need none."""

_BETWEEN = 0.1
"""Seconds between two changes of a bar."""

_CLEAR = "\r\x1b[K"


class ProgressBar:
    """Shows on a terminal how far a task is; on anything else it writes nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._on_terminal = stream.isatty()
        self._next = time.monotonic() + _WAIT
        self._shown = False

    def show(self, task: str, done: int, total: int) -> None:
        """Show how much of a task is done. If `total` is 0, nobody knows how much is left."""
        if not self._on_terminal or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _BETWEEN
        self._shown = True
        self._stream.write(_CLEAR + bar(task, done, total, shutil.get_terminal_size().columns))
        self._stream.flush()

    def clear(self) -> None:
        """Remove the bar, so that the next line can be written."""
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()


def bar(task: str, done: int, total: int, columns: int) -> str:
    """Return a bar that is shorter than a row of the terminal."""
    if total <= 0:
        return f"{task}…"[: columns - 1]
    part = min(1.0, done / total)
    room = max(0, min(40, columns - len(task) - 9))
    full = round(room * part)
    return f"{task} [{'#' * full}{'.' * (room - full)}] {int(part * 100):3}%"[: columns - 1]
