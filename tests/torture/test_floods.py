"""One who sends as fast as can be: the others do not notice, and what was accepted is in the log, no more."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

import pytest
import zmq
from live_broker import Dealer
from torture.conftest import BrokerFactory, Connect
from torture.durable_broker import DurableBroker
from torture.figures import figure
from torture.stored import read_log

SECONDS = figure(20.0, 60.0)
"""For how long there is a flood."""

FEWER = ("--rate", "50", "--burst", "250")
"""A quarter of what is taken by default: a disturbed machine may not manage to flood a broker otherwise."""

TALKERS = 10
STRANGERS = figure(700, 2_000)


def numbered() -> Iterator[bytes]:
    """Yield frames of 32 messages each, all of them different."""
    for number in count():
        yield b"\n".join(
            b'{"type":"send","id":"f%d-%d","to":"#lobby","text":"flood %d-%d"}' % (number, n, number, n)
            for n in range(32)
        )


def single() -> Iterator[bytes]:
    for number in count():
        yield b'{"type":"send","id":"s%d","to":"#lobby","text":"flood s%d"}' % (number, number)


def garbage() -> Iterator[bytes]:
    for number in count():
        yield b"\xff{%d" % number * (1 + number % 40)


def send_all(
    url: str, make_frames: Callable[[], Iterator[bytes]], ended: Event, parent: Connection[object, object]
) -> None:
    """Log in, send frames as fast as the socket takes them, read the answers, and tell the parent of them."""
    context: zmq.Context[Any] = zmq.Context()
    dealer, frames = Dealer(context, url, "flooder").login(), make_frames()
    parent.send("logged in")
    sent, accepted, reasons = 0, set[str](), list[str]()

    def read(seconds: float = 0.0) -> None:
        while dealer.read(seconds):
            pass
        for document in dealer.inbox:
            if document["type"] == "accepted":
                accepted.add(document["re"])
            elif document["type"] == "goodbye":
                reasons.append(document["reason"])
        dealer.inbox.clear()

    while not ended.is_set():
        for _ in range(50):
            try:
                dealer.socket.send(next(frames), zmq.DONTWAIT)
                sent += 1
            except zmq.Again:
                dealer.socket.poll(10, zmq.POLLOUT | zmq.POLLIN)
                break
        read()
    read(0.5)
    parent.send((sent, accepted, reasons))
    context.destroy(linger=0)


class Flood:
    """One who floods, in a process of their own: a thread would hold up the others of the test itself."""

    def __init__(self, url: str, make_frames: Callable[[], Iterator[bytes]]) -> None:
        self.sent = 0
        self.accepted: set[str] = set()
        self.reasons: list[str] = []
        processes = multiprocessing.get_context("spawn")
        self._ended = processes.Event()
        self._told, parent = processes.Pipe(duplex=False)
        self._process = processes.Process(target=send_all, args=(url, make_frames, self._ended, parent))
        self._process.start()
        parent.close()
        assert self._told.recv() == "logged in"

    def end(self) -> None:
        self._ended.set()
        self.sent, self.accepted, self.reasons = self._told.recv()
        self._process.join()


def talk(talkers: list[Dealer], seconds: float, latencies: list[float]) -> list[str]:
    """Have each in turn say something that all others see; return what was said."""
    said: list[str] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for talker in talkers:
            text = f"{talker.name} {len(said)}"
            begun = time.monotonic()
            reply = talker.ask("send", to="#lobby", text=text)
            assert reply["type"] == "accepted", reply
            for other in talkers:
                if other is not talker:
                    other.take(lambda document, text=text: document.get("text") == text, text)  # type: ignore[misc]
                    latencies.append(time.monotonic() - begun)
            said.append(text)
    return said


def p99(latencies: list[float]) -> float:
    """Return the 99th percentile in milliseconds."""
    return statistics.quantiles(latencies, n=100)[98] * 1_000


def texts_in(broker: DurableBroker) -> list[str]:
    """Return the texts of the lobby's messages, once the broker has ended."""
    assert broker.stop() == 0
    return [row.text for row in read_log(broker.data)]


@pytest.mark.parametrize("frames", [numbered, single, garbage])
def test_one_who_floods_is_put_out_and_the_others_do_not_notice(
    make_broker: BrokerFactory, connect: Connect, frames: Callable[[], Iterator[bytes]]
) -> None:
    broker = make_broker(*FEWER)
    talkers = [connect(broker.url, f"talker{number}").login() for number in range(TALKERS)]
    without: list[float] = []
    said = talk(talkers, figure(1.0, 10.0), without)
    flood = Flood(broker.url, frames)
    beside: list[float] = []
    try:
        said += talk(talkers, SECONDS, beside)
    finally:
        flood.end()
    assert flood.reasons in (["flooding"], ["protocol-error", "flooding"])
    for talker in talkers:
        left = talker.take(lambda document: document.get("kind") == "left", "that the flooder left")
        assert left["user"] == "flooder"
        assert not [d for d in talker.inbox if d["type"] in ("goodbye", "error", "lagged")]
        assert not [d for d in talker.inbox if d.get("kind") == "left"]
    stored = texts_in(broker)
    floods = [text for text in stored if text.startswith("flood ")]
    assert {"f" + t[6:] if t[6] != "s" else t[6:] for t in floods} == flood.accepted
    assert len(floods) == len(flood.accepted)
    assert [text for text in stored if not text.startswith("flood ")] == said
    print(f"\n{frames.__name__}: {flood.sent:,} frames in {SECONDS:.0f} s, {len(floods):,} messages taken")
    print(f"p99 of the others {p99(without):.1f} ms without, {p99(beside):.1f} ms beside it")


def test_many_logins_from_one_address_cost_those_who_are_there_nothing(
    make_broker: BrokerFactory, connect: Connect
) -> None:
    broker = make_broker("--rate-limit-local")
    talkers = [connect(broker.url, f"talker{number}").login() for number in range(2)]
    strangers = [connect(broker.url, f"stranger{number}") for number in range(STRANGERS)]
    asked = [stranger.put("login", protocol=1, name=stranger.name) for stranger in strangers]
    latencies: list[float] = []
    talk(talkers, figure(1.0, 10.0), latencies)
    answers = [stranger.reply(re) for stranger, re in zip(strangers, asked, strict=True)]
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert 0 < len(refused) < len(answers)
    assert {answer["code"] for answer in refused} <= {"too-many-requests", "limit-reached"}
    assert all(answer.get("retry_after") for answer in refused if answer["code"] == "too-many-requests")
    assert not [d for talker in talkers for d in talker.inbox if d["type"] in ("goodbye", "error")]
    print(f"\n{len(refused):,} of {len(answers):,} logins refused, p99 of the others {p99(latencies):.1f} ms")
