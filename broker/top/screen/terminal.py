"""The terminal: when it is gone, and how the program ends then."""

from __future__ import annotations

import os
import signal
import sys

from textual.drivers.linux_driver import LinuxDriver


def is_gone() -> bool:
    """Return whether the terminal has been closed."""
    return not (os.isatty(sys.__stdin__.fileno()) if sys.__stdin__ else False)


def end_without_terminal() -> None:
    """End at once: nothing can be written any more, and waiting for that would last for ever."""
    os._exit(128 + signal.SIGHUP)


class Terminal(LinuxDriver):
    """Reads keys until the terminal is closed. Textual would read on without end, or show a traceback."""

    def run_input_thread(self) -> None:
        """Read keys."""
        try:
            super().run_input_thread()
        except OSError:
            end_without_terminal()
