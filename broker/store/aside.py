"""A thread that waits for the disk, so that another one can work meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue


class Aside:
    """Runs one thing at a time in a thread of its own, which begins with the first."""

    def __init__(self) -> None:
        self._todo: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._done: SimpleQueue[BaseException | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def run(self, action: Callable[[], None], meanwhile: Callable[[], None]) -> None:
        """Do both at the same time, and return when both are done. Raise what `action` raises."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="disk", daemon=True)
            self._thread.start()
        self._todo.put(action)
        try:
            meanwhile()
        finally:
            error = self._done.get()
        if error is not None:
            raise error

    def close(self) -> None:
        """End the thread. Nothing runs in it."""
        if self._thread is not None:
            self._todo.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (action := self._todo.get()) is not None:
            try:
                action()
            except BaseException as error:
                self._done.put(error)
            else:
                self._done.put(None)
