"""A broker that sends what the test says, and one client connected to it."""

from __future__ import annotations

from itertools import count
from typing import Any

import msgspec
import zmq
from eventually import eventually
from live_broker import end

from client.core.events import ClientEvent, LoggedIn
from client.core.session import Session
from client.transport.connection import Connection
from messages.codec import encode
from messages.events import Position
from messages.replies import Welcome


class FakeBroker:
    """A ROUTER that the test reads and writes, and the client's session and connection."""

    def __init__(self) -> None:
        self.context: zmq.Context[Any] = zmq.Context()
        self.router: zmq.Socket[bytes] = self.context.socket(zmq.ROUTER)
        self.router.linger = 0
        port = self.router.bind_to_random_port("tcp://127.0.0.1")
        ids = count(1)
        self.session = Session("alice", lambda: f"r{next(ids)}", encode)
        self.events: list[ClientEvent] = []
        self.traced: list[tuple[str, bytes]] = []
        self.frames: list[bytes] = []
        self.connection = Connection(
            self.session, f"tcp://127.0.0.1:{port}", trace=lambda *traced: self.traced.append(traced)
        )
        self.peer = b""

    def turn(self) -> None:
        self.connection.turn(0.01)
        while (event := self.session.next_event()) is not None:
            self.events.append(event)
            self.session.handed_over(event)

    def take(self, kind: str) -> dict[str, Any]:
        """Serve the client until it has sent a request of a kind, and return that."""

        def asked() -> dict[str, Any] | None:
            self.turn()
            for line in self.gather():
                request: dict[str, Any] = msgspec.json.decode(line)
                if request["type"] == kind:
                    return request
            return None

        return eventually(asked, f"the client says {kind}")

    def gather(self) -> list[bytes]:
        """Return the lines of the frames that have arrived; `frames` keeps the frames."""
        lines = []
        while self.router.poll(0):
            self.peer, frame = self.router.recv_multipart()
            self.frames.append(frame)
            lines += frame.split(b"\n")
        return lines

    def lines(self, number: int) -> list[bytes]:
        """Serve the client until it has sent this many documents, and return them."""
        lines: list[bytes] = []

        def said() -> bool:
            self.turn()
            lines.extend(self.gather())
            return len(lines) >= number

        eventually(said, f"the client says {number} documents")
        return lines

    def say(self, *documents: msgspec.Struct) -> None:
        self.router.send_multipart([self.peer, b"\n".join(map(encode, documents))])

    def say_frame(self, *frames: bytes) -> None:
        self.router.send_multipart([self.peer, *frames])

    def welcome(self, *positions: Position, heartbeat: int = 15_000) -> dict[str, Any]:
        """Await a login and welcome the client."""
        login = self.take("login")
        self.say(Welcome(login["id"], "alice", "token", "epoch", False, heartbeat, list(positions)))
        self.await_told(LoggedIn)
        return login

    def await_told(self, kind: type[Any]) -> Any:
        """Serve the client until it has an event of a kind, and return that. Drop the events before it."""

        def told() -> Any:
            self.turn()
            while self.events:
                event = self.events.pop(0)
                if isinstance(event, kind):
                    return event
            return None

        return eventually(told, f"the client tells {kind.__name__}")

    def close(self) -> None:
        self.connection.close()
        self.router.close()
        end(self.context)
