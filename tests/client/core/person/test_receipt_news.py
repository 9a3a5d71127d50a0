from __future__ import annotations

import pytest

from client.core.events import LoggedIn, Lost, SendAccepted, SendDelivered, Sent
from client.core.person.receipt_news import LATE_SECONDS, ReceiptNews
from messages.replies import Accepted, Durability, Welcome
from messages.requests import Send

LATER = 100.0 + LATE_SECONDS


def sent(seq: int = 1, conversation: str = "#lobby", *, offline: bool = False) -> Sent:
    return Sent(Send(f"s{seq}", conversation, "hello"), conversation, seq, 2, recipient_offline=offline)


def accept(news: ReceiptNews, *messages: Sent) -> None:
    for one in messages:
        reply = Accepted(one.request.id, one.conversation, one.seq, 0, Durability.DISK, one.recipients)
        assert news.take(SendAccepted(one, reply), 100.0) is None


def welcome(*, new_log: bool = False) -> LoggedIn:
    return LoggedIn(Welcome("1", "alice", "token", "epoch", True, 15_000, []), again=True, new_log=new_log)


@pytest.fixture
def news() -> ReceiptNews:
    return ReceiptNews()


def test_a_usual_receipt_is_no_news(news: ReceiptNews) -> None:
    accept(news, one := sent())
    one.delivered_to.add("bob")
    assert news.take(SendDelivered([one]), 101.0) is None
    assert news.take_late(LATER) == []
    assert news.late_in(101.0) == float("inf")


def test_each_receipt_is_news_if_the_person_wants_that(news: ReceiptNews) -> None:
    news.all = True
    accept(news, one := sent())
    assert news.take(SendDelivered([one]), 101.0) is one


def test_messages_that_nobody_has_are_told_once_by_conversation_and_so_is_their_receipt(
    news: ReceiptNews,
) -> None:
    accept(news, one := sent(1), two := sent(2), there := sent(1, "@bob"))
    assert news.late_in(100.0) == LATE_SECONDS
    assert news.take_late(LATER - 0.1) == []
    assert news.take_late(LATER) == [[one, two], [there]]
    assert news.take_late(LATER) == []
    assert news.take(SendDelivered([one, two]), LATER) is two
    assert news.take(SendDelivered([one, two]), LATER) is None


def test_one_of_whom_it_was_told_that_they_are_offline_is_not_late_but_their_receipt_is_news(
    news: ReceiptNews,
) -> None:
    accept(news, one := sent(1, "@bob", offline=True))
    assert news.take_late(LATER) == []
    assert news.take(SendDelivered([one]), LATER) is one


def test_nothing_is_late_while_no_receipt_can_come(news: ReceiptNews) -> None:
    accept(news, one := sent())
    news.take(Lost("cut"), 110.0)
    assert news.take_late(LATER) == []
    news.take(welcome(), LATER)
    assert news.take_late(LATER + LATE_SECONDS - 1) == []
    assert news.take_late(LATER + LATE_SECONDS) == [[one]]


def test_of_the_messages_of_another_log_nothing_is_told(news: ReceiptNews) -> None:
    accept(news, sent())
    news.take(welcome(new_log=True), 101.0)
    assert news.take_late(LATER + LATE_SECONDS) == []


def test_a_thousand_messages_are_followed_at_most(news: ReceiptNews) -> None:
    waiting = [sent(seq, offline=True) for seq in range(1_001)]
    accept(news, *waiting)
    accept(news, *(sent(seq) for seq in range(1_001, 2_002)))
    assert [len(late) for late in news.take_late(LATER)] == [1_000]
    assert news.take(SendDelivered(waiting[:1]), LATER) is None
