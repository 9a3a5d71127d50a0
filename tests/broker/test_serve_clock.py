"""A broker that starts with a clock far from the times in its database."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from stored import fill, read_everything

from broker.core.store import StoredRoom
from broker.store.sqlite import SqliteStore

Start = Callable[..., BrokerProcess]
LOCAL = ("--bind", "tcp://127.0.0.1:0", "--retain", "30", "--forget-after", "0")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory whose messages are decades old."""
    with closing(SqliteStore(tmp_path / "data", "first")) as store:
        store.commit([StoredRoom("#lobby", "#lobby", "")])
        fill(store)
    return tmp_path / "data"


def count(data: Path) -> int:
    with closing(SqliteStore(data, "second")) as store:
        return sum(map(len, read_everything(store).messages.values()))


def test_it_deletes_nothing_and_says_what_to_do(start: Start, data: Path) -> None:
    for _ in range(2):
        broker = start("--data", str(data), *LOCAL)
        assert "ahead of the last known time: nothing is deleted for its age" in broker.await_line(
            "the clock is"
        )
        broker.listen()
        assert broker.stop() == 0
    assert count(data) == 54


def test_it_goes_on_at_once_if_the_operator_vouches_for_the_clock(start: Start, data: Path) -> None:
    broker = start("--data", str(data), "--trust-clock", *LOCAL)
    broker.await_line("retention deleted 18 messages in #zmq")
    broker.await_line("retention deleted 18 messages in @alice and @bob")
    broker.await_line("retention deleted 18 messages in #lobby")
    assert broker.stop() == 0
    assert not [line for line in broker.err if "the clock is" in line]
    assert count(data) == 0
