from collections.abc import Iterator
from pathlib import Path

import pytest
from house import House
from sockets import all_sockets_closed

import client.core.session
import client.transport.dealer

__all__ = ["all_sockets_closed"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that wait shorter before they try again."""
    monkeypatch.setattr(client.transport.dealer, "_RECONNECT_MS", (20, 40))
    monkeypatch.setattr(client.core.session, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(client.core.session, "WELCOME_SECONDS", 2.0)


@pytest.fixture(params=["tcp", "ipc", "inproc"])
def house(
    request: pytest.FixtureRequest, short_path: Path, impatient: None, all_sockets_closed: None
) -> Iterator[House]:
    """A place for brokers, on each transport in turn. None runs yet."""
    endpoints = {"tcp": "tcp://127.0.0.1:0", "ipc": f"ipc://{short_path}/chat", "inproc": "inproc://chat"}
    house = House(endpoints[request.param])
    yield house
    house.close()


@pytest.fixture
def tcp_house(impatient: None, all_sockets_closed: None) -> Iterator[House]:
    """The same for what is no matter of the transport."""
    house = House("tcp://127.0.0.1:0")
    yield house
    house.close()
