"""A broker in a thread with an encrypted and a plain endpoint, and clients of all kinds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import zmq
from eventually import DEADLINE, eventually
from live_broker import Dealer, end

from broker.core.outbox import LogEntry
from broker.core.settings import Settings
from broker.security.authenticator import Admit, admit_all
from broker.security.keys import make_keys
from broker.server import Broker
from messages.keys import KeyPair


class Fortress:
    """A broker with an encrypted and a plain endpoint. Without `admit`, its own rules admit keys."""

    def __init__(
        self, admit: Admit | None = admit_all, settings: Settings | None = None, **options: Any
    ) -> None:
        self.keys = make_keys()
        self.context: zmq.Context[Any] = zmq.Context()
        self.notes: list[LogEntry] = []
        self.broker = Broker(settings, admit=admit, log=self.notes.extend, **options)
        self.url = self.broker.bind("tcp://127.0.0.1:0", self.keys)
        self.plain_url = self.broker.bind("tcp://127.0.0.1:0")
        self._dealers: list[Dealer] = []
        self._thread = threading.Thread(target=self.broker.run, name="broker")
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("tcp://").rpartition(":")
        return host, int(port)

    def dealer(
        self,
        name: str,
        keys: KeyPair | None = None,
        *,
        broker_key: str = "",
        url: str | None = None,
        **options: Any,
    ) -> Dealer:
        """Return a client with a new key, or with the given keys."""
        keys = keys or make_keys()
        curve = {
            "CURVE_SERVERKEY": (broker_key or self.keys.public).encode(),
            "CURVE_PUBLICKEY": keys.public.encode(),
            "CURVE_SECRETKEY": keys.secret.encode(),
        }
        self._dealers.append(Dealer(self.context, self.url if url is None else url, name, **curve, **options))
        return self._dealers[-1]

    def plain(self, name: str, url: str | None = None, **options: Any) -> Dealer:
        self._dealers.append(Dealer(self.context, self.plain_url if url is None else url, name, **options))
        return self._dealers[-1]

    def drop(self, dealer: Dealer) -> None:
        self._dealers.remove(dealer)
        dealer.socket.close()

    def known(self) -> int:
        """Return how many clients have reached the core."""
        return len(self.broker.core.peers)

    def turn_twice(self) -> None:
        """Wait until the broker's loop has taken two more samples."""
        for _ in range(2):
            turned = self.broker.meter.turned
            eventually(lambda turned=turned: self.broker.meter.turned > turned, "the loop turns")  # type: ignore[misc]

    def raw(self) -> socket.socket:
        return socket.create_connection(self.address, DEADLINE)

    def close(self) -> None:
        try:
            for dealer in self._dealers:
                dealer.socket.close()
            self.broker.stop()
            self._thread.join(DEADLINE)
            assert not self._thread.is_alive(), "the broker does not stop"
        finally:
            end(self.context)


@contextmanager
def fortress(
    admit: Admit | None = admit_all, settings: Settings | None = None, **options: Any
) -> Iterator[Fortress]:
    made = Fortress(admit, settings, **options)
    try:
        yield made
    finally:
        made.close()
