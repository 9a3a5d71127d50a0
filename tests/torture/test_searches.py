"""One user's worst searches, as many as are taken: each is answered once, and the others are not held up."""

from __future__ import annotations

import json
import multiprocessing
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice, product
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest
import zmq
from broker_process import BrokerProcess
from live_broker import Dealer
from torture.circle import Circle, for_seconds
from torture.conftest import Connect
from torture.figures import figure

SIZES = (figure(2_000, 20_000), *figure((), (1_000_000,)))
SECONDS = figure(0.3, 20.0)
FRAME = 64
AT_ONCE = 16
"""Searches in one frame. More than may wait, so some of them are refused."""

PREFIXES = [f"{first}{second}" for first, second in islice(product("abc", ascii_lowercase), 60)]
NEEDLE = "the needle"
WORST: tuple[dict[str, Any], ...] = (
    {"words": " ".join(f"{prefix}*" for prefix in PREFIXES)},  # no message has all of them
    {"words": "zz*"},  # no message has it
    {"words": " ".join(f"{letter}-aa*" for letter in ascii_lowercase * 2)[:298]},
    {"words": " ".join(f"{prefix}*" for prefix in PREFIXES[:20]), "conversation": "#lobby", "limit": 100},
    {"words": "", "sender": "writer", "limit": 100},
    {"words": "aa*", "sender": "searcher", "since": 1},
)


def messages(size: int) -> Iterator[tuple[str, str]]:
    """Yield rooms and texts: the needle, then texts with 20 words. Half of them are not for the searcher."""
    yield "#lobby", NEEDLE
    words = cycle(f"{prefix}{number}" for number in range(997) for prefix in PREFIXES)
    for room, _ in zip(cycle(("#lobby", "#elsewhere")), range(size - 1), strict=False):
        yield room, " ".join(islice(words, 20))


def fill(writer: Dealer, size: int) -> None:
    """Send messages, and return when all are accepted and can be found."""
    writer.ask("join", room="#elsewhere")
    said, accepted = messages(size), 0
    while some := list(islice(said, FRAME)):
        writer.send(
            "\n".join(json.dumps(writer.request("send", to=to, text=text)) for to, text in some).encode()
        )
        writer.ask("time")
        accepted += sum(document["type"] == "accepted" for document in writer.inbox)
        writer.inbox.clear()
    assert accepted == size
    while writer.ask("search", words="nowhere").get("unindexed"):
        pass


def search_all(url: str, ended: Event, parent: Connection[object, object]) -> None:
    """Log in and search as much as is taken. Tell the parent how each search was answered."""
    context: zmq.Context[Any] = zmq.Context()
    dealer, worst = Dealer(context, url, "searcher").login(), cycle(WORST)
    parent.send("logged in")
    outcomes = Counter[str]()
    while not ended.is_set():
        asked = [dealer.request("search", **fields) for fields in islice(worst, AT_ONCE)]
        dealer.send("\n".join(map(json.dumps, asked)).encode())
        for request in asked:
            reply = dealer.reply(request["id"])
            outcomes[reply.get("code") or ("incomplete" if reply.get("incomplete") else "found")] += 1
        dealer.inbox.clear()
        outcomes["asked"] += AT_ONCE
    parent.send((outcomes, find_needle(dealer)))
    context.destroy(linger=0)


def find_needle(dealer: Dealer) -> tuple[list[str], int]:
    """Search for the oldest message. Return the texts that were found, and how many searches it took."""
    page, texts, searches = None, list[str](), 0
    while page or not searches:
        reply = dealer.ask("search", words="need* the", page=page)
        texts += [message["text"] for message in reply["messages"]]
        page, searches = reply.get("next"), searches + 1
    return texts, searches


@pytest.fixture(params=["memory", "disk"])
def options(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, ...]:
    """The broker's options for where it has its messages."""
    kept = {"memory": ("--memory", "--keep", "2000000"), "disk": ("--data", str(tmp_path / "data"))}
    return kept[request.param]


@pytest.mark.parametrize("size", SIZES)
def test_the_worst_searches_of_a_user_hold_up_nobody(
    options: tuple[str, ...], size: int, connect: Connect
) -> None:
    arguments = ("--bind", "tcp://127.0.0.1:0", "--log-level", "warning", "--no-rate-limit", *options)
    broker = BrokerProcess(*arguments)
    try:
        url = broker.listen()
        fill(connect(url, "writer").login(), size)
        circle = Circle([connect(url, f"talker{number}").login() for number in range(4)])
        without = circle.talk(for_seconds(SECONDS))
        processes = multiprocessing.get_context("spawn")
        ended, (told, parent) = processes.Event(), processes.Pipe(duplex=False)
        searcher = processes.Process(target=search_all, args=(url, ended, parent))
        searcher.start()
        assert told.recv() == "logged in"
        beside = circle.talk(for_seconds(SECONDS))
        ended.set()
        outcomes, (texts, pages) = told.recv()
        searcher.join()
        assert broker.stop() == 0
    finally:
        broker.close()
    asked = outcomes.pop("asked")
    assert sum(outcomes.values()) == asked
    assert outcomes.keys() <= {"found", "incomplete", "too-many-requests"}
    assert outcomes["found"] + outcomes["incomplete"] > 0
    assert texts == [NEEDLE]
    print(f"\n{options[0]}, {size:,} messages: {asked:,} searches {dict(outcomes)}, needle in {pages} pages")
    print(f"p99 of the others {without:.1f} ms without, {beside:.1f} ms beside them")
