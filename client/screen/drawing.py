"""When something is drawn: once a frame, and never before the terminal has taken what was written."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from rich.console import RenderableType
from textual.app import App
from textual.screen import Screen
from textual.worker import WorkerFailed

from client.exits import ClientExit
from client.screen.painting.pane import Pane, Panes
from client.screen.terminal import Terminal
from client.screen.tty.curtain import Mode

FRAME_SECONDS, _MOST_FRAME_SECONDS = 1 / 30, 1 / 5
"""The least time from frame to frame. It grows if frames take long. Keys are drawn at once."""

_SHARE = 5
"""Frames take at most this part of the time: a fifth."""

_SOON_SECONDS = 0.004
"""So long is waited for what comes together with the first change after a quiet time."""


class DrawnApp(App[ClientExit]):
    """An application that draws its state in frames. A subclass draws one with `_draw`."""

    def __init__(self) -> None:
        super().__init__(driver_class=Terminal, ansi_color=True)
        self.mode_before: Mode | None = None
        """How the terminal was before the curtain; None if none is drawn."""
        self.fault: BaseException | None = None
        """The exception that ended the application; None while there is none."""
        self._frame_due = False
        self._frame_at = self._frame_took = 0.0
        self._is_key = False
        """Whether what is drawn is what the person types."""
        self._stale = False
        """Whether something was not written, because the terminal was slow."""

    def get_default_screen(self) -> Screen[None]:
        """Return the screen that has the panes."""
        return Panes(id="_default")

    # Faults

    def watch_loop(self) -> None:
        """Take exceptions in callbacks of the loop as those in handlers of Textual."""
        asyncio.get_running_loop().set_exception_handler(self._take_fault)

    def _take_fault(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and "handle" in context:
            self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """End by a fault. Textual would show a traceback with the texts of people."""
        self.fault = self.fault or (error.error if isinstance(error, WorkerFailed) else error)
        if self.is_headless:
            super()._handle_exception(error)
        else:
            self._close_messages_no_wait()

    # Frames

    @property
    def terminal(self) -> Terminal | None:
        """The terminal; None in tests."""
        return self._driver if isinstance(self._driver, Terminal) else None

    def _draw(self, *, whole: bool = False) -> None:
        """Draw what has changed, or all."""
        raise NotImplementedError

    def draw_anew(self) -> None:
        """Draw everything, also what has not changed: something else may stand on the terminal now."""
        if self.terminal:
            self.terminal.forget()
        self.screen.refresh(layout=True)

    def _change(self) -> None:
        """Draw soon: once for all that happens in the time of a frame."""
        if not self._frame_due and self.is_running:
            self._frame_due = True
            least = min(max(FRAME_SECONDS, _SHARE * self._frame_took), _MOST_FRAME_SECONDS)
            wait = max(self._frame_at + least - time.monotonic(), _SOON_SECONDS)
            asyncio.get_running_loop().call_later(wait, self._frame)

    def _frame(self) -> None:
        """Draw what is there now, unless the terminal still takes an earlier frame; then look again later."""
        self._frame_due = False
        self._frame_at = time.monotonic()
        if not self.is_running:
            return
        if self.terminal and not self.terminal.is_clear:
            self._change()
        else:
            whole, self._stale = self._stale, False
            self._draw(whole=whole)
        self._frame_took = time.monotonic() - self._frame_at

    def _draw_typed(self, pane: Pane) -> None:
        """Draw what the person types, at once."""
        self._is_key = True
        try:
            pane.redraw()
        finally:
            self._is_key = False

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write what is drawn, unless the terminal still takes what was written before."""
        terminal = self.terminal
        if terminal and not (terminal.is_flowing if self._is_key else terminal.is_clear):
            self._stale = True
            self._change()
        else:
            super()._display(screen, renderable)

    def _write(self, sequence: str) -> None:
        """Write a control sequence that does not move the cursor."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)
            self._driver.flush()
