"""Pings in both quiet directions, and a broker that is silent."""

from __future__ import annotations

import pytest
from driven import Driven, message, ready

from client.core.events import Lost
from client.core.session import SessionState
from messages.events import Intervals
from messages.replies import Pong
from messages.requests import Confirm, Ping


def pings(driven: Driven, seconds: int, *, heard: bool = False, answered: bool = True) -> list[int]:
    """Let whole seconds pass, and return after how many of them pings were sent."""
    times = []
    for second in range(1, seconds + 1):
        if heard:
            driven.hear(message(second))
        for request in driven.tick(1.0):
            assert isinstance(request, Ping)
            times.append(second)
            if answered:
                driven.hear(Pong(request.id))
    return times


def test_on_a_quiet_connection_there_is_a_ping_each_interval() -> None:
    assert pings(ready(chance=0.0), 60) == [15, 30, 45, 60]


def test_clients_that_came_together_do_not_ping_together_for_good() -> None:
    assert pings(ready(chance=1.0), 60) == [13, 26, 39, 52]


def test_a_client_that_only_listens_still_says_that_it_is_there() -> None:
    driven = ready(listen=False, chance=0.0)
    assert pings(driven, 40, heard=True) == [15, 30]


def test_a_broker_that_says_nothing_is_pinged_again_after_half_an_interval() -> None:
    assert pings(ready(chance=0.0), 44, answered=False) == [15, 22, 29, 36, 43]


def test_a_client_that_says_something_need_not_ping() -> None:
    driven = ready()
    for seq in range(1, 50):
        driven.hear(message(seq))
        driven.shown()
        (confirm,) = driven.asked(Confirm, 1.0)
        driven.done(confirm)


def test_the_broker_says_how_often() -> None:
    driven = Driven(chance=0.0)
    driven.log_in(heartbeat=4_000)
    assert pings(driven, 10) == [4, 8]


def test_the_broker_says_how_often_to_confirm() -> None:
    driven = Driven(chance=0.0)
    driven.log_in(confirm_interval=4_000)
    driven.hear(message(1))
    driven.shown()
    assert len(driven.asked(Confirm)) == 1
    driven.hear(message(2))
    driven.shown()
    assert driven.asked(Confirm, 3.5) == []
    assert driven.session.next_tick(driven.now) == 0.5
    assert len(driven.asked(Confirm, 0.5)) == 1


def test_a_broker_in_which_a_crowd_has_come_together_is_obeyed_and_nobody_is_told() -> None:
    driven = ready()
    driven.hear(Intervals(heartbeat=30_000, confirm_interval=4_250), message(1))
    assert driven.shown() == [message(1)]
    assert driven.asked(Confirm) == []
    assert driven.session.next_tick(driven.now) == 2.0
    (confirm,) = driven.asked(Confirm, 2.0)
    driven.done(confirm)
    assert driven.session.next_tick(driven.now) == 28.0


def test_a_broker_that_wants_to_be_pinged_all_the_time_is_not() -> None:
    driven = Driven()
    driven.log_in(heartbeat=0)
    assert driven.session.next_tick(driven.now) == pytest.approx(0.1)
    assert driven.tick(0.09) == []
    assert len(driven.tick(0.02)) == 1


def test_the_next_tick_is_when_the_next_ping_is_due() -> None:
    driven = ready(chance=0.0)
    assert driven.session.next_tick(driven.now) == 15.0
    driven.tick(10.0)
    assert driven.session.next_tick(driven.now) == 5.0
    assert driven.session.next_tick(driven.now + 10.0) == 0.0


def test_while_something_is_unanswered_the_next_tick_is_soon() -> None:
    driven = ready()
    driven.session.send("#lobby", "hello")
    assert driven.session.next_tick(driven.now) == 0.5


def test_a_broker_silent_for_three_intervals_is_gone_and_another_connection_wanted() -> None:
    driven = ready()
    driven.tick(44.9)
    assert driven.session.state is SessionState.READY
    driven.tick(0.2)
    assert driven.session.state is SessionState.OFFLINE
    assert driven.session.wants_connection
    assert driven.told() == [Lost("the broker is silent")]


def test_anything_that_is_heard_is_a_sign_of_life() -> None:
    driven = ready()
    for _ in range(5):
        driven.tick(40.0)
        driven.hear(Pong("any"))
    assert driven.session.state is SessionState.READY


def test_a_silence_before_the_connection_does_not_count() -> None:
    driven = ready()
    driven.session.disconnected("cut")
    driven.tick(100.0)
    driven.log_in()
    driven.tick(1.0)
    assert driven.session.state is SessionState.READY
