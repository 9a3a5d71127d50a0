"""A broker with many encrypted clients is killed and started again: all come back, and nothing is lost."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from eventually import DEADLINE
from security.crowd import Crowd
from security.crowd_process import CrowdProcess
from torture.figures import figure

from client.core.session import SessionState
from messages.endpoints import parse_endpoint

CLIENTS = figure(200, 5_000)
PROCESSES = figure(1, 2)
"""Processes for the clients, as one cannot have the file descriptors of all."""
GATHERING_SECONDS = figure(30.0, 300.0)
BACK_SECONDS = 30.0
"""Seconds within which all clients must be back."""
TEXTS = 5
_HERE = Path(__file__).resolve()


def start(data: Path, endpoint: str) -> BrokerProcess:
    return BrokerProcess("--data", str(data), "--curve", "--log-level", "warning", "--bind", endpoint)


def test_all_come_back_and_nothing_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ExitStack() as seats:
        broker = start(tmp_path, "tcp://127.0.0.1:0")
        seats.callback(broker.close)
        url = broker.listen()
        address = next(line for line in broker.out if line.startswith("Clients connect to ")).split()[-1]
        key = parse_endpoint(address).key
        speaker = Crowd(url, key, range(1), seats)
        each = CLIENTS // PROCESSES
        crowds = [CrowdProcess(url, key, range(n * each + 1, (n + 1) * each + 1)) for n in range(PROCESSES)]
        for crowd in crowds:
            seats.callback(crowd.close)
        session = speaker.members[0].session

        def all_have(texts: list[str]) -> bool:
            there = session.state is SessionState.READY and not session.unanswered
            return there and all(crowd.have(each, texts) for crowd in crowds)

        patience = DEADLINE / 10
        gathered = speaker.until(lambda: all_have([]), GATHERING_SECONDS * patience, "all are there")
        texts = [f"text {number}" for number in range(2 * TEXTS)]
        for text in texts[:TEXTS]:
            speaker.members[0].say(text)
        speaker.until(lambda: all_have(texts[:TEXTS]), BACK_SECONDS * patience, "all have the first texts")
        broker.kill(signal.SIGKILL)
        broker.end()
        for text in texts[TEXTS:]:
            speaker.members[0].say(text)
        again = start(tmp_path, url)
        seats.callback(again.close)
        again.listen()
        took = speaker.until(lambda: all_have(texts), BACK_SECONDS * patience, "all are back")
        with capsys.disabled():
            print(f" [{CLIENTS} there after {gathered:.1f} s, back after {took:.1f} s]", end="")
