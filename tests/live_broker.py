"""A real broker in a thread, and clients that are plain DEALER sockets. A test must close every socket."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import zmq
from eventually import DEADLINE, eventually

from broker.core.outbox import LogEntry, LogEvent
from broker.core.settings import Settings
from broker.core.store import Store
from broker.server import Broker
from messages.keys import KeyPair

Document = dict[str, Any]


class Dealer:
    """One client's socket, connected if there is an endpoint. What it did not ask for waits in `inbox`."""

    def __init__(self, context: zmq.Context[Any], url: str, name: str, **options: Any) -> None:
        self.name = name
        self.inbox: list[Document] = []
        self.frames: list[list[Document]] = []
        self.session = ""
        self._ids = count(1)
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger = 0
        for option, value in options.items():
            self.socket.set(getattr(zmq, option), value)
        if url:
            self.socket.connect(url)

    def send(self, *frames: bytes) -> None:
        self.socket.send_multipart(frames)

    def put(self, kind: str, **fields: Any) -> str:
        """Send one request in a frame of its own, and return its id."""
        document = self.request(kind, **fields)
        self.send(json.dumps(document).encode())
        return str(document["id"])

    def request(self, kind: str, **fields: Any) -> Document:
        return {"type": kind, "id": f"{self.name}-{next(self._ids)}", **fields}

    def ask(self, kind: str, **fields: Any) -> Document:
        """Send one request and return its reply."""
        return self.reply(self.put(kind, **fields))

    def reply(self, re: str | None) -> Document:
        return self.take(lambda document: document.get("re", "") == re, f"a reply to {re}")

    def event(self, kind: str) -> Document:
        return self.take(lambda document: document["type"] == kind, f"an event {kind}")

    def message(self) -> str:
        """Return the text of the next message."""
        return str(self.event("message")["text"])

    def take(self, wanted: Callable[[Document], bool], what: str) -> Document:
        """Return the first document that is wanted, as soon as it arrives. The others wait in order."""
        deadline = time.monotonic() + DEADLINE
        looked_at = 0
        while True:
            for index in range(looked_at, len(self.inbox)):
                if wanted(self.inbox[index]):
                    return self.inbox.pop(index)
            looked_at = len(self.inbox)
            if not self.read(max(deadline - time.monotonic(), 0)):
                raise AssertionError(f"{self.name} did not get {what}, but {self.inbox}")

    def read(self, seconds: float) -> bool:
        """Read one frame into the inbox, if one arrives within the time."""
        if not self.socket.poll(seconds * 1_000):
            return False
        frame = self.socket.recv()
        assert not self.socket.rcvmore
        self.frames.append([json.loads(line) for line in frame.split(b"\n")])
        self.inbox += self.frames[-1]
        return True

    def login(self, name: str | None = None, **fields: Any) -> Dealer:
        welcome = self.ask("login", protocol=1, name=name or self.name, **fields)
        assert welcome["type"] == "welcome", welcome
        self.session = welcome["session"]
        return self

    def settle(self) -> list[Document]:
        """Return all documents from the broker so far, and empty the inbox."""
        self.ask("time")
        found, self.inbox = self.inbox, []
        return found


class Stage:
    """A broker that serves one endpoint, and the clients of a test."""

    def __init__(
        self,
        endpoint: str,
        settings: Settings | None = None,
        store: Store | None = None,
        keys: KeyPair | None = None,
        client: KeyPair | None = None,
    ) -> None:
        self._curve: dict[str, Any] = {}
        if keys and client:  # the key of all clients
            pairs = ("SERVERKEY", keys.public), ("PUBLICKEY", client.public), ("SECRETKEY", client.secret)
            self._curve = {f"CURVE_{name}": key.encode() for name, key in pairs}
        self.context: zmq.Context[Any] = zmq.Context()
        self.notes: list[LogEntry] = []
        self.broker = Broker(settings, store=store, context=self.context, log=self._log)
        self.url = self.broker.bind(endpoint, keys)
        self._dealers: list[Dealer] = []
        self._thread = threading.Thread(target=self.broker.run, name="broker")
        self._thread.start()

    def _log(self, notes: Iterable[LogEntry]) -> None:
        self.notes += notes

    def noted(self, told: LogEvent) -> list[dict[str, object]]:
        return [dict(note.fields) for note in self.notes if note.event is told]

    def dealer(self, name: str, **options: Any) -> Dealer:
        """Return a client that is connected, but not logged in."""
        dealer = Dealer(self.context, self.url, name, **self._curve, **options)
        self._dealers.append(dealer)
        return dealer

    def users(self, *names: str) -> list[Dealer]:
        """Log users in, and empty their inboxes."""
        dealers = [self.dealer(name).login() for name in names]
        for dealer in dealers:
            dealer.settle()
        return dealers

    def stop(self) -> None:
        self.broker.stop()
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive(), "the broker does not stop"

    def close(self) -> None:
        """Stop all, and name what was not closed."""
        try:
            self.stop()
        finally:
            for dealer in self._dealers:
                dealer.socket.close()
            end(self.context)


def end(context: zmq.Context[Any]) -> None:
    """End a context whose sockets are all closed, or name those that are not."""
    left = [repr(socket) for socket in context._sockets if not socket.closed]
    context.destroy(linger=0)
    assert not left, f"not closed: {left}"


StageFactory = Callable[..., Stage]
"""Makes a stage with the settings and store it is given."""


def assert_undisturbed(*dealers: Dealer) -> None:
    """Check that each of these users can talk to each other and no message has been lost or doubled."""
    for sender in dealers:
        accepted = sender.ask("send", to="#lobby", text=f"{sender.name} talks on")
        assert accepted["type"] == "accepted", accepted
        for other in dealers:
            if other is not sender:
                message = other.event("message")
                assert (message["text"], message["seq"]) == (f"{sender.name} talks on", accepted["seq"])


def await_lost(stage: Stage, talker: Dealer, name: str) -> None:
    """Wait until the broker has noticed that a user's connection is gone, while another user talks."""

    def is_lost() -> bool:
        talker.ask("send", to="#lobby", text="is anyone there?")
        return any(fields["name"] == name for fields in stage.noted(LogEvent.LEAVE))

    eventually(is_lost, f"the broker found {name} gone")
