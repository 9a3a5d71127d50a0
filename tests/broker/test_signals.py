"""Signals stop a running broker with a goodbye, and end long verbs without anything left."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import NonCallableMock

import pytest
from broker_process import BrokerProcess
from click.testing import CliRunner
from eventually import DEADLINE, eventually
from live_broker import Dealer

from broker.cli import main
from broker.core.store import StoreError
from broker.reloading import Reloader
from broker.server import Broker
from broker.signals import heed_signals

Start = Callable[..., BrokerProcess]
Connect = Callable[[str, str], Dealer]

LOCAL = ("--bind", "tcp://127.0.0.1:0")
ROOT = Path(__file__).parents[2]
LONG = """
import os, signal, sqlite3, sys
from broker.signals import ended_by_signals
from broker.store.progress import interruptible
connection = interruptible(sqlite3.connect(sys.argv[1]))
endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
with ended_by_signals():
    print("runs", flush=True)
    connection.execute(endless)
"""


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_a_goodbye_and_no_error(start: Start, connect: Connect, number: int) -> None:
    process = start(*LOCAL)
    alice = connect(process.listen(), "alice").login()
    process.kill(number)
    assert process.end(seconds=0.3 * DEADLINE) == 0
    assert alice.event("goodbye")["reason"] == "shutting-down"
    assert process.err[-1].endswith("notice  the broker has stopped\n")
    assert not [line for line in process.err if "Traceback" in line or "ignored" in line]


@pytest.mark.usefixtures("handlers")
def test_a_second_signal_finds_nothing_to_wake_that_may_be_closed_by_then() -> None:
    broker = Broker()
    heed_signals(broker, NonCallableMock(Reloader))
    assert signal.set_wakeup_fd(broker.router.wake_fd) == broker.router.wake_fd
    signal.raise_signal(signal.SIGTERM)
    assert signal.set_wakeup_fd(-1) == -1
    broker.run()
    signal.raise_signal(signal.SIGTERM)
    assert broker._context.closed


def test_signals_that_are_ignored_from_the_start_stay_so(start: Start, connect: Connect) -> None:
    process = start(*LOCAL, prefix=("sh", "-c", 'trap "" INT; exec "$@"', "sh"))
    alice = connect(process.listen(), "alice").login()
    process.kill(signal.SIGINT)
    for _ in range(3):
        assert alice.ask("ping")["type"] == "pong"
    assert process.stop() == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_long_statement(tmp_path: Path, number: int, code: int) -> None:
    command = [sys.executable, "-c", LONG, str(tmp_path / "database")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"runs\n"
        process.send_signal(number)
        assert process.wait(DEADLINE) == code
        assert process.stderr.read() == b""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_that_ends_a_statement_of_a_verb_is_not_told_as_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    def interrupted(*_: object) -> int:
        try:
            signal.raise_signal(number)
        except SystemExit:
            raise StoreError("interrupted") from None  # as SQLite does
        return 0

    monkeypatch.setattr("broker.store.verbs.copies.verify", interrupted)
    ended = CliRunner().invoke(main, ["--data", str(tmp_path), "verify"])
    assert (ended.exit_code, ended.output) == (code, "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_verb_that_a_signal_ends_leaves_nothing(tmp_path: Path, number: int, code: int) -> None:
    new = tmp_path / "new"
    command = [sys.executable, "-m", "broker", "import", "--data", str(new)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        eventually(lambda: list(new.glob("*.part")), "it waits for lines")
        process.send_signal(number)
        assert process.wait(DEADLINE) == code
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read() + process.stderr.read() == b""
    assert [path.name for path in new.iterdir()] == ["lock"]
