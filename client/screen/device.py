"""The terminal as a device: its size, its mouse, and how the program stops and goes on."""

from __future__ import annotations

import os
import signal

from textual.drivers.linux_driver import LinuxDriver

from client.screen.tty.mouse import MOUSE_OFF, MOUSE_ON


class Device(LinuxDriver):
    """Does what Textual's driver does otherwise than a terminal needs it."""

    def stop_job(self) -> None:
        """Stop the process group, as the terminal itself would: a launcher before us stops, too."""
        self._stop(0)

    def _sigtstp_application(self, *_: object) -> None:
        self._stop(os.getpid())

    def _stop(self, processes: int) -> None:
        """Give the terminal back, and stop these processes, until the shell lets them go on."""
        self.suspend_application_mode()  # first: then the terminal belongs to the shell
        self._must_signal_resume = True
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(processes, signal.SIGTSTP)
        if self._must_signal_resume:  # nothing stops where no shell could let it go on
            self.resume_application_mode()
        signal.signal(signal.SIGTSTP, self._sigtstp_application)

    def _get_terminal_size(self) -> tuple[int, int]:
        """Return the terminal's own size: COLUMNS and LINES of the environment do not follow it."""
        try:
            columns, rows = os.get_terminal_size(self.fileno)
        except OSError:  # it is gone
            columns = rows = 0
        return columns or 80, rows or 24

    @property
    def has_mouse(self) -> bool:
        """Whether the terminal reports its mouse."""
        return self._mouse

    def use_mouse(self, on: bool) -> None:
        """Ask the terminal for reports of its mouse, or for none."""
        self._mouse = on
        self.write(MOUSE_ON if on else MOUSE_OFF)
        self.flush()

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write(MOUSE_ON)

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write(MOUSE_OFF)
