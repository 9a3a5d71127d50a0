"""What a broker prints at start, which key it has, and the verbs that print fingerprints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import pytest
import zmq
from broker_process import BrokerProcess
from click.testing import CliRunner
from live_broker import Dealer, end

from broker.cli import main as broker_command
from client.cli import main as client_command
from client.core.events import LoggedIn
from client.launcher.programs import await_listening
from client.launcher.signals import SignalWatch
from client.text.render import render
from messages.endpoints import parse_endpoint
from messages.keys import fingerprint
from messages.replies import Welcome

Start = Callable[..., BrokerProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as started:

        def make(*arguments: str) -> BrokerProcess:
            process = BrokerProcess("--bind", "tcp://127.0.0.1:0", *arguments)
            started.callback(process.close)
            process.listen()
            return process

        yield make


def key_of(process: BrokerProcess) -> str:
    """Return the key in the address that a broker prints; its fingerprint must be printed too."""
    process.stop()
    (address,) = [line.split()[-1] for line in process.out if line.startswith("Clients connect to chat://")]
    key = parse_endpoint(address).key
    assert f"The broker's key is {fingerprint(key)}\n" in process.out
    return key


def run(command: click.Command, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments)
    return result.exit_code, result.output


def test_the_key_is_made_at_the_first_start_and_stays(start: Start, tmp_path: Path) -> None:
    data = str(tmp_path / "kept")
    key = key_of(start("--curve", "--data", data))
    assert key_of(start("--curve", "--data", data)) == key
    told = run(broker_command, "fingerprint", "--data", data)
    assert told == (0, f"The broker's key is {fingerprint(key)}\n")


def test_in_memory_the_key_is_another_each_time_unless_it_is_given(start: Start, tmp_path: Path) -> None:
    assert key_of(start("--curve", "--memory")) != key_of(start("--curve", "--memory"))
    file = str(tmp_path / "given.key")
    keys = {key_of(start("--curve", "--memory", "--key", file)) for _ in range(2)}
    assert len(keys) == 1


def test_a_broker_whose_key_others_can_read_does_not_start(tmp_path: Path) -> None:
    file = tmp_path / "given.key"
    file.write_text("public\n")
    file.chmod(0o644)
    process = BrokerProcess("--curve", "--memory", "--bind", "tcp://127.0.0.1:0", "--key", str(file))
    try:
        assert process.end() == 3
        assert "chmod 600" in "".join(process.err)
    finally:
        process.close()


@pytest.mark.parametrize("insecure", [True, False])
def test_a_broker_that_encrypts_nothing_says_so_at_start_and_to_every_client(insecure: bool) -> None:
    options = ("--bind", "tcp://0.0.0.0:0", "--insecure") if insecure else ("--bind", "tcp://127.0.0.1:0")
    process = BrokerProcess("--memory", *options)
    context: zmq.Context[Any] = zmq.Context()
    try:
        url = process.listen().replace("0.0.0.0", "127.0.0.1")
        alice = Dealer(context, url, "alice")
        welcome = alice.ask("login", protocol=1, name="alice")
        alice.socket.close()
        assert welcome.get("insecure", False) is insecure
        process.stop()
        assert any("is encrypted: others" in line for line in process.out) is insecure
    finally:
        process.close()
        end(context)


def test_the_client_tells_that_others_may_read() -> None:
    welcomes = [
        Welcome("1", "alice", "token", "epoch", False, 15_000, [], insecure=insecure)
        for insecure in (True, False)
    ]
    shown = [
        " ".join(line.text for line in render(LoggedIn(welcome, False, False), "alice", "#lobby"))
        for welcome in welcomes
    ]
    assert ["may read this chat" in text for text in shown] == [True, False]


def test_the_launcher_connects_to_a_broker_that_encrypts(start: Start) -> None:
    process = start("--curve", "--memory")
    with SignalWatch(children=False) as signals:
        found = await_listening(lambda: ("".join(process.out), None), signals)
    assert parse_endpoint(found) == parse_endpoint(found)._replace(
        url=process.endpoints[0], key=key_of(process)
    )


def test_a_person_can_see_the_fingerprint_of_their_key(tmp_path: Path) -> None:
    code, told = run(client_command, "keygen")
    assert code == 0
    assert told.startswith("Your key is SHA256:")
    assert told.endswith(f", kept in {tmp_path}/config/chat-client/identity.key\n")
    assert run(client_command, "keygen") == (0, told)
    elsewhere = run(client_command, "--identity", str(tmp_path / "mine"), "keygen")
    assert elsewhere[1].endswith(f"{tmp_path}/mine\n")
    (tmp_path / "mine").chmod(0o644)
    assert run(client_command, "--identity", str(tmp_path / "mine"), "keygen")[0] == 1
