"""A broker with many encrypted clients is killed and started again: all come back, and nothing is lost."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import zmq
from broker_process import BrokerProcess
from eventually import DEADLINE
from live_broker import end

from broker.security.keys import make_keys
from client.core.session import Session, State
from client.transport.connection import Connection, new_id
from client.trust import Trust
from messages.endpoints import parse_endpoint
from messages.events import Message

CLIENTS = 500
BACK_SECONDS = 30.0
"""Within this all must be back."""
TEXTS = 5


class Crowd:
    """Clients that are served in turn, and what each of them was told."""

    def __init__(self, url: str, broker_key: str, seats: ExitStack) -> None:
        context: zmq.Context[Any] = zmq.Context()
        context.max_sockets = 20_000
        seats.callback(end, context)
        self.connections: list[Connection] = []
        self.texts: list[list[str]] = []
        for number in range(CLIENTS):
            trust = Trust(url, broker_key, make_keys(), Path("known"), 1)
            session = Session(f"m{number}", new_id)
            self.connections.append(Connection(session, url, context, trust=trust))
            self.texts.append([])
            seats.callback(self.connections[-1]._dealer.close)

    @property
    def speaker(self) -> Session:
        return self.connections[0].session

    def turn(self) -> None:
        for connection, texts in zip(self.connections, self.texts, strict=True):
            connection.turn(0.0)
            while (event := connection.session.next_event()) is not None:
                connection.session.handed_over(event)
                if isinstance(event, Message):
                    texts.append(event.text)

    def all_are(self, state: State) -> bool:
        return all(connection.session.state is state for connection in self.connections)

    def have(self, texts: list[str]) -> bool:
        return not self.speaker.unanswered and all(got == texts for got in self.texts[1:])

    def until(self, done: Any, seconds: float, what: str) -> float:
        """Serve all until `done`; return in how many seconds."""
        started = time.monotonic()
        while not done():
            assert time.monotonic() - started < seconds, f"not within {seconds:g} s: {what}"
            self.turn()
        return time.monotonic() - started


def start(data: Path, endpoint: str) -> BrokerProcess:
    return BrokerProcess("--data", str(data), "--curve", "--log-level", "warning", "--bind", endpoint)


def test_all_come_back_and_nothing_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ExitStack() as seats:
        broker = start(tmp_path, "tcp://127.0.0.1:0")
        seats.callback(broker.close)
        url = broker.listen()
        address = next(line for line in broker.out if line.startswith("Clients connect to ")).split()[-1]
        crowd = Crowd(url, parse_endpoint(address).key, seats)
        patience = BACK_SECONDS * DEADLINE / 10
        crowd.until(lambda: crowd.all_are(State.READY), patience, "all are there")
        texts = [f"text {number}" for number in range(2 * TEXTS)]
        for text in texts[:TEXTS]:
            crowd.speaker.send("#lobby", text)
        crowd.until(lambda: crowd.have(texts[:TEXTS]), patience, "all have the first texts")
        broker.kill(signal.SIGKILL)
        broker.end()
        for text in texts[TEXTS:]:
            crowd.speaker.send("#lobby", text)
        again = start(tmp_path, url)
        seats.callback(again.close)
        again.listen()
        took = crowd.until(
            lambda: crowd.all_are(State.READY) and crowd.have(texts),
            BACK_SECONDS * DEADLINE / 10,
            "all are back",
        )
        with capsys.disabled():
            print(f" [{CLIENTS} back after {took:.1f} s]", end="")
