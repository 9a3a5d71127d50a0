"""More connections than the broker can have, and handshakes that never end: who is inside goes on."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Any

import pytest
import zmq
from broker_process import BrokerProcess
from eventually import eventually
from live_broker import Dealer, assert_undisturbed, end

from broker.security.keys import make_keys
from messages.endpoints import parse_endpoint

_HALF = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"CURVE".ljust(20, b"\0") + bytes(32)


class Town:
    """An encrypted broker in a process of its own, and its clients."""

    def __init__(self, seats: ExitStack, *arguments: str, prefix: tuple[str, ...] = ()) -> None:
        self.process = BrokerProcess(
            "--memory",
            "--curve",
            "--log-level",
            "notice",
            "--bind",
            "tcp://127.0.0.1:0",
            *arguments,
            prefix=prefix,
        )
        seats.callback(self.process.close)
        self.context: zmq.Context[Any] = zmq.Context()
        self.context.max_sockets = 20_000
        seats.callback(end, self.context)
        self._seats = seats
        self.url = self.process.listen()
        address = next(line for line in self.process.out if line.startswith("Clients connect to "))
        self.key = parse_endpoint(address.split()[-1]).key.encode()

    def dealer(self, name: str) -> Dealer:
        keys = make_keys()
        curve = {"CURVE_PUBLICKEY": keys.public.encode(), "CURVE_SECRETKEY": keys.secret.encode()}
        dealer = Dealer(self.context, self.url, name, RECONNECT_IVL=100, CURVE_SERVERKEY=self.key, **curve)
        self._seats.callback(dealer.socket.close)
        return dealer

    def raw(self) -> socket.socket:
        host, _, port = self.url.removeprefix("tcp://").rpartition(":")
        return socket.create_connection((host, int(port)))


@pytest.mark.parametrize(
    ("prefix", "number"),
    [(("sh", "-c", 'ulimit -n 256; exec "$@"', "sh"), 400), ((), 2_000)],
    ids=["256 files", "half-open handshakes"],
)
def test_connections_that_lead_nowhere_disturb_nobody_inside_and_keep_nobody_out_for_long(
    prefix: tuple[str, ...], number: int
) -> None:
    with ExitStack() as seats:
        town = Town(seats, prefix=prefix)
        alice, bob = town.dealer("alice").login(), town.dealer("bob").login()
        with ExitStack() as strangers:
            for _ in range(number):
                strangers.enter_context(town.raw()).sendall(_HALF)
            assert_undisturbed(alice, bob)
        carol = town.dealer("carol")
        carol.put("login", protocol=1, name="carol")
        eventually(lambda: carol.read(0), "a new one gets in")
        assert_undisturbed(alice, bob)
        assert town.process.stop() == 0
