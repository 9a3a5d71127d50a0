"""SIGHUP: the log is reopened, and what can change while the broker runs does."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from broker_process import BrokerProcess
from eventually import DEADLINE, eventually
from live_broker import Dealer

from broker.reloading import RELOADABLE

Start = Callable[..., BrokerProcess]
Connect = Callable[[str, str], Dealer]

HEAD = 'bind = "tcp://127.0.0.1:0"\nmemory = true\nmetrics = ":0"\n'


class Configured:
    """A broker with a file of options that the test changes."""

    def __init__(self, start: Start, directory: Path, *arguments: str, **options: Any) -> None:
        self.file = directory / "broker.toml"
        self.write("")
        self.process = start("--config", str(self.file), *arguments, **options)
        self.url = self.process.listen()

    def write(self, text: str, head: str = HEAD) -> None:
        self.file.write_text(head + text)

    def reload(self, answer: str = "reloaded") -> str:
        """Send SIGHUP, and return the new line on stderr with this answer."""
        before = len(self.process.err)
        self.process.kill(signal.SIGHUP)
        return eventually(
            lambda: next((line for line in self.process.err[before:] if answer in line), ""), answer
        )


@pytest.fixture
def configured(start: Start, tmp_path: Path) -> Configured:
    return Configured(start, tmp_path)


def test_what_can_change_changes_and_who_is_here_stays(configured: Configured, connect: Connect) -> None:
    alice = connect(configured.url, "alice").login()
    configured.write('title = "New"\nmotd = "Lunch"\nrate = 5\nburst = 1000\nretain = ["30", "#dev=7"]\n')
    line = configured.reload()
    assert "these options have changed: title, motd, retain, rate\n" in line
    welcome = connect(configured.url, "bob").ask("login", protocol=1, name="bob")
    assert (welcome["title"], welcome["motd"]) == ("New", "Lunch")
    assert alice.ask("send", to="#lobby", text="still here")["type"] == "accepted"
    assert configured.reload().endswith("the log is reopened; no option has changed\n")
    assert configured.process.stop() == 0


def test_what_needs_a_restart_is_named_and_stays(configured: Configured) -> None:
    head = HEAD.replace('bind = "tcp://127.0.0.1:0"', 'bind = "tcp://127.0.0.1:1"')
    configured.write('heartbeat = 20\nkeep = 7\ntitle = "New"\n', head)
    for changed in ("these options have changed: title; ", ""):
        left = "these will change when the broker is restarted: bind, heartbeat, keep"
        assert configured.reload().endswith(f"the log is reopened; {changed}{left}\n")


def test_a_level_changes_what_is_logged(configured: Configured, connect: Connect) -> None:
    alice = connect(configured.url, "alice").login()
    alice.ask("send", to="#lobby", text="logged text")
    configured.process.await_line("logged text")
    configured.write('log-level = "notice"\n')
    configured.reload()
    alice.ask("send", to="#lobby", text="secret text")
    configured.write('log-level = "info"\n')
    configured.reload()
    alice.ask("send", to="#lobby", text="again in the log")
    configured.process.await_line("again in the log")
    assert not [line for line in configured.process.err if "secret text" in line]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rate = 0\n", "broker.toml: rate: 0.0 is not in the range 1<=x<=1000000"),
        ("titel = 1\n", "broker.toml: unknown key titel, did you mean title?"),
        ("title = \n", "broker.toml: not TOML: "),
        ('access = "known"\nnames = "shared"\n', "--access known needs --names unique."),
    ],
)
def test_wrong_options_change_nothing(
    configured: Configured, connect: Connect, text: str, sentence: str
) -> None:
    configured.write(f"{text}motd = 'New'\n")
    line = configured.reload("nothing is reloaded")
    assert sentence in line
    assert " error " in line
    assert connect(configured.url, "bob").ask("login", protocol=1, name="bob").get("motd", "") == ""


def test_a_missing_file_changes_nothing(configured: Configured) -> None:
    configured.file.unlink()
    assert "broker.toml: No such file or directory" in configured.reload("nothing is reloaded")


def test_a_log_that_was_moved_is_opened_anew(start: Start, tmp_path: Path, connect: Connect) -> None:
    log = tmp_path / "log" / "chat.log"
    log.parent.mkdir()
    configured = Configured(start, tmp_path, "--log-file", str(log))
    connect(configured.url, "alice").login()
    eventually(lambda: "alice logged in" in log.read_text(), "the login is logged")
    log.rename(log.with_suffix(".old"))
    configured.process.kill(signal.SIGHUP)
    eventually(lambda: log.exists() and "the log is reopened" in log.read_text(), "it is reopened")
    connect(configured.url, "bob").login()
    eventually(lambda: "bob logged in" in log.read_text(), "the login is in the new file")
    assert "bob" not in log.with_suffix(".old").read_text()
    log.rename(log.with_suffix(".older"))
    log.mkdir()
    configured.process.kill(signal.SIGHUP)
    older = log.with_suffix(".older")
    eventually(lambda: f"cannot open the log: {log}: Is a directory" in older.read_text(), "it goes on there")
    connect(configured.url, "carol").login()
    eventually(lambda: "carol logged in" in older.read_text(), "it goes on in the file it has")


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2])
def test_signals_without_a_meaning_do_nothing(
    configured: Configured, connect: Connect, number: signal.Signals
) -> None:
    alice = connect(configured.url, "alice").login()
    configured.process.kill(number)
    for _ in range(3):
        assert alice.ask("ping")["type"] == "pong"
    assert configured.process.stop() == 0


def test_under_nohup_it_reloads_too(start: Start, tmp_path: Path) -> None:
    configured = Configured(start, tmp_path, prefix=("sh", "-c", 'trap "" HUP; exec "$@"', "sh"))
    configured.reload()
    assert configured.process.stop() == 0


ON_ITS_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.parametrize("ignored", [False, True])
def test_a_terminal_that_is_closed_ends_it_unless_it_runs_under_nohup(tmp_path: Path, ignored: bool) -> None:
    master, slave = os.openpty()
    log = tmp_path / "log"
    shell = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"] if ignored else []
    broker = [
        sys.executable,
        "-m",
        "broker",
        "--memory",
        "--bind",
        "tcp://127.0.0.1:0",
        "--log-file",
        str(log),
    ]
    with subprocess.Popen(
        [sys.executable, "-c", ON_ITS_TERMINAL, *shell, *broker],
        stdin=slave,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(slave)
        eventually(lambda: log.exists() and "listening" in log.read_text(), "the broker listens")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "reloaded" in log.read_text(), "it reloads while the terminal is there")
        os.close(master)
        if ignored:
            eventually(lambda: log.read_text().count("reloaded") == 2, "it goes on")
            process.terminate()
        try:
            assert process.wait(DEADLINE) == 0
        finally:
            process.kill()
    assert log.read_text().endswith("the broker has stopped\n")


def test_systemd_is_told(start: Start, tmp_path: Path, short_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(short_path / "notify"))
        systemd.settimeout(DEADLINE)
        configured = Configured(start, tmp_path, NOTIFY_SOCKET=str(short_path / "notify"))
        assert systemd.recv(1_000) == b"READY=1"
        configured.reload()
        beginning, _, time = systemd.recv(1_000).partition(b"\nMONOTONIC_USEC=")
        assert (beginning, time.isdigit()) == (b"RELOADING=1", True)
        assert systemd.recv(1_000) == b"READY=1"


def test_every_reloadable_option_is_documented_and_is_an_option() -> None:
    text = (Path(__file__).parents[2] / "docs" / "broker.md").read_text("utf-8")
    (paragraph,) = [part for part in text.split("\n\n") if part.startswith("SIGHUP ")]
    for name in RELOADABLE:
        assert f"`--{name.replace('_', '-')}`" in paragraph
