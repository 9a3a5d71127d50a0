"""A running broker whose data directory is removed, and one whose database another program has locked."""

import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from eventually import DEADLINE, eventually
from live_broker import Dealer

from broker.store.database import LOCK_WAIT

Start = Callable[..., BrokerProcess]
Connect = Callable[[str, str], Dealer]
LOCAL = ("--bind", "tcp://127.0.0.1:0", "--metrics", ":0")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def broker(start: Start, data: Path) -> BrokerProcess:
    broker = start("--data", str(data), *LOCAL)
    broker.listen()
    eventually(lambda: readiness(broker) == 200, "the broker is ready")
    return broker


def readiness(broker: BrokerProcess) -> int:
    """Return the status of /readyz."""
    url = broker.await_line("metrics on ").rpartition("metrics on ")[2].strip()
    try:
        with urllib.request.urlopen(url.replace("/metrics", "/readyz"), timeout=DEADLINE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the write lock of the database, as a person with the program sqlite3 can."""
    with closing(sqlite3.connect(data / "chat.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_removed_directory_is_noticed_without_any_message(
    broker: BrokerProcess, data: Path, connect: Connect, tmp_path: Path
) -> None:
    alice = connect(broker.listen(), "alice").login()
    assert alice.ask("send", to="#lobby", text="hello")["type"] == "accepted"
    copy = [sys.executable, "-m", "broker", "--data", str(data)]
    subprocess.run([*copy, "backup", str(tmp_path / "backup.db")], check=True, timeout=DEADLINE)
    shutil.rmtree(data)
    begun = time.monotonic()
    eventually(lambda: readiness(broker) == 503, "the broker is not ready")
    assert time.monotonic() - begun < 3
    assert "chat.db is gone" in broker.await_line("the store failed")
    refusal = alice.ask("send", to="#lobby", text="lost?")
    assert refusal["code"] == "unavailable"
    assert "its data directory was removed or replaced; try again" in refusal["text"]
    assert [message["text"] for message in alice.ask("history", conversation="#lobby")["messages"]] == [
        "hello"
    ]
    restored = subprocess.run(
        [*copy, "restore", str(tmp_path / "backup.db")],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert restored.returncode == 1
    assert f"process id {broker.pid} still uses a removed directory" in restored.stderr
    assert broker.stop() == 0
    subprocess.run([*copy, "restore", str(tmp_path / "backup.db")], check=True, timeout=DEADLINE)


def test_a_directory_that_comes_back_is_used_again(
    broker: BrokerProcess, data: Path, connect: Connect
) -> None:
    alice = connect(broker.listen(), "alice").login()
    data.rename(data.with_name("elsewhere"))
    assert alice.ask("send", to="#lobby", text="hello")["code"] == "unavailable"
    eventually(lambda: readiness(broker) == 503, "the broker is not ready")
    data.with_name("elsewhere").rename(data)
    eventually(lambda: readiness(broker) == 200, "the broker is ready again")
    assert alice.ask("send", to="#lobby", text="hello")["seq"] == 1


def test_another_programs_lock_stops_nobody_who_reads(
    broker: BrokerProcess, data: Path, connect: Connect
) -> None:
    alice, bob = (connect(broker.listen(), name).login() for name in ("alice", "bob"))
    assert alice.ask("send", to="#lobby", text="hello")["seq"] == 1
    with locked(data):
        begun = time.monotonic()
        refusal = alice.ask("send", to="#lobby", text="wait")
        assert [bob.ask(kind)["type"] for kind in ("ping", "who")] == ["pong", "user-list"]
        assert len(bob.ask("history", conversation="#lobby")["messages"]) == 1
        assert time.monotonic() - begun < 50 * LOCK_WAIT / 1_000  # SQLite alone would wait for 5 s
        assert refusal["code"] == "unavailable"
        assert "another program has locked its database; try again" in refusal["text"]
        assert f"another program holds the lock on {data}/chat.db" in broker.await_line("the store failed")
        eventually(lambda: readiness(broker) == 503, "the broker is not ready")
    eventually(lambda: readiness(broker) == 200, "the broker is ready again")
    assert alice.ask("send", to="#lobby", text="wait")["seq"] == 2
