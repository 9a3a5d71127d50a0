"""A client that stops reading: others do not notice, the broker's memory is limited, nothing is lost."""

from __future__ import annotations

import statistics
import time
from typing import Any

import pytest
import zmq
from eventually import DEADLINE, eventually
from live_broker import Dealer
from torture.conftest import BrokerFactory, Connect
from torture.durable_broker import DurableBroker
from torture.figures import figure
from torture.processes import MIB, resident

READERS = figure(50, 99)
"""Clients that go on reading."""

BURSTS = figure(50, 500)
"""Messages before, and after the point from which on the slow client is sent nothing more."""

BURST = figure(4, 24)
"""Messages, at once: the larger, the more memory the same number of frames takes."""

MOST_BURSTS = 5_000
TEXT = "x" * 3_980
MOST = 64 * MIB
"""Bytes by which the broker may grow for a client that does not read."""


class Crowd:
    """Many readers on one poller, who count what they see."""

    def __init__(self, readers: list[Dealer]) -> None:
        self._poller = zmq.Poller()
        self.seen: dict[Any, list[int]] = {}
        self.latencies: list[float] = []
        for reader in readers:
            self._poller.register(reader.socket, zmq.POLLIN)
            self.seen[reader.socket] = []

    def read_until(self, head: int, sent_at: dict[int, float]) -> None:
        """Read until everybody has seen the message `head`; fail if nothing comes any more before that."""
        behind = {socket for socket, seqs in self.seen.items() if not seqs or seqs[-1] < head}
        while behind:
            ready = self._poller.poll(DEADLINE * 1_000)
            assert ready, f"{len(behind)} readers got nothing more before {head}"
            now = time.monotonic()
            for socket, _ in ready:
                for line in socket.recv().split(b"\n"):
                    if line.startswith(b'{"type":"message"'):
                        seq = seq_of(line)
                        self.seen[socket].append(seq)
                        self.latencies.append(now - sent_at[seq])
                        if seq >= head:
                            behind.discard(socket)


def seq_of(line: bytes) -> int:
    """Return a message's seq, without reading its long text."""
    return int(line.partition(b'"seq":')[2].split(b",", 1)[0])


def talk(talker: Dealer, crowd: Crowd, bursts: int) -> tuple[int, float]:
    """Send bursts, each seen by everybody before the next; return the head and the p99 in seconds."""
    crowd.latencies.clear()
    for _ in range(bursts):
        begun = time.monotonic()
        sends = [talker.put("send", to="#lobby", text=TEXT) for _ in range(BURST)]
        seqs = [talker.reply(sent)["seq"] for sent in sends]
        crowd.read_until(seqs[-1], dict.fromkeys(seqs, begun))
    return seqs[-1], statistics.quantiles(crowd.latencies, n=100)[98]


def talk_until_lagging(talker: Dealer, crowd: Crowd, broker: DurableBroker) -> None:
    """Talk until the broker reports that a client reads too slowly."""
    for _ in range(MOST_BURSTS):
        talk(talker, crowd, 1)
        if any("reads too slowly" in line for line in broker.process.err):
            return
    raise AssertionError("the broker sends on and on to one who does not read")


def catch_up(slow: Dealer, after: int, head: int) -> list[int]:
    """Return the seqs that history has behind `after`."""
    seqs: list[int] = []
    while after < head:
        page = slow.ask("history", conversation="#lobby", after=after, limit=100)
        assert page["type"] == "page", page
        seqs += [message["seq"] for message in page["messages"]]
        after = seqs[-1]
    return seqs


def test_a_client_that_stops_reading_delays_nobody_and_misses_nothing(
    make_broker: BrokerFactory, connect: Connect
) -> None:
    broker = make_broker()
    readers = [connect(broker.url, f"reader{number}").login() for number in range(READERS)]
    talker = connect(broker.url, "talker").login()
    crowd = Crowd(readers)
    head, without = talk(talker, crowd, BURSTS)
    before = resident(broker.pid)

    slow = connect(broker.url, "slow", RCVHWM=1, RCVBUF=65_536).login()
    first = slow.ask("history", conversation="#lobby", limit=1)["messages"][0]["seq"]
    assert first == head
    talk_until_lagging(talker, crowd, broker)
    head, beside = talk(talker, crowd, BURSTS)
    grown = resident(broker.pid) - before
    assert all(seqs == list(range(1, head + 1)) for seqs in crowd.seen.values())
    assert grown <= MOST, f"{grown / MIB:.1f} MiB"

    seen = read_all_that_waits(slow)
    lagged = slow.event("lagged")
    told = {position["conversation"]: position["head"] for position in lagged["conversations"]}
    assert told["#lobby"] == head
    assert seen == list(range(first + 1, first + 1 + len(seen)))
    assert len(seen) < head - first
    assert seen + catch_up(slow, first + len(seen), head) == list(range(first + 1, head + 1))
    talker.ask("send", to="#lobby", text="and here again?")
    assert slow.event("message")["text"] == "and here again?"
    print(f"\np99 of {READERS} readers {without * 1e3:.1f} ms, beside a slow one {beside * 1e3:.1f} ms")
    print(f"the broker grew by {grown / MIB:.1f} MiB; the slow one was {head - first - len(seen):,} behind")


def read_all_that_waits(slow: Dealer) -> list[int]:
    """Read again, and return the seqs that had been on their way when the broker gave up sending."""

    def is_told() -> bool:
        slow.put("ping")  # as clients do; while its pipe is still full there is no room even for the pong
        while slow.read(0.1):
            pass
        return any(document["type"] == "lagged" for document in slow.inbox)

    eventually(is_told, "the slow one is told that it lags")
    seen = [document["seq"] for document in slow.inbox if document["type"] == "message"]
    slow.inbox = [document for document in slow.inbox if document["type"] != "message"]
    return seen


def test_the_readers_notice_a_message_that_does_not_come(
    make_broker: BrokerFactory, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = make_broker()
    crowd = Crowd([connect(broker.url, "reader").login()])
    connect(broker.url, "talker").login().ask("send", to="@reader", text="the only one")
    monkeypatch.setitem(globals(), "DEADLINE", 0.2)
    with pytest.raises(AssertionError, match="got nothing more"):
        crowd.read_until(2, {1: 0.0})
