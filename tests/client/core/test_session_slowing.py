"""Going slower: what the broker says that it takes, and what it refuses."""

import pytest
from driven import Driven, accepted, ready

from client.core.events import Replied, SendAccepted, Slowed
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason
from messages.identity import SetPassword
from messages.replies import Error, Pong, Welcome
from messages.requests import Join, Login, Send


def too_many(re: str | None, milliseconds: int) -> Error:
    return Error(re, ErrorCode.TOO_MANY_REQUESTS, "slower", retryable=True, retry_after=milliseconds)


def say(driven: Driven, *texts: str) -> list[Send]:
    for text in texts:
        driven.session.send("#lobby", text)
    return driven.asked(Send)


def test_what_is_refused_is_sent_again_in_order_after_the_time_that_was_told() -> None:
    driven = ready(listen=False)
    sends = say(driven, "one", "two", "three")
    driven.hear(*(too_many(send.id, 3_000) for send in sends))
    assert say(driven, "four") == []
    assert driven.asked(Send, 2.9) == []
    assert [send.text for send in driven.asked(Send, 0.2)] == ["one", "two", "three", "four"]


def test_nobody_is_shown_an_error_and_a_view_is_told_once_a_minute() -> None:
    driven = ready(listen=False)
    (send,) = say(driven, "one")
    told = []
    for _ in range(70):
        driven.hear(too_many(send.id, 900), Pong("x"))
        driven.asked(Send, 1.0)
        told += driven.told()
    assert told == [Slowed(), Slowed()]
    driven.hear(accepted(send.id, 1))
    assert [type(event) for event in driven.told()] == [SendAccepted]


def test_another_request_that_is_refused_waits_as_well() -> None:
    driven = ready(listen=False)
    driven.session.ask(Join, room="#zmq")
    (join,) = driven.asked(Join)
    driven.hear(too_many(join.id, 1_000))
    assert driven.asked(Join, 0.9) == []
    assert driven.asked(Join, 0.2) == [join]
    assert not [event for event in driven.told() if isinstance(event, Replied)]


def test_a_refused_login_is_tried_again_after_the_time_that_was_told() -> None:
    driven = ready(listen=False)
    driven.session.disconnected("cut")
    login = driven.connect()
    driven.hear(too_many(login.id, 5_000))
    assert driven.asked(Login, 4.9) == []
    assert len(driven.asked(Login, 0.2)) == 1


def test_what_a_welcome_allows_goes_out_and_no_more() -> None:
    driven = ready(listen=False)
    driven.session.disconnected("cut")
    login = driven.connect()
    driven.hear(Welcome(login.id, "alice", "t", "epoch", True, 15_000, [], rate=20, burst=100))
    assert len(say(driven, *map(str, range(200)))) == 90
    assert len(driven.asked(Send, 1.0)) == 18


def test_who_was_put_out_for_flooding_does_not_log_in_by_itself() -> None:
    driven = ready(listen=False)
    driven.hear(Goodbye(GoodbyeReason.FLOODING, "you sent too much"))
    assert driven.asked(Login, 30.0) == []


@pytest.mark.parametrize("retryable", [True, False])
def test_a_login_into_a_crowd_is_tried_again_after_the_time_that_was_told(retryable: bool) -> None:
    driven = Driven(listen=False)
    login = driven.connect()
    driven.hear(crowded(login.id, retryable=retryable))
    assert driven.asked(Login, 4.9) == []
    assert len(driven.asked(Login, 0.2)) == 1
    assert driven.told() == []


def test_a_request_that_no_more_fits_is_made_again_after_the_time_that_was_told() -> None:
    driven = ready(listen=False)
    driven.session.ask(Join, room="#zmq")
    (join,) = driven.asked(Join)
    driven.hear(crowded(join.id, retryable=True))
    assert driven.asked(Join, 4.9) == []
    assert driven.asked(Join, 0.2) == [join]


def test_a_wrong_guess_is_told_at_once_and_not_repeated() -> None:
    driven = ready(listen=False)
    driven.session.ask(SetPassword, password="correct horse")
    (request,) = driven.asked(SetPassword)
    error = Error(request.id, ErrorCode.TOO_MANY_ATTEMPTS, "wait", retryable=True, retry_after=5_000)
    driven.hear(error)
    assert driven.told() == [Replied(request, error)]
    assert driven.asked(SetPassword, 5.1) == []


def crowded(re: str, *, retryable: bool) -> Error:
    return Error(re, ErrorCode.LIMIT_REACHED, "full", retryable=retryable, retry_after=5_000)
