"""A bare ROUTER in pyzmq that passes lines on to rooms: `rooms_server.py PORT PADDING MORE`.

A line `+ROOM` enters a room, and the reply is `entered`. `ROOM TEXT` goes to all members of the room, with
`PADDING` bytes more, or `MORE` if the line before it in its frame was for the same room. Nothing is checked,
numbered, kept or acknowledged. The lines received for a room are sent in one frame. If a turn leaves input
unread, lines are held back for some time after each sending, as in chat-broker.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import zmq

FRAMES = 64
"""The most frames read before their lines are passed on."""

PAUSE = 40.0
"""Under load, lines are held back for this multiple of the duration of the last sending."""

SHARED_BYTES = 2_048
"""From this size on, a frame is passed by reference."""

_send: Callable[..., None] = zmq.backend.Socket.send
_recv: Callable[..., Any] = zmq.backend.Socket.recv
_NOW, _MORE = int(zmq.DONTWAIT), int(zmq.SNDMORE)


class Rooms:
    """A ROUTER and the rooms of its peers."""

    def __init__(self, router: zmq.Socket[bytes], padding: bytes, more: bytes) -> None:
        self._router = router
        self._padding, self._more = padding, more
        self._members: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self._said: defaultdict[bytes, list[bytes]] = defaultdict(list)

    def serve(self) -> None:
        """Read lines and pass them on, for ever."""
        resume_at = 0.0
        while True:
            if not self._said:
                self._router.poll()
            busy = self._take_in()
            if not busy or time.monotonic() >= resume_at:
                begun = time.thread_time()
                self._pass_on()
                resume_at = time.monotonic() + PAUSE * (time.thread_time() - begun)

    def _take_in(self) -> bool:
        """Read frames, and return whether there may be more."""
        for _ in range(FRAMES):
            try:
                sender = _recv(self._router, _NOW)
            except zmq.Again:
                return False
            last = None
            for line in _recv(self._router).split(b"\n"):
                room, _, text = line.partition(b" ")
                if text:
                    self._said[room].append(text + (self._more if room == last else self._padding))
                    last = room
                else:
                    self._members[room[1:]].append(sender)
                    self._send(sender, b"entered")
        return True

    def _pass_on(self) -> None:
        said = dict(self._said)
        self._said.clear()
        for room, texts in said.items():
            block = b"\n".join(texts)
            frame = block if len(block) < SHARED_BYTES else zmq.Frame(block)
            for member in self._members[room]:
                self._send(member, frame)

    def _send(self, member: bytes, frame: bytes | zmq.Frame) -> None:
        _send(self._router, member, _MORE)
        _send(self._router, frame, 0, isinstance(frame, bytes))


def main() -> None:
    """Serve on the port, with the paddings that the command line gives."""
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.set(zmq.SNDHWM, 0)
        router.set(zmq.BACKLOG, 4_096)
        router.bind(f"tcp://127.0.0.1:{sys.argv[1]}")
        Rooms(router, b"," * int(sys.argv[2]), b"," * int(sys.argv[3])).serve()


if __name__ == "__main__":
    main()
