"""The process of chat-broker, from its first line to its exit code."""

import logging
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq
from broker_process import BrokerProcess
from live_broker import Dealer

from broker import serve
from broker.core.settings import AccessPolicy, Caps, NamePolicy, Settings
from broker.core.store import StoredMessage
from broker.options.options import Options
from broker.store.memory import MemoryStore
from messages.endpoints import parse_endpoint

Start = Callable[..., BrokerProcess]
Connect = Callable[[str, str], Dealer]

LOCAL = ("--bind", "tcp://127.0.0.1:0")


def test_it_says_where_it_listens_for_each_endpoint(start: Start, connect: Connect, short_path: Path) -> None:
    process = start(*LOCAL, "--bind", f"ipc://{short_path}/chat", "--title", "The chat", "--motd", "Be kind")
    process.listen(2)
    tcp, ipc = process.endpoints
    assert tcp.startswith("tcp://127.0.0.1:")
    assert not tcp.endswith(":0")
    assert ipc == f"ipc://{short_path}/chat"
    welcomes = [
        connect(url, name).ask("login", protocol=1, name=name) for url, name in ((tcp, "alice"), (ipc, "bob"))
    ]
    assert [(welcome["title"], welcome["motd"]) for welcome in welcomes] == [("The chat", "Be kind")] * 2
    process.await_line("listening on ipc:")
    assert [line for line in process.err if "listening on" in line] == [
        line for line in process.err if "notice  listening on" in line
    ]


class BrokerThatCannotBind:
    """Stands for a broker, and keeps its arguments."""

    def __init__(self, settings: Settings, store: MemoryStore, most_connections: int) -> None:
        self.settings, self.store, self.most_connections = settings, store, most_connections
        self.closed = False

    def bind(self, _url: str, _keys: object = None) -> str:
        raise zmq.ZMQError(zmq.EADDRINUSE)

    def close(self) -> None:
        self.closed = True


OPTIONS = Options(
    bind=(parse_endpoint("127.0.0.1:9009"),),
    names=NamePolicy.SHARED,
    access=AccessPolicy.INVITED,
    title="The chat",
    motd="Be kind",
    heartbeat=0.25,
    memory=True,
    keep=3,
    retain={None: 30, "#dev": 7},
    forget_after=60,
    edit_for=0.5,
    rate=50.0,
    burst=100,
    rate_limit_local=True,
    most_users=7,
    most_rooms=8,
    max_file=1,
    files_per_user=2,
    files_total=3,
    cap={"joins": 5},
    log_level="notice",
)


