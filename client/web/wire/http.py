"""HTTP whose requests have to come within a time, so that nobody holds connections for nothing."""

from __future__ import annotations

import asyncio

import h11

from client.web.wire.stalls import ReadProtocol

HEAD_SECONDS = 10.0
"""The head of a request, also the first one of a connection, has to be here after so long."""

BODY_SECONDS = 60.0
"""So has its body."""

LOOK_SECONDS = 2.0


class HttpProtocol(ReadProtocol):
    """HTTP on one connection."""

    _waits = True
    """Whether the head or the body of a request is on its way, or the first one is awaited."""
    _since = 0.0
    _request: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self.loop.call_later(LOOK_SECONDS, self._look)

    def data_received(self, data: bytes) -> None:
        """Take data, and note what has to follow."""
        super().data_received(data)
        state = self.conn.their_state
        begun = state is h11.SEND_BODY or (state is h11.IDLE and bool(self.conn.trailing_data[0]))
        if begun != self._waits or self._request is not self.cycle:
            self._waits, self._request, self._since = begun, self.cycle, self.loop.time()

    def _look(self) -> None:
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        most = BODY_SECONDS if self.conn.their_state is h11.SEND_BODY else HEAD_SECONDS
        if self._waits and self.loop.time() - self._since > most:
            self.transport.abort()
        else:
            self.loop.call_later(LOOK_SECONDS, self._look)
