from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from eventually import eventually
from live_broker import end

from client.transport.dealer import Change, Dealer
from client.transport.places import Place, find_places
from messages.limits import MAX_BROKER_FRAME


class Far:
    """A ROUTER at the other end, and dealers that connect to it."""

    def __init__(self) -> None:
        self.context: zmq.Context[Any] = zmq.Context()
        self.router: zmq.Socket[bytes] = self.context.socket(zmq.ROUTER)
        self.router.linger = 0
        self.dealers: list[Dealer] = []

    def bind(self, endpoint: str) -> str:
        self.router.bind(endpoint)
        return self.router.get_string(zmq.LAST_ENDPOINT)

    def bind_again(self, url: str) -> None:
        """Bind a new ROUTER where one was; ZeroMQ releases an endpoint some time after it was closed."""
        self.router.close()
        self.router = self.context.socket(zmq.ROUTER)
        self.router.linger = 0

        def bound() -> bool:
            try:
                self.router.bind(url)
            except zmq.ZMQError:
                return False
            return True

        eventually(bound, "the endpoint is free")

    def dealer(self, url: str, *others: str) -> Dealer:
        places = (*find_places(url), *map(Place, others))
        self.dealers.append(Dealer(self.context, url, places=places))
        return self.dealers[-1]

    def receive(self) -> tuple[bytes, bytes]:
        eventually(lambda: self.router.poll(0), "a frame arrives")
        routing_id, frame = self.router.recv_multipart()
        return routing_id, frame

    def close(self) -> None:
        for dealer in self.dealers:
            if not dealer.closed:
                dealer.close()
        self.router.close()
        end(self.context)


@pytest.fixture
def far(all_sockets_closed: None) -> Iterator[Far]:
    far = Far()
    yield far
    far.close()


def await_change(dealer: Dealer) -> list[Change]:
    return eventually(lambda: list(dealer.changes()), "the connection changes")


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:*", "ipc", "inproc://far"])
def test_frames_go_both_ways(far: Far, short_path: Path, endpoint: str) -> None:
    dealer = far.dealer(far.bind(f"ipc://{short_path}/far" if endpoint == "ipc" else endpoint))
    eventually(lambda: dealer.has_input, "it is connected")
    assert await_change(dealer) == [Change.UP]
    assert not dealer.has_input
    assert dealer.send(b"ping")
    routing_id, frame = far.receive()
    assert frame == b"ping"
    for answer in (b"one", b"", b"\xff" * MAX_BROKER_FRAME):
        far.router.send_multipart([routing_id, answer])
        assert eventually(lambda: list(dealer.frames()), "the answer comes") == [answer]


def test_a_message_of_several_frames_is_passed_over(far: Far) -> None:
    dealer = far.dealer(far.bind("tcp://127.0.0.1:*"))
    await_change(dealer)
    dealer.send(b"ping")
    routing_id, _frame = far.receive()
    far.router.send_multipart([routing_id, b"a", b"b"])
    far.router.send_multipart([routing_id, b"c"])
    assert eventually(lambda: list(dealer.frames()), "the second answer comes") == [b"c"]


def test_nothing_is_sent_while_nobody_is_there_to_take_it(far: Far) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        url = f"tcp://127.0.0.1:{closed_soon.getsockname()[1]}"
    dealer = far.dealer(url)
    assert not dealer.send(b"ping")
    assert list(dealer.changes()) == list(dealer.frames()) == []
    far.bind_again(url)
    assert await_change(dealer) == [Change.UP]
    assert dealer.send(b"ping")
    assert far.receive()[1] == b"ping"


def test_a_connection_that_is_lost_is_told_and_made_again(far: Far) -> None:
    url = far.bind("tcp://127.0.0.1:*")
    dealer = far.dealer(url)
    await_change(dealer)
    assert len(dealer.sockets) == 1
    far.router.close()
    eventually(lambda: dealer.has_input, "it is lost")
    assert await_change(dealer) == [Change.DOWN]
    assert len(dealer.sockets) == 2
    far.bind_again(url)
    assert await_change(dealer) == [Change.UP]
    assert len(dealer.sockets) == 1


def test_a_broker_that_does_not_read_is_no_lost_connection(far: Far) -> None:
    far.router.rcvhwm = 1
    dealer = far.dealer(far.bind("tcp://127.0.0.1:*"))
    await_change(dealer)
    assert all(dealer.send(bytes(100_000)) for _ in range(500))
    assert not dealer.has_input


