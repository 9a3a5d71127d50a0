"""A client that floods: the others miss nothing, and the log has exactly the accepted messages."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

import pytest
import zmq
from eventually import DEADLINE
from live_broker import Dealer
from torture.circle import Circle, for_seconds
from torture.conftest import BrokerFactory, Connect
from torture.figures import figure

BEFORE, AFTER = figure(0.3, 10.0), figure(0.6, 60.0)
"""For how many seconds the others talk before there is a flood, and once the flooder is put out."""

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
    """A flooding client in a process of its own, as a thread would delay the other clients."""

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


def until_put_out(talker: Dealer) -> Callable[[], bool]:
    """Go on until somebody has left, and some time more; fail if nobody leaves."""
    ends: list[float] = []
    latest = time.monotonic() + DEADLINE

    def goes_on() -> bool:
        if not ends and any(document.get("kind") == "left" for document in talker.inbox):
            ends.append(time.monotonic() + AFTER)
        assert ends or time.monotonic() < latest, "the flooder is not put out"
        return not ends or time.monotonic() < ends[0]

    return goes_on


@pytest.mark.parametrize("frames", figure([numbered, garbage], [numbered, single, garbage]))
def test_a_flooding_client_is_disconnected_and_the_others_miss_nothing(
    make_broker: BrokerFactory, connect: Connect, frames: Callable[[], Iterator[bytes]]
) -> None:
    broker = make_broker(*FEWER)
    circle = Circle([connect(broker.url, f"talker{number}").login() for number in range(TALKERS)])
    without = circle.talk(for_seconds(BEFORE))
    flood = Flood(broker.url, frames)
    try:
        beside = circle.talk(until_put_out(circle.talkers[0]))
    finally:
        flood.end()
    assert flood.reasons in (["flooding"], ["protocol-error", "flooding"])
    rows = circle.check(broker)
    for talker in circle.talkers:
        assert [d["user"] for d in talker.inbox if d.get("kind") == "left"] == ["flooder"]
    floods = [row.id for row in rows if row.sender == "flooder"]
    assert sorted(floods) == sorted(flood.accepted)
    print(f"\n{frames.__name__}: {flood.sent:,} frames, {len(floods):,} messages taken")
    print(f"p99 of the others {without:.1f} ms without, {beside:.1f} ms beside it")


def test_many_logins_from_one_address_take_nothing_from_logged_in_users(
    make_broker: BrokerFactory, connect: Connect
) -> None:
    broker = make_broker("--rate-limit-local")
    circle = Circle([connect(broker.url, f"talker{number}").login() for number in range(2)])
    strangers = [connect(broker.url, f"stranger{number}") for number in range(STRANGERS)]
    asked = [stranger.put("login", protocol=1, name=stranger.name) for stranger in strangers]
    p99 = circle.talk(for_seconds(BEFORE))
    answers = [stranger.reply(re) for stranger, re in zip(strangers, asked, strict=True)]
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert 0 < len(refused) < len(answers)
    assert {answer["code"] for answer in refused} <= {"too-many-requests", "limit-reached"}
    assert all(answer.get("retry_after") for answer in refused if answer["code"] == "too-many-requests")
    circle.check(broker)
    print(f"\n{len(refused):,} of {len(answers):,} logins refused, p99 of the others {p99:.1f} ms")
