"""WebSockets that hold a bounded part of the memory, and are dropped in the end if nobody reads."""

from __future__ import annotations

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto import events

from client.web.guard import Rate

DROP_SECONDS = 5.0
"""A WebSocket that has ended is dropped after so long."""

MOST_FRAME = 1 << 17
"""Bytes of a message of the page."""

MOST_WAITING = 256
"""Messages of the page that came at once and are not taken yet."""

MOST_PARTS = 64
"""Frames of one message."""

_MOST_UNREAD = 1 << 16
_SLICE = 4_096
_CONTROLS, _CONTROL_SECONDS = 20, 0.5
"""So many pings and pongs are taken at once, and one more each half second."""


class SocketProtocol(WSProtocol):
    """A WebSocket."""

    _parts = 0
    _controls: Rate | None = None

    def data_received(self, data: bytes) -> None:
        """Take data, a little at a time: thousands of small frames fit into what is read at once."""
        for start in range(0, len(data), _SLICE):
            if self.transport.is_closing():
                return
            try:
                super().data_received(data[start : start + _SLICE])
            except UnicodeDecodeError:  # wsproto takes the headers of a handshake for ASCII
                self._drop()

    def handle_message(self, event: events.TextMessage | events.BytesMessage) -> None:
        """Take a frame, or a part of one; drop the connection if too many come at once."""
        self._parts = 0 if event.message_finished else self._parts + event.frame_finished
        if self.queue.qsize() >= MOST_WAITING or self._parts > MOST_PARTS:
            self._drop()
        elif not self.transport.is_closing():
            super().handle_message(event)

    def handle_ping(self, event: events.Ping) -> None:
        """Answer, unless the other side does not read the answers, or pings without end."""
        if not self._is_flood():
            super().handle_ping(event)

    def handle_pong(self, event: events.Pong) -> None:
        """Take it, unless they come without end."""
        if not self._is_flood():
            super().handle_pong(event)

    async def run_asgi(self) -> None:
        """Serve, and leave some time for what was sent last, unless much of it is not read."""
        await super().run_asgi()
        if self.transport.get_write_buffer_size() > _MOST_UNREAD:
            self.transport.abort()
        else:
            self.loop.call_later(DROP_SECONDS, self.transport.abort)

    def _is_flood(self) -> bool:
        if self._controls is None:
            self._controls = Rate(_CONTROLS, _CONTROL_SECONDS)
        if self.transport.get_write_buffer_size() > _MOST_UNREAD or self._controls.take(""):
            self._drop()
        return self.transport.is_closing()

    def _drop(self) -> None:
        self.close_sent = True
        self.transport.abort()
