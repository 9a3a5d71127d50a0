from __future__ import annotations

from client.core.events import Sent
from client.line.display import GATHER_SECONDS, Progress
from messages.requests import Send


def sent(conversation: str = "#lobby", seq: int = 7, recipients: int = 3, delivered: int = 1) -> Sent:
    users = {f"user{number}" for number in range(delivered)}
    return Sent(Send("1", conversation, "hello"), conversation, seq, recipients, users)


def test_nothing_was_told_of_nothing() -> None:
    progress = Progress()
    assert not progress
    assert progress.take(100.0) == []


def test_receipts_in_a_row_are_told_as_one_a_moment_after_the_first() -> None:
    progress, first, last = Progress(), sent(seq=7), sent(seq=8)
    progress.add(first, 10.0)
    progress.add(last, 10.2)
    assert progress
    assert progress.take(10.0 + GATHER_SECONDS - 0.01) == []
    assert progress.take(10.0 + GATHER_SECONDS) == [last]
    assert not progress
    assert progress.take(20.0) == []


def test_when_everybody_has_it_that_is_told_at_once() -> None:
    progress, complete = Progress(), sent(recipients=2, delivered=2)
    progress.add(sent(recipients=2), 10.0)
    progress.add(complete, 10.1)
    assert progress.take(10.1) == [complete]


def test_each_conversation_has_its_line() -> None:
    progress, here, there = Progress(), sent("#lobby"), sent("@bob")
    progress.add(here, 10.0)
    progress.add(there, 10.1)
    assert progress.take(10.5) == [here, there]


def test_the_next_receipt_waits_its_own_moment() -> None:
    progress, later = Progress(), sent(seq=8)
    progress.add(sent(seq=7), 10.0)
    progress.take(11.0)
    progress.add(later, 20.0)
    assert progress.take(20.2) == []
    assert progress.take(20.3) == [later]
