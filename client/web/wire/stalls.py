"""HTTP on a connection whose other side has to read: in the end it is dropped if that does not."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

STALLED_SECONDS = 120.0
"""A connection on which something waits is dropped if nothing of it is read for so long."""


class ReadProtocol(H11Protocol):
    """HTTP that looks, while an answer waits, whether the browser reads."""

    _stall: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Wait for the browser to read, for a while."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """Go on: it has read."""
        self._cancel()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._cancel()
        super().connection_lost(exc)

    def _await_reading(self) -> None:
        self._cancel()
        waiting = self.transport.get_write_buffer_size()
        self._stall = self.loop.call_later(STALLED_SECONDS, self._check_reading, waiting)

    def _check_reading(self, before: int) -> None:
        if self.transport.get_write_buffer_size() < before:
            self._await_reading()
        else:
            self.transport.abort()

    def _cancel(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
