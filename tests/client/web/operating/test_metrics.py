"""The address of the metrics, where anybody on the machine can connect."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from eventually import DEADLINE

from client.transport import bounded_server
from client.transport.bounded_server import MOST_OPEN
from client.web.operating.meter import Meter
from client.web.operating.metrics import MetricsServer


@pytest.fixture(name="server")
def _server() -> Iterator[MetricsServer]:
    made = MetricsServer("127.0.0.1", 0, Meter(), int)
    yield made
    made.close()


def _knock(held: ExitStack, server: MetricsServer) -> socket.socket:
    where = urlsplit(server.url)
    knocking = held.enter_context(socket.create_connection((where.hostname or "", where.port or 0), DEADLINE))
    knocking.send(b"GET /metr")
    return knocking


def test_connections_that_say_nothing_do_not_add_up(server: MetricsServer) -> None:
    with ExitStack() as held:
        knocking = [_knock(held, server) for _ in range(MOST_OPEN + 1)]
        assert knocking[0].recv(1) == b""
        with urllib.request.urlopen(server.url, timeout=DEADLINE) as answer:
            assert b"chat_web_people" in answer.read()


def test_a_request_has_to_come_in_time(server: MetricsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_server, "REQUEST_SECONDS", 0.0)
    with ExitStack() as held:
        assert _knock(held, server).recv(1) == b""
