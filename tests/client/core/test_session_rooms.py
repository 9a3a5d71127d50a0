"""At a login, and after lagging, a client learns which rooms it is in no longer."""

import pytest
from driven import Driven, ready, refusal

from client.core.events import LoggedIn, Removed
from messages.errors import ErrorCode
from messages.events import Lagged, Position, Positions
from messages.requests import Join, Leave

LOBBY, TEA, DEV = ("#lobby", 0, 0), ("#tea", 5, 5), ("#dev", 3, 3)
GONE = Removed("#tea", while_away=True)


@pytest.fixture
def driven() -> Driven:
    return ready(LOBBY, TEA, DEV, ("@bob", 2, 2))


def back(driven: Driven, *positions: tuple[str, int, int], **fields: bool) -> list[object]:
    """Lose the connection and resume the session. Return the events of that."""
    driven.session.disconnected("cut")
    driven.told()
    fields.setdefault("resumed", True)
    driven.welcome(driven.connect().id, *positions, **fields)
    return list(driven.told())


def positions(*given: tuple[str, int, int]) -> list[Position]:
    return [Position(*one) for one in given]


def test_a_room_that_is_missing_when_a_session_is_resumed_is_forgotten_and_told(driven: Driven) -> None:
    welcomed, told = back(driven, LOBBY, DEV)
    assert isinstance(welcomed, LoggedIn)
    assert told == GONE
    assert driven.session.conversations == ["#lobby", "#dev", "@bob"]
    assert [type(event) for event in back(driven, LOBBY, DEV)] == [LoggedIn]


def test_rooms_in_later_pages_are_not_missing(driven: Driven) -> None:
    assert [type(event) for event in back(driven, LOBBY, more=True)] == [LoggedIn]
    driven.hear(Positions(positions(("@bob", 2, 2)), more=True))
    assert [type(event) for event in driven.told()] == [Positions]
    driven.hear(Positions(positions(DEV)))
    assert driven.told()[1:] == [GONE]


def test_a_page_that_was_not_followed_by_the_others_does_not_count(driven: Driven) -> None:
    back(driven, LOBBY, TEA, more=True)
    assert back(driven, LOBBY, DEV)[1:] == [GONE]


def test_of_an_earlier_broker_that_does_not_announce_pages_the_first_is_believed(driven: Driven) -> None:
    assert back(driven, LOBBY, DEV, TEA)[1:] == []
    driven.hear(Positions(positions(("@carol", 1, 1))))
    assert [type(event) for event in driven.told()] == [Positions]


def test_after_lagging_it_is_the_same(driven: Driven) -> None:
    driven.hear(Lagged(positions(LOBBY), more=True))
    assert [type(event) for event in driven.told()] == [Lagged]
    driven.hear(Lagged(positions(DEV)))
    assert driven.told()[1:] == [GONE]


def test_a_room_that_is_being_left_or_joined_again_is_told_by_the_answer(driven: Driven) -> None:
    driven.session.ask(Leave, room="#TEA")
    assert back(driven, LOBBY, DEV)[1:] == []
    (leave,) = driven.asked(Leave)
    driven.hear(refusal(leave.id, ErrorCode.NOT_IN_ROOM))
    driven.told()
    assert back(driven, LOBBY, resumed=False)[1:] == []  # the broker has forgotten it, so it joins #dev again
    assert [join.room for join in driven.asked(Join)] == ["#dev"]
