"""The log of a session: on stderr, in a file, in syslog, as JSON."""

import fcntl
import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from live_broker import Dealer
from stored import copy_as_a_crash_leaves_it, fill

from broker.store.sqlite import SqliteStore

Start = Callable[..., BrokerProcess]
Connect = Callable[[str, str], Dealer]


def hold_a_session(process: BrokerProcess, connect: Connect) -> None:
    """Let two users log in, talk, send commands, and leave in two ways."""
    url = process.listen()
    alice, bob = connect(url, "alice").login(), connect(url, "bob").login()
    alice.ask("send", to="#lobby", text="hello\n\tall")
    alice.ask("send", to="@bob", text="psst")
    alice.ask("ping")
    bob.ask("who")
    bob.ask("debug")
    bob.send(b"garbage")
    bob.ask("logout")
    alice.send(b"\n".join([b"garbage"] * 64))
    alice.send(b"\n".join([b"garbage"] * 64))
    alice.event("goodbye")
    assert process.stop() == 0


def read(lines: list[str]) -> list[str]:
    """Return lines without their times, except those about invalid requests."""
    return [line.rstrip("\n")[20:] for line in lines if "invalid request" not in line]


def told(url: str) -> list[str]:
    return [
        f"notice  listening on {url}",
        "notice  alice logged in from 127.0.0.1",
        "notice  bob logged in from 127.0.0.1",
        r"info    [alice] :: hello\x0a\x09all",
        "info    [alice] @bob :: psst",
        "info    bob asked for who",
        "notice  bob asked for the connections",
        "notice  bob left (logged out), was at 127.0.0.1",
        "notice  alice left (protocol error), was at 127.0.0.1",
        "notice  the broker has stopped",
    ]


def test_a_session_is_logged_on_stderr(start: Start, connect: Connect) -> None:
    process = start("--bind", "127.0.0.1:0")
    hold_a_session(process, connect)
    assert read(process.err) == told(process.endpoints[0])
    assert (
        len([line for line in process.err if "127.0.0.1 sent an invalid request: malformed" in line]) >= 100
    )


def test_the_connections_are_on_stdout_alone(start: Start, connect: Connect) -> None:
    process = start("--bind", "127.0.0.1:0", "--log-level", "error")
    hold_a_session(process, connect)
    assert process.err == []
    _, header, alice, bob = process.out
    assert header.split() == ["name", "address", "rooms", "queue", "idle"]
    assert alice.split() == ["alice", "127.0.0.1", "#lobby", "2", "0"]
    assert bob.split() == ["bob", "127.0.0.1", "#lobby", "2", "0"]


def test_a_level_keeps_messages_and_commands_out(start: Start, connect: Connect) -> None:
    process = start("--bind", "127.0.0.1:0", "--log-level", "notice")
    hold_a_session(process, connect)
    assert process.err
    assert read(process.err) == [line for line in told(process.endpoints[0]) if line.startswith("notice")]


def test_a_file_and_syslog_get_it_instead_of_stderr(
    start: Start, connect: Connect, tmp_path: Path, short_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(short_path / "syslog"))
        process = start(
            *("--bind", "127.0.0.1:0", "--log-level", "notice", "--log-file", str(tmp_path / "log")),
            *("--syslog", str(short_path / "syslog")),
        )
        hold_a_session(process, connect)
        receiver.setblocking(False)
        expected = [line for line in told(process.endpoints[0]) if line.startswith("notice")]
        assert read((tmp_path / "log").read_text().splitlines()) == expected
        in_syslog = [receiver.recv(10_000).decode().rstrip("\0") for _ in expected]
    assert [line.removeprefix("<13>chat-broker: ")[20:] for line in in_syslog] == expected
    assert process.err == []


@pytest.mark.parametrize("flag", ["--log-json", None])
def test_json_is_asked_for_by_a_flag_or_in_the_environment(
    start: Start, connect: Connect, flag: str | None
) -> None:
    arguments, environment = ((flag,), {}) if flag else ((), {"CHAT_BROKER_LOG_JSON": "1"})
    process = start("--bind", "127.0.0.1:0", *arguments, **environment)
    hold_a_session(process, connect)
    entries = [json.loads(line) for line in process.err]
    assert [entry["event"] for entry in entries if entry["event"] != "refused"] == [
        "broker",
        "login",
        "login",
        "message",
        "message",
        "command",
        "connections",
        "leave",
        "leave",
        "broker",
    ]
    assert [entry["text"] for entry in entries if entry["event"] == "message"] == ["hello\n\tall", "psst"]


def test_messages_that_were_lost_are_told_as_an_error(start: Start, tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "whole", "epoch")
    fill(store)
    lossy = copy_as_a_crash_leaves_it(tmp_path / "whole", tmp_path / "lossy")
    store.close()
    (lossy / "chat.db-wal").unlink()
    process = start("--bind", "127.0.0.1:0", "--data", str(lossy), "--log-level", "error")
    process.listen()
    assert process.stop() == 0
    (line,) = process.err
    assert f"error   {lossy}/chat.db has lost at least the last 54 of its messages" in line


def test_a_log_that_nobody_reads_holds_up_neither_reloading_nor_the_end(
    start: Start, connect: Connect, tmp_path: Path
) -> None:
    fifo = tmp_path / "log"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4_096)
    process = start("--bind", "127.0.0.1:0", prefix=("sh", "-c", f'exec "$@" 2>"{fifo}"', "sh"))
    alice = connect(process.listen(), "alice").login()
    for _ in range(50):
        alice.ask("send", to="#lobby", text="x" * 100)
    for _ in range(3):
        process.kill(signal.SIGHUP)
        assert alice.ask("ping")["type"] == "pong"
    assert process.stop() == 0
    assert alice.event("goodbye")["reason"] == "shutting-down"
    os.close(reader)
