from __future__ import annotations

import pytest

from client.core.sending.pending import ANSWER_SECONDS, WINDOW, PendingRequests
from messages.codec import decode_request, encode
from messages.requests import Leave, Nick, Ping, Request


def filled(number: int) -> tuple[PendingRequests, list[Ping]]:
    outgoing = PendingRequests(encode)
    requests = [Ping(f"r{each}") for each in range(number)]
    for request in requests:
        outgoing.add(request)
    return outgoing, requests


def due(outgoing: PendingRequests, now: float) -> list[Request]:
    return list(map(decode_request, outgoing.due(now)))


def test_requests_are_due_once_in_the_order_in_which_they_were_made() -> None:
    outgoing, requests = filled(3)
    assert due(outgoing, 0.0) == requests
    assert due(outgoing, 1.0) == []


def test_those_that_are_not_answered_within_ten_seconds_are_due_again() -> None:
    outgoing, requests = filled(3)
    due(outgoing, 0.0)
    outgoing.answered("r1")
    assert due(outgoing, ANSWER_SECONDS - 0.1) == []
    assert due(outgoing, ANSWER_SECONDS) == [requests[0], requests[2]]
    assert due(outgoing, ANSWER_SECONDS + 1.0) == []


def test_each_request_is_encoded_once_when_it_is_first_due() -> None:
    encoded: list[Request] = []

    def counted(request: Request) -> bytes:
        encoded.append(request)
        return encode(request)

    outgoing = PendingRequests(counted)
    requests = [Ping(f"r{number}") for number in range(WINDOW + 1)]
    for request in requests:
        outgoing.add(request)
    assert encoded == []
    assert due(outgoing, 0.0) == requests[:WINDOW]
    assert due(outgoing, ANSWER_SECONDS) == requests[:WINDOW]
    outgoing.connection_lost()
    assert due(outgoing, ANSWER_SECONDS) == requests[:WINDOW]
    outgoing.pause("r0", ANSWER_SECONDS)
    outgoing.slow_down("r1", ANSWER_SECONDS)
    assert due(outgoing, ANSWER_SECONDS) == requests[:2]
    assert encoded == requests[:WINDOW]


def test_a_request_that_the_rate_limit_holds_back_is_encoded_once_too() -> None:
    encoded: list[Request] = []

    def counted(request: Request) -> bytes:
        encoded.append(request)
        return encode(request)

    outgoing = PendingRequests(counted)
    outgoing.rate_limit.set(1, 1)
    for number in range(2):
        outgoing.add(Ping(f"r{number}"))
    for now in (0.0, 0.1, 0.2, 9.0):
        list(outgoing.due(now))
    assert encoded == [Ping("r0"), Ping("r1")]


def test_an_answer_gives_the_request_back_once() -> None:
    outgoing, requests = filled(1)
    assert outgoing.answered("r0") is requests[0]
    assert outgoing.answered("r0") is None
    assert outgoing.answered("never asked") is None


def test_it_is_as_long_as_it_has_unanswered_requests() -> None:
    outgoing, _requests = filled(2)
    assert len(outgoing) == 2
    outgoing.answered("r0")
    assert len(outgoing) == 1


def test_256_are_on_their_way_at_once_and_each_answer_lets_one_follow() -> None:
    outgoing, requests = filled(WINDOW + 10)
    assert due(outgoing, 0.0) == requests[:256]
    outgoing.answered("r7")
    outgoing.answered("r200")
    assert due(outgoing, 0.1) == requests[256:258]
    assert due(outgoing, 0.2) == []


def test_a_lost_connection_makes_all_due_again_in_order() -> None:
    outgoing, requests = filled(3)
    due(outgoing, 0.0)
    outgoing.connection_lost()
    assert due(outgoing, 0.1) == requests


def test_a_pause_holds_everything_back_and_then_the_refused_goes_first() -> None:
    outgoing, requests = filled(1)
    due(outgoing, 0.0)
    outgoing.pause("r0", 5.0)
    outgoing.add(Ping("later"))
    assert due(outgoing, 4.9) == []
    assert due(outgoing, 5.0) == [requests[0], Ping("later")]


class TestFences:
    @pytest.mark.parametrize("fence", [Nick("fence", "ada"), Leave("fence", "#dev")], ids=["nick", "leave"])
    def test_it_waits_for_what_is_before_it_and_what_is_behind_it_for_its_answer(
        self, fence: Request
    ) -> None:
        outgoing, before = filled(2)
        outgoing.add(fence)
        behind = Ping("behind")
        outgoing.add(behind)
        assert due(outgoing, 0.0) == before
        outgoing.answered("r0")
        assert due(outgoing, 1.0) == []
        outgoing.answered("r1")
        assert due(outgoing, 2.0) == [fence]
        assert due(outgoing, 3.0) == []
        outgoing.answered("fence")
        assert due(outgoing, 4.0) == [behind]

    def test_a_message_that_is_sent_again_comes_before_it(self) -> None:
        outgoing, before = filled(1)
        outgoing.add(Nick("fence", "ada"))
        due(outgoing, 0.0)
        outgoing.pause("r0", until=5.0)
        assert due(outgoing, 1.0) == []
        assert due(outgoing, 5.0) == before
