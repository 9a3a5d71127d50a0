"""Brokers that start and stop at one endpoint, and programs that use them through `Chat`."""

from __future__ import annotations

import threading
from typing import Any

import zmq
from eventually import DEADLINE, eventually
from live_broker import Dealer, end

from broker.core.settings import Settings
from broker.core.store import Store
from broker.server import Broker
from broker.store.memory import MemoryStore
from client.chat import Chat


class House:
    """Runs one broker at a time, in a thread."""

    def __init__(self, endpoint: str) -> None:
        self.url = endpoint
        self.context: zmq.Context[Any] = zmq.Context()
        self.store: Store = MemoryStore("epoch-1")
        self._broker: Broker | None = None
        self._thread: threading.Thread | None = None
        self._chats: list[Chat] = []
        self._dealers: list[Dealer] = []

    def open(self, **settings: Any) -> None:
        """Start a broker. All brokers get the endpoint of the first one."""
        broker = self._broker = Broker(Settings(**settings), store=self.store, context=self._shared)
        self.url = eventually(lambda: self._bind(broker), "the endpoint is free")
        self._thread = threading.Thread(target=self._broker.run, name="broker")
        self._thread.start()

    @property
    def _shared(self) -> zmq.Context[Any] | None:
        """The context that brokers and clients share over inproc."""
        return self.context if self.url.startswith("inproc:") else None

    def _bind(self, broker: Broker) -> str | None:
        try:
            return broker.bind(self.url)
        except zmq.ZMQError as error:
            if error.errno != zmq.EADDRINUSE:
                raise
            return None  # ZeroMQ has not released it yet

    def shut(self) -> None:
        """Stop the broker, if one runs."""
        if self._broker and self._thread:
            self._broker.stop()
            self._thread.join(DEADLINE)
            assert not self._thread.is_alive(), "the broker does not stop"
        self._broker = self._thread = None

    def chat(self, name: str, **options: Any) -> Chat:
        """Log a program in."""
        options = {"timeout": DEADLINE, "context": self._shared, **options}
        self._chats.append(Chat(self.url, name=name, **options))
        return self._chats[-1]

    def dealer(self, name: str) -> Dealer:
        """Return a plain socket that is connected, but not logged in."""
        self._dealers.append(Dealer(self.context, self.url, name))
        return self._dealers[-1]

    def close(self) -> None:
        """Close everything that is still open."""
        try:
            for chat in self._chats:
                chat.close(timeout=0.0)
            for dealer in self._dealers:
                dealer.socket.close()
            self.shut()
        finally:
            end(self.context)


def texts(chat: Chat, number: int) -> list[str]:
    """Take messages, and return their texts."""
    found: list[str] = []
    messages = chat.messages(timeout=DEADLINE)
    while len(found) < number:
        message = next(messages, None)
        assert message is not None, f"only {found} came"
        found.append(message.text)
    return found
