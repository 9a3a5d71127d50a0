"""A broker in a process of its own, which may die."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Any

import zmq
from broker_process import BrokerProcess
from live_broker import Dealer, end

from broker.security.keys import make_keys
from messages.endpoints import parse_endpoint


class Town:
    """A broker in a process of its own, encrypted or not, and its clients."""

    def __init__(
        self, seats: ExitStack, *arguments: str, prefix: tuple[str, ...] = (), curve: bool = True
    ) -> None:
        self.process = BrokerProcess(
            *("--memory", "--log-level", "notice", "--bind", "tcp://127.0.0.1:0"),
            *(("--curve",) if curve else ()),
            *arguments,
            prefix=prefix,
        )
        seats.callback(self.process.close)
        self.context: zmq.Context[Any] = zmq.Context()
        self.context.max_sockets = 20_000
        seats.callback(end, self.context)
        self._seats = seats
        self.url = self.process.listen()
        host, _, port = self.url.removeprefix("tcp://").rpartition(":")
        self.address = host, int(port)
        self._key = b""
        if curve:
            said = next(line for line in self.process.out if line.startswith("Clients connect to "))
            self._key = parse_endpoint(said.split()[-1]).key.encode()

    def dealer(self, name: str, url: str = "", **more: Any) -> Dealer:
        """Return a client with a key of its own, if the broker is encrypted."""
        keys = make_keys()
        curve = {"CURVE_PUBLICKEY": keys.public.encode(), "CURVE_SECRETKEY": keys.secret.encode()}
        options = {"CURVE_SERVERKEY": self._key, **curve} if self._key else {}
        dealer = Dealer(self.context, url or self.url, name, RECONNECT_IVL=100, **options, **more)
        self._seats.callback(dealer.socket.close)
        return dealer

    def raw(self) -> socket.socket:
        return socket.create_connection(self.address)
