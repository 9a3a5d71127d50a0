"""The admin channel of chat-broker as a process: where it is, and who can use it."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from live_broker import Dealer

from broker.directory.admin_socket import socket_path

Start = Callable[..., BrokerProcess]
Connect = Callable[[str, str], Dealer]

LOCAL = ("--bind", "tcp://127.0.0.1:0")


def channel(connect: Connect, directory: Path) -> Dealer:
    return connect(f"ipc://{socket_path(directory)}", "shell")


def test_only_its_own_user_can_open_it_and_nobody_is_told(
    start: Start, connect: Connect, short_path: Path
) -> None:
    process = start(*LOCAL, "--data", str(short_path))
    alice = connect(process.listen(), "alice").login()
    found = (short_path / "admin").stat()
    assert stat.S_ISSOCK(found.st_mode)
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert stat.S_IMODE((short_path / "chat.db").stat().st_mode) == 0o600
    shell = channel(connect, short_path)
    answer = shell.ask("status")
    assert (answer["type"], answer["connections"], answer["durability"]) == ("broker-status", 1, "disk")
    assert answer["log"] == "stderr"
    assert "problem" not in answer
    assert shell.ask("login", protocol=1, name="root")["code"] == "invalid"
    assert alice.settle() == []
    assert process.stop() == 0


def test_a_killed_broker_leaves_a_socket_that_the_next_one_replaces(
    start: Start, connect: Connect, short_path: Path
) -> None:
    first = start(*LOCAL, "--data", str(short_path))
    first.listen()
    first.kill(signal.SIGKILL)
    first.end()
    assert (short_path / "admin").exists()
    start(*LOCAL, "--data", str(short_path)).listen()
    assert channel(connect, short_path).ask("status")["type"] == "broker-status"


def test_a_long_data_directory_has_one_too(start: Start, connect: Connect, tmp_path: Path) -> None:
    directory = tmp_path / ("d" * 200)
    start(*LOCAL, "--data", str(directory)).listen()
    assert (directory / "admin").is_socket()
    assert channel(connect, directory).ask("status")["type"] == "broker-status"


@pytest.mark.parametrize("options", [["--memory"], ["--no-admin"]])
def test_without_it_no_socket_is_made(start: Start, tmp_path: Path, options: list[str]) -> None:
    data = tmp_path / "data" / "chat-broker"
    start(*LOCAL, *options).listen()
    assert not (data / "admin").exists()


def test_a_file_in_its_place_is_not_removed(start: Start, tmp_path: Path) -> None:
    (tmp_path / "admin").write_text("precious")
    process = start(*LOCAL, "--data", str(tmp_path))
    process.listen()
    process.await_line(f"warning the admin channel is not open: {tmp_path}/admin: this is not a socket")
    assert process.stop() == 0
    assert (tmp_path / "admin").read_text() == "precious"


def test_garbage_does_no_harm(start: Start, connect: Connect, short_path: Path) -> None:
    process = start(*LOCAL, "--data", str(short_path))
    process.listen()
    shell = channel(connect, short_path)
    for frame in (
        b"\xff" * 70_000,
        b"{",
        b'{"type":"send","id":"1","to":"#lobby","text":"hi"}',
        os.urandom(99),
    ):
        shell.send(frame)
    for _ in range(150):
        shell.send(json.dumps({"type": "nothing"}).encode())
    assert shell.ask("status")["type"] == "broker-status"
    assert process.stop() == 0
