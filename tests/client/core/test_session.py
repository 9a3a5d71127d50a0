"""Which moves a session makes from each of its states, whatever happens in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from driven import ENDPOINT, Driven, refusal

from client.core.session import SessionState
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason
from messages.replies import Done


def offline() -> Driven:
    return Driven()


def stranger() -> Driven:
    driven = Driven()
    driven.session.connected(driven.now, ENDPOINT)
    return driven


def logging_in() -> Driven:
    driven = Driven()
    driven.connect()
    return driven


def ready() -> Driven:
    driven = Driven()
    driven.log_in()
    return driven


def logging_out() -> Driven:
    driven = ready()
    driven.session.logout()
    return driven


IN = {
    SessionState.OFFLINE: offline,
    SessionState.STRANGER: stranger,
    SessionState.LOGGING_IN: logging_in,
    SessionState.READY: ready,
    SessionState.LOGGING_OUT: logging_out,
}

Stimulus = Callable[[Driven], object]
CONNECTED: Stimulus = lambda driven: driven.session.connected(driven.now, ENDPOINT)  # noqa: E731
DISCONNECTED: Stimulus = lambda driven: driven.session.disconnected("gone")  # noqa: E731
TICK: Stimulus = lambda driven: driven.tick()  # noqa: E731
TEN_SECONDS: Stimulus = lambda driven: (driven.tick(), driven.tick(10.1))  # noqa: E731
LOGIN: Stimulus = lambda driven: driven.session.login("bob")  # noqa: E731
LOGOUT: Stimulus = lambda driven: driven.session.logout()  # noqa: E731
WELCOME: Stimulus = lambda driven: driven.welcome("r1")  # noqa: E731
LOGIN_REFUSED: Stimulus = lambda driven: driven.hear(refusal("r1", ErrorCode.PROTOCOL_UNSUPPORTED))  # noqa: E731
LOGGED_OUT: Stimulus = lambda driven: driven.hear(Done("r2"))  # noqa: E731
LOGOUT_FAILED: Stimulus = lambda driven: driven.hear(refusal("r2", ErrorCode.UNAVAILABLE))  # noqa: E731
NOT_LOGGED_IN: Stimulus = lambda driven: driven.hear(refusal("x", ErrorCode.NOT_LOGGED_IN))  # noqa: E731
LOGOUT_UNKNOWN: Stimulus = lambda driven: driven.hear(refusal("r2", ErrorCode.NOT_LOGGED_IN))  # noqa: E731


def goodbye(reason: GoodbyeReason) -> Stimulus:
    return lambda driven: driven.hear(Goodbye(reason, "bye"))


O, S, I, R, X = SessionState  # noqa: E741

MOVES: list[
    tuple[str, Stimulus, tuple[SessionState, SessionState, SessionState, SessionState, SessionState]]
] = [
    # after it in:                                offline, stranger, logging in, ready, logging out
    ("a connection", CONNECTED, (S, S, I, R, X)),
    ("a lost connection", DISCONNECTED, (O, O, O, O, O)),
    ("a tick", TICK, (O, I, I, R, X)),
    ("ten seconds without an answer", TEN_SECONDS, (O, O, O, R, O)),
    ("another name", LOGIN, (O, S, O, X, X)),
    ("a logout", LOGOUT, (O, S, I, X, X)),
    ("a welcome", WELCOME, (O, S, R, R, X)),
    ("a refused login", LOGIN_REFUSED, (O, S, S, R, X)),
    ("the answer to a logout", LOGGED_OUT, (O, S, I, R, S)),
    ("a failed logout", LOGOUT_FAILED, (O, S, I, R, O)),
    ("a logout of one who is not logged in", LOGOUT_UNKNOWN, (O, S, I, S, S)),
    ("not-logged-in", NOT_LOGGED_IN, (O, S, I, S, X)),
    ("a goodbye: shutting down", goodbye(GoodbyeReason.SHUTTING_DOWN), (O, S, I, R, X)),
    ("a goodbye: timed out", goodbye(GoodbyeReason.TIMED_OUT), (O, S, I, S, X)),
    ("a goodbye: replaced", goodbye(GoodbyeReason.REPLACED), (O, S, I, S, X)),
    ("a goodbye: kicked", goodbye(GoodbyeReason.KICKED), (O, S, I, S, X)),
    ("a goodbye: banned", goodbye(GoodbyeReason.BANNED), (O, S, I, S, X)),
    ("a goodbye: protocol error", goodbye(GoodbyeReason.PROTOCOL_ERROR), (O, S, I, S, X)),
]


@pytest.mark.parametrize(
    ("before", "happens", "after"),
    [
        pytest.param(before, happens, after, id=f"{before.value}: {name}")
        for name, happens, row in MOVES
        for before, after in zip(IN, row, strict=True)
    ],
)
def test_whatever_happens_in_whatever_state_leads_to_one_state(
    before: SessionState, happens: Stimulus, after: SessionState
) -> None:
    driven = IN[before]()
    assert driven.session.state is before
    happens(driven)
    assert driven.session.state is after


LEGAL = {
    (O, S),
    (S, I),
    (S, O),
    (I, R),
    (I, S),
    (I, O),
    (R, X),
    (R, S),
    (R, O),
    (X, S),
    (X, O),
}


@pytest.mark.parametrize("after", SessionState)
@pytest.mark.parametrize("before", SessionState)
def test_a_move_that_is_not_in_the_table_is_a_fault_of_the_program(
    before: SessionState, after: SessionState
) -> None:
    session = IN[before]().session
    if (before, after) in LEGAL:
        session._move(after)
        assert session.state is after
    else:
        with pytest.raises(RuntimeError, match="cannot become"):
            session._move(after)
        assert session.state is before


def rebuilds_after(driven: Driven, seconds: float) -> bool:
    """Whether another connection is asked for after so long and not a tenth of a second before."""
    driven.tick(seconds - 0.1)
    early = driven.session.wants_connection
    driven.tick(0.2)
    late = driven.session.wants_connection
    driven.session.wants_connection = False
    driven.now -= 0.1
    return late and not early


def test_while_nothing_connects_another_connection_is_asked_for_ever_more_seldom() -> None:
    driven = offline()
    driven.tick()
    for seconds in (10.0, 20.0, 40.0, 60.0, 60.0):
        assert rebuilds_after(driven, seconds)
        driven.now += 0.1


def test_a_connection_that_comes_makes_the_pauses_short_again() -> None:
    driven = offline()
    driven.tick()
    driven.tick(10.1)
    driven.tick(20.1)
    driven.welcome(driven.connect().id)
    driven.session.disconnected("cut")
    driven.tick()
    driven.session.wants_connection = False
    driven.tick(10.1)
    assert driven.session.wants_connection


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 9.0), (1.0, 11.0)])
def test_the_pauses_of_two_clients_differ_by_chance(chance: float, seconds: float) -> None:
    driven = Driven(chance=chance)
    driven.tick()
    driven.tick(seconds - 0.1)
    assert not driven.session.wants_connection
    driven.tick(0.2)
    assert driven.session.wants_connection


def test_a_connection_that_comes_in_time_is_not_given_up() -> None:
    driven = offline()
    driven.tick()
    driven.tick(9.0)
    driven.connect()
    driven.tick(9.0)
    assert not driven.session.wants_connection
    assert driven.session.state is SessionState.LOGGING_IN


def test_a_connection_satisfies_the_wish_for_one() -> None:
    driven = offline()
    driven.tick()
    driven.tick(11.0)
    driven.connect()
    assert not driven.session.wants_connection


@pytest.mark.parametrize("state", [SessionState.LOGGING_IN, SessionState.LOGGING_OUT])
def test_who_gets_no_answer_to_login_or_logout_wants_another_connection(state: SessionState) -> None:
    driven = IN[state]()
    driven.tick()
    driven.tick(10.1)
    assert driven.session.wants_connection


@pytest.mark.parametrize("state", [SessionState.OFFLINE, SessionState.STRANGER, SessionState.LOGGING_IN])
def test_before_the_welcome_the_session_wants_to_be_ticked_a_few_times_a_second(state: SessionState) -> None:
    driven = IN[state]()
    assert driven.session.next_tick(driven.now) == 0.25
