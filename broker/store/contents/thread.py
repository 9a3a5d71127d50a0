"""A thread that carries out calls in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any


class Worker:
    """Carries out calls in a thread, which starts with the first one."""

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[tuple[Callable[..., object], tuple[Any, ...]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def do(self, call: Callable[..., object], *arguments: Any) -> None:
        """Have a call carried out after all earlier ones. It must not raise."""
        self._calls.put((call, arguments))
        if self._thread.ident is None:
            self._thread.start()

    def close(self) -> None:
        """Carry out what waits, and end the thread. A second call does nothing."""
        if self._thread.ident is not None:
            self._calls.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (waiting := self._calls.get()) is not None:
            call, arguments = waiting
            call(*arguments)
