"""The bytes that the broker takes in Python for a user, a member, a message and a direct conversation."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from wired import Chat

from broker.core.memory.model import Peer
from messages.base import Request
from messages.codec import encode
from messages.requests import Join, Send
from messages.sessions import Login
from messages.version import PROTOCOL

COUNT, EARLIER = 100, 40


class Crowd:
    """Users who log in one after the other; nobody keeps what they are sent."""

    def __init__(self) -> None:
        self.chat = Chat()
        self.peers: list[Peer] = []

    def login(self, number: int) -> None:
        self.peers.append(Peer(b"\0%d" % number, "10.0.0.1", self.chat.now.elapsed))
        self.chat.core.connect(self.peers[-1])
        self.ask(number, Login("login", PROTOCOL, f"m{number}"))

    def join(self, number: int) -> None:
        self.ask(number, Join("join", f"#r{number // 10}"))

    def say(self, number: int, to: str, id: str) -> None:
        self.ask(number, Send(id, to, f"{number:0100}"))

    def ask(self, number: int, request: Request) -> None:
        self.chat.core.begin(self.chat.now)
        self.chat.intake.take(self.peers[number], encode(request))
        self.chat.intake.take_waiting()
        self.chat.core.commit()


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    crowd = Crowd()
    for number in range(EARLIER):
        crowd.login(number)
        crowd.join(number)
    tracemalloc.start()
    yield crowd
    tracemalloc.stop()


def grown(act: Callable[[int], object]) -> float:
    """Return by how many bytes the memory in use grows with each of COUNT calls."""
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(EARLIER, EARLIER + COUNT):
        act(number)
    gc.collect()
    return (tracemalloc.get_traced_memory()[0] - before) / COUNT


def test_users_members_messages_and_direct_conversations_stay_small(crowd: Crowd) -> None:
    taken = {
        "a user who is logged in": (grown(crowd.login), 2_700),
        "a member of a room of 10": (grown(crowd.join), 650),
        "a user's first message": (grown(lambda n: crowd.say(n, f"#r{n // 10}", f"first{n}")), 1_000),
        "a user's later message": (grown(lambda n: crowd.say(n, f"#r{n // 10}", f"later{n}")), 400),
        "a direct conversation of one message": (grown(lambda n: crowd.say(n, f"@m{n - 1}", f"d{n}")), 2_850),
    }
    assert {what: each for what, (each, most) in taken.items() if each > most} == {}
