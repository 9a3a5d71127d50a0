"""sd_notify over a real datagram socket."""

import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from eventually import DEADLINE

from broker.monitoring.notify import has_watchdog, notify


class Listener:
    """What systemd does: a datagram socket, named in the environment of what it starts."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1))
        self._socket.settimeout(DEADLINE)

    def hear(self) -> str:
        return self._socket.recv(4_096).decode()

    @property
    def silent(self) -> bool:
        """Whether nothing has been said that was not heard."""
        return not select.select([self._socket], [], [], 0)[0]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, short_path: Path) -> Iterator[Listener]:
    address = str(short_path / "notify") if request.param == "path" else f"@chat-broker-test-{os.getpid()}"
    listener = Listener(address)
    yield listener
    listener.close()


def test_a_state_reaches_the_socket_that_the_environment_names(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", listener.address)
    assert notify("READY=1")
    assert listener.hear() == "READY=1"


@pytest.mark.parametrize("address", [None, "", "relative", "/nonexistent/notify", "@nobody-listens-here"])
def test_without_a_listener_nothing_is_sent_or_raised(
    address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if address is None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    else:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not notify("READY=1")


@pytest.mark.parametrize(
    ("usec", "pid", "wanted"),
    [
        (None, None, False),
        ("", None, False),
        ("1000", None, True),
        ("1000", "own", True),
        ("1000", "1", False),
    ],
)
def test_only_the_process_that_systemd_watches_has_a_watchdog(
    usec: str | None, pid: str | None, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", str(os.getpid()) if pid == "own" else pid)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert has_watchdog() is wanted


def test_the_broker_says_that_it_is_ready_that_it_lives_and_that_it_stops(
    listener: Listener, start: Callable[..., BrokerProcess]
) -> None:
    environment = {"NOTIFY_SOCKET": listener.address, "WATCHDOG_USEC": "30000000"}
    broker = start("--memory", "--bind", "tcp://127.0.0.1:0", **environment)
    assert listener.hear() == "READY=1"
    assert broker.listen()
    assert listener.hear() == "WATCHDOG=1"
    assert listener.hear() == "WATCHDOG=1"
    broker.kill(signal.SIGTERM)
    said = "WATCHDOG=1"
    while said == "WATCHDOG=1":
        said = listener.hear()
    assert said == "STOPPING=1"
    assert broker.end() == 0


def test_a_broker_that_cannot_listen_does_not_say_that_it_is_ready(
    listener: Listener, start: Callable[..., BrokerProcess]
) -> None:
    first = start("--memory", "--bind", "tcp://127.0.0.1:0")
    second = start("--memory", "--bind", first.listen(), NOTIFY_SOCKET=listener.address)
    assert second.end() == 3
    assert listener.silent