def test_over_inproc_the_end_of_the_broker_is_a_lost_connection(far: Far) -> None:
    dealer = far.dealer(far.bind("inproc://far"))
    await_change(dealer)
    far.router.close()
    assert await_change(dealer) == [Change.DOWN]


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:*", "inproc://far"])
def test_a_connection_that_is_given_up_is_replaced_by_a_new_one(far: Far, endpoint: str) -> None:
    dealer = far.dealer(far.bind(endpoint))
    await_change(dealer)
    dealer.send(b"before")
    old, _frame = far.receive()
    dealer.rebuild()
    assert await_change(dealer) == [Change.UP]
    dealer.send(b"after")
    new, frame = far.receive()
    assert frame == b"after"
    assert new != old


@pytest.mark.parametrize("url", ["tcp://*:9009", "ipc:///" + "x" * 120])
def test_an_endpoint_that_nobody_can_connect_to_is_refused_and_nothing_stays_open(far: Far, url: str) -> None:
    with pytest.raises(ValueError, match=r"cannot connect to this|at most 107 bytes"):
        far.dealer(url)


ADDRESSES = {
    "six.example": ["2001:db8::1"],
    "both.example": ["2001:db8::1", "192.0.2.1", "192.0.2.2", "2001:db8::1"],
    "many.example": [f"192.0.2.{number}" for number in range(20)],
}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the names above their addresses."""

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        if host not in ADDRESSES:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = ADDRESSES[host]
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, 0)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    ("url", "places"),
    [
        ("ipc:///tmp/chat", [Place("ipc:///tmp/chat")]),
        ("tcp://[::1]:9", [Place("tcp://[::1]:9", ipv6=True)]),
        ("tcp://nosuch.example:9", [Place("tcp://nosuch.example:9", ipv6=True)]),
        ("tcp://six.example:9", [Place("tcp://six.example:9", ipv6=True)]),
        (
            "tcp://both.example:9",
            [
                Place("tcp://both.example:9"),
                Place("tcp://192.0.2.2:9"),
                Place("tcp://[2001:db8::1]:9", ipv6=True),
            ],
        ),
    ],
)
def test_a_name_has_all_of_its_addresses_as_places(url: str, places: list[Place]) -> None:
    assert list(find_places(url)) == places


@pytest.mark.usefixtures("names")
def test_a_name_has_a_few_places_at_most() -> None:
    assert len(find_places("tcp://many.example:9")) == 8


def refusing() -> str:
    """Return an endpoint at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        return f"tcp://127.0.0.1:{closed_soon.getsockname()[1]}"


def test_the_next_place_is_tried_if_nothing_listens_at_one(far: Far) -> None:
    dealer = far.dealer(refusing(), refusing(), far.bind("tcp://127.0.0.1:*"), refusing())
    assert await_change(dealer) == [Change.UP]
    assert dealer.send(b"ping")
    assert far.receive()[1] == b"ping"


def test_each_place_has_its_turn_again_after_a_pause(far: Far) -> None:
    first, second = refusing(), refusing()
    dealer = far.dealer(first, second)
    tried: list[int] = []

    def both_refused() -> bool:
        assert list(dealer.changes()) == []
        tried.append(dealer._place)
        return tried[-1] == 1

    eventually(both_refused, "the second place is tried")
    far.bind_again(first)
    assert await_change(dealer) == [Change.UP]
    assert dealer._place == 0


def test_a_broker_that_moves_to_another_address_is_found(far: Far) -> None:
    first = far.bind("tcp://127.0.0.1:*")
    second = refusing()
    dealer = far.dealer(first, second)
    assert await_change(dealer) == [Change.UP]
    far.router.close()
    assert await_change(dealer) == [Change.DOWN]
    far.bind_again(second)
    assert await_change(dealer) == [Change.UP]
    assert dealer.send(b"ping")
    assert far.receive()[1] == b"ping"


@pytest.mark.parametrize(
    ("url", "ipv6"),
    [
        ("tcp://127.0.0.1:9", 0),
        ("tcp://localhost:9", 0),
        ("tcp://[::1]:9", 1),
        ("inproc://far", 0),
        ("tcp://six.example:9", 1),
    ],
)
def test_ipv6_is_used_where_there_is_nothing_else(
    far: Far, request: pytest.FixtureRequest, url: str, ipv6: int
) -> None:
    if "example" in url:
        request.getfixturevalue("names")
    dealer = far.dealer(url)
    assert dealer.socket.get(zmq.IPV6) == ipv6


def connecting(result: Exception) -> Callable[..., socket.socket]:
    def create_connection(*_: object) -> socket.socket:
        raise result

    return create_connection
