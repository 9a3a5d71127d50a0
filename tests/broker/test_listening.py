"""Names with several addresses: the broker listens on all that this machine has."""

import errno
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import zmq

from broker.listening import CannotListenError, addresses, listen
from broker.server import Broker
from messages.endpoints import parse_endpoint

NAMES = {
    "localhost": ["127.0.0.1", "::1", "203.0.113.9"],
    "two.example": ["203.0.113.9", "127.0.0.1", "127.0.0.2", "127.0.0.1"],
    "away.example": ["203.0.113.9", "203.0.113.10"],
}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the names above their addresses."""

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        if host not in NAMES:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (address, 0)) for address in NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def broker() -> Iterator[Broker]:
    with closing(Broker()) as broker:
        yield broker


def test_all_addresses_of_a_name_are_listened_on_at_one_port(broker: Broker) -> None:
    urls = listen(broker, parse_endpoint("two.example:0"), None)
    hosts, ports = zip(*(url.removeprefix("tcp://").rsplit(":", 1) for url in urls), strict=True)
    assert hosts == ("127.0.0.1", "127.0.0.2")
    assert len(set(ports)) == 1
    for host in hosts:
        with socket.socket() as client:
            client.connect((host, int(ports[0])))


def test_a_name_for_this_machine_only_is_bound_to_loopback_only() -> None:
    assert addresses(parse_endpoint("localhost:9009")) == ["127.0.0.1", "[::1]"]


@pytest.mark.parametrize("text", ["127.0.0.1:1", "[::1]:1", "*:1", "lo:1", "ipc://@x", "nosuch.example:1"])
def test_what_is_no_name_is_left_to_zeromq(text: str) -> None:
    assert addresses(parse_endpoint(text)) == [""]


def test_a_name_of_other_machines_is_refused(broker: Broker) -> None:
    with pytest.raises(CannotListenError, match=r"away\.example:9 is not an address of this machine"):
        listen(broker, parse_endpoint("away.example:9"), None)


def test_a_port_that_is_taken_on_one_address_is_refused() -> None:
    class Taken:
        def bind(self, url: str, _keys: object = None) -> str:
            if "127.0.0.2" in url:
                raise zmq.ZMQError(errno.EADDRINUSE)
            return url

    with pytest.raises(CannotListenError, match=r"two\.example:9 is in use; stop the program"):
        listen(Taken(), parse_endpoint("two.example:9"), None)


def test_any_other_failure_is_named_as_zeromq_names_it() -> None:
    class Odd:
        def bind(self, _url: str, _keys: object = None) -> str:
            raise zmq.ZMQError(zmq.ENOCOMPATPROTO)

    sentence = "cannot listen on tcp://127.0.0.1:9: The protocol is not compatible with the socket type"
    with pytest.raises(CannotListenError, match=sentence):
        listen(Odd(), parse_endpoint("127.0.0.1:9"), None)
