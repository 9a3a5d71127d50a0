from __future__ import annotations

import pytest
from driven import AT, ready

from client.core.events import LoggedIn
from client.core.person.attention import Attention, Concern, Level
from client.core.pings import mentions
from messages.events import Message, Position
from messages.replies import Welcome


@pytest.mark.parametrize(
    ("text", "name", "is_one"),
    [
        ("alice", "alice", True),
        ("Hello, ALICE!", "alice", True),
        ("@alice: look", "alice", True),
        ("(alice)", "alice", True),
        ("malice", "alice", False),
        ("alices", "alice", False),
        ("alice_2", "alice", False),
        ("alice-ann", "alice", False),
        ("alice\u0301", "alice", False),
        ("JOSÉ kommt", "jose\u0301", True),
        ("请alice看", "alice", True),
        ("你好李雷在吗", "李雷", True),
        ("", "alice", False),
    ],
)
def test_a_name_is_mentioned_as_a_word_of_its_own(text: str, name: str, is_one: bool) -> None:
    assert mentions(text, name) is is_one


def direct(seq: int, sender: str = "bob") -> Message:
    return Message("@bob", seq, f"d{seq}", sender, "hello", AT)


@pytest.fixture
def attention() -> Attention:
    return Attention(ready().session, Level.MENTION)


def test_what_one_says_oneself_on_another_device_is_not_meant_for_one(attention: Attention) -> None:
    assert attention.take(direct(1, "alice")) is None
    assert attention.waiting == 0


def test_what_was_missed_rings_once_and_what_comes_then_each_time(attention: Attention) -> None:
    welcome = Welcome("1", "alice", "token", "epoch", False, 15_000, [Position("@bob", 3, 0)])
    attention.take(LoggedIn(welcome, again=False, new_log=False))
    rings = []
    for seq in range(1, 6):
        assert attention.take(direct(seq)) is Concern.DIRECT
        rings.append(attention.take_ring())
    assert rings == [True, False, False, True, True]
    assert attention.waiting == 5
    attention.seen()
    assert attention.waiting == 0