@pytest.fixture
def broker_in_vain(
    monkeypatch: pytest.MonkeyPatch, logger: logging.Logger, handlers: None
) -> Iterator[BrokerThatCannotBind]:
    """The broker that serve() makes from OPTIONS, in a process with a low limit of open files."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    made: list[BrokerThatCannotBind] = []

    def make(
        settings: Settings, *, store: MemoryStore, log: object, most_connections: int
    ) -> BrokerThatCannotBind:
        made.append(BrokerThatCannotBind(settings, store, most_connections))
        return made[-1]

    monkeypatch.setattr(serve, "Broker", make)
    with pytest.raises(serve.CannotStartError):
        serve.serve(OPTIONS, lambda: OPTIONS)
    yield made[0]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_options_are_the_rules_of_the_broker(broker_in_vain: BrokerThatCannotBind) -> None:
    assert broker_in_vain.settings == Settings(
        names=NamePolicy.SHARED,
        access=AccessPolicy.INVITED,
        title="The chat",
        motd="Be kind",
        heartbeat=250,
        own_uid=os.getuid(),
        log_messages=False,
        forget_days=60,
        edit_for=1_800,
        max_file=1_000_000,
        files_per_user=2_000_000,
        files_total=3_000_000,
        retain_days=30,
        retain_in={"#dev": 7},
        caps=Caps(
            rate=50.0,
            burst=100,
            local=True,
            users=7,
            rooms=8,
            joins=5,
            peers=int(broker_in_vain.most_connections * 0.8),
        ),
    )
    broker_in_vain.store.commit(
        [StoredMessage("#lobby", n, str(n), 1, "alice", "hello", 0) for n in range(1, 6)]
    )
    assert len(broker_in_vain.store.page("#lobby", 0, 10, 10)) == 3


def test_a_broker_that_cannot_start_is_closed(broker_in_vain: BrokerThatCannotBind) -> None:
    assert broker_in_vain.closed


@pytest.mark.usefixtures("broker_in_vain")
def test_it_may_have_as_many_connections_as_the_system_allows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == hard


def refusal(process: BrokerProcess) -> str:
    """Return the sentence of a broker that cannot start."""
    assert process.end() == 3
    assert process.out == []
    (sentence,) = process.err
    assert sentence.startswith("chat-broker: ")
    return sentence.removeprefix("chat-broker: ").removesuffix("\n")


def test_an_address_in_use_is_reported_in_one_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        assert refusal(start("--bind", endpoint)) == (
            f"{endpoint} is in use; stop the program that uses it or choose another with --bind"
        )


def test_an_address_of_another_machine_is_reported_in_one_sentence(start: Start) -> None:
    assert refusal(start("--bind", "tcp://192.0.2.1:9009", "--insecure")) == (
        "tcp://192.0.2.1:9009 is not an address of this machine; choose another with --bind"
    )


def test_an_impossible_path_is_reported_in_one_sentence(start: Start, short_path: Path) -> None:
    endpoint = f"ipc://{short_path}/nowhere/chat"
    assert refusal(start("--bind", endpoint)) == f"cannot listen on {endpoint}: No such file or directory"


def test_a_path_that_is_not_a_socket_is_reported_in_one_sentence(start: Start, short_path: Path) -> None:
    (short_path / "chat").mkdir()
    told = refusal(start("--bind", f"ipc://{short_path}/chat"))
    assert told == f"{short_path}/chat exists and is not a socket; choose another path"


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("--log-file=/nowhere/log", "/nowhere/log: No such file or directory"),
        ("--syslog=/nowhere/log", "/nowhere/log: not a syslog socket; give its path or HOST:PORT"),
        ("--syslog=localhost:65536", "localhost:65536: a port is a number from 0 to 65535"),
    ],
)
def test_a_log_that_cannot_be_opened_is_reported_in_one_sentence(
    start: Start, option: str, reason: str
) -> None:
    assert refusal(start(*LOCAL, option)) == f"cannot open the log: {reason}"


def test_a_second_broker_cannot_take_an_ipc_path_away(
    start: Start, connect: Connect, short_path: Path
) -> None:
    endpoint = f"ipc://{short_path}/chat"
    first = start("--bind", endpoint)
    alice = connect(first.listen(), "alice").login()
    assert refusal(start("--bind", endpoint, "--memory")) == (
        f"{endpoint} is in use by another broker; stop it or choose another path"
    )
    assert alice.ask("ping")["type"] == "pong"
    assert connect(endpoint, "bob").login()


def test_an_ipc_path_left_behind_by_a_killed_broker_is_taken_over(
    start: Start, connect: Connect, short_path: Path
) -> None:
    endpoint = f"ipc://{short_path}/chat"
    first = start("--bind", endpoint)
    first.listen()
    assert first.stop(signal.SIGKILL) == -signal.SIGKILL
    assert (short_path / "chat").is_socket()
    start("--bind", endpoint).listen()
    assert connect(endpoint, "alice").login()


def test_a_broker_whose_output_nobody_reads_goes_on(
    start: Start, connect: Connect, tmp_path: Path, short_path: Path
) -> None:
    out = tmp_path / "out"
    os.mkfifo(out)
    endpoint = f"ipc://{short_path}/chat"
    process = start("--bind", endpoint, prefix=("sh", "-c", f'exec "$@" >{out}', "sh"))
    with out.open() as reader:
        assert reader.readline().startswith("Listening")
    alice = connect(endpoint, "alice").login()
    for _ in range(2):
        assert alice.ask("debug")["type"] == "done"
    process.await_line("alice asked for the connections")
    assert process.stop() == 0
    assert not [line for line in process.err if "Error" in line]


def test_a_broker_without_any_output_goes_on(start: Start, connect: Connect, short_path: Path) -> None:
    endpoint = f"ipc://{short_path}/chat"
    process = start("--bind", endpoint, prefix=("sh", "-c", 'exec "$@" >&-', "sh"))
    process.await_line("listening on")
    assert connect(endpoint, "alice").login().ask("debug")["type"] == "done"
    process.await_line("alice asked for the connections")
    assert process.stop() == 0


def test_what_the_broker_prints_is_utf8_whatever_the_locale_is(start: Start, connect: Connect) -> None:
    process = start(*LOCAL, PYTHONIOENCODING="ascii")
    alice = connect(process.listen(), "alice").login("Älice")
    for _ in range(2):
        alice.ask("debug")
    assert alice.ask("ping")
    assert process.stop() == 0
    assert [line.split()[0] for line in process.out[1:]] == ["name", "Älice"] * 2
