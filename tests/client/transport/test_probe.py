"""Why nothing answers at an endpoint, as a connection of its own finds out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zmq

from broker.security.keys import make_keys
from client.transport.probe import ENCRYPTS, explain


def connecting(result: Exception) -> Callable[..., socket.socket]:
    def create_connection(*_: object) -> socket.socket:
        raise result

    return create_connection


def test_where_nobody_listens_it_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    assert explain(f"tcp://127.0.0.1:{port}") == "connection refused, no broker listens there"


def test_where_something_else_listens_it_says_that() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert explain(f"tcp://127.0.0.1:{port}") == (
            "a server is there, but it does not answer as a chat broker"
        )


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(-2, "Name or service not known"), "there is no such host"),
        (TimeoutError("timed out"), "no answer, the host may be down or a firewall in the way"),
        (OSError(101, "Network is unreachable"), "network is unreachable"),
        (OSError("Something Odd"), "something odd"),
    ],
)
def test_other_reasons_are_said_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    monkeypatch.setattr(socket, "create_connection", connecting(error))
    assert explain("tcp://chat.example:9009") == reason


def test_an_address_of_ipv6_is_tried_without_its_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def create_connection(address: object, _timeout: float) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    explain("tcp://[::1]:9009")
    assert tried == [("::1", 9009)]


@pytest.mark.parametrize("url", ["ipc:///tmp/nobody", "inproc://nobody"])
def test_on_this_machine_there_is_little_to_find_out(url: str) -> None:
    assert explain(url) == "no broker answers there"


NOT_A_BROKER = "a server is there, but it does not answer as a chat broker"


@pytest.fixture
def router() -> Iterator[zmq.Socket[bytes]]:
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.linger = 0
        yield router


def bind(router: zmq.Socket[bytes]) -> str:
    router.bind("tcp://127.0.0.1:0")
    return router.get_string(zmq.LAST_ENDPOINT)


def test_a_socket_that_encrypts_is_known_by_its_greeting(router: zmq.Socket[Any]) -> None:
    router.set(zmq.CURVE_SERVER, 1)
    router.set(zmq.CURVE_SECRETKEY, make_keys().secret.encode())
    url = bind(router)
    assert [explain(url) for _ in range(20)] == [ENCRYPTS] * 20


def test_a_socket_that_does_not_encrypt_is_not_said_to(router: zmq.Socket[Any]) -> None:
    assert explain(bind(router)) == NOT_A_BROKER


@pytest.mark.parametrize("said", [b"", b"\xff", b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"CURVE" * 20])
def test_what_hangs_up_or_speaks_something_else_is_no_broker(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=say_and_hang_up, args=(server, said))
        thread.start()
        assert explain(f"tcp://127.0.0.1:{server.getsockname()[1]}") == NOT_A_BROKER
        thread.join()


def say_and_hang_up(server: socket.socket, said: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(said)
