"""Conversations as they are entered, left, renamed, and begun by another user of the same name."""

from __future__ import annotations

from driven import Driven, message, ready, refusal

from client.core.events import LoggedIn, Lost
from messages.errors import ErrorCode
from messages.events import System, SystemKind
from messages.replies import RoomState
from messages.requests import Confirm, History, Join


def confirms(driven: Driven, seconds: float = 0.0) -> list[tuple[str, int]]:
    """Return what is confirmed, and have the broker carry it out."""
    asked = driven.asked(Confirm, seconds)
    driven.done(*asked)
    return [(confirm.conversation, confirm.seq) for confirm in asked]


class TestConversations:
    def test_a_room_that_was_joined_from_another_device_begins_with_what_comes(self) -> None:
        driven = ready()
        driven.hear(message(7, "#dev"), message(8, "#dev"))
        assert driven.told() == [message(7, "#dev"), message(8, "#dev")]
        assert driven.tick() == []

    def test_a_direct_conversation_that_is_not_known_is_fetched_from_its_beginning(self) -> None:
        driven = ready()
        driven.hear(message(2, "@bob"))
        assert driven.told() == []
        assert driven.asked(History)[0].after == 0

    def test_a_room_that_was_entered_begins_where_the_user_is_in_it(self) -> None:
        driven = ready()
        driven.session.ask(Join, room="#dev")
        driven.hear(RoomState(driven.tick()[0].id, "#dev", "", 2, 7, 5), message(8, "#dev"))
        assert driven.asked(History)[0].after == 5

    def test_one_who_changes_their_name_is_the_same_conversation(self) -> None:
        driven = ready(("@bob", 4, 4))
        driven.hear(System(SystemKind.RENAMED, "bob", "", name="robert"), message(5, "@robert", "robert"))
        assert driven.shown()[1:] == [message(5, "@robert", "robert")]
        assert driven.session.conversations == ["@robert"]
        assert confirms(driven) == [("@robert", 5)]

    def test_what_came_under_the_old_name_and_is_shown_later_is_confirmed_under_the_new(self) -> None:
        driven = ready(("@bob", 4, 4))
        driven.hear(message(5, "@bob"), System(SystemKind.RENAMED, "bob", "", name="robert"))
        driven.shown()
        assert confirms(driven) == [("@robert", 5)]

    def test_what_was_asked_under_the_old_name_is_asked_again_under_the_new(self) -> None:
        driven = ready(("@bob", 4, 4))
        driven.hear(message(5, "@bob"))
        driven.shown()
        driven.hear(message(7, "@bob"))
        history, confirm = driven.tick()
        driven.hear(
            System(SystemKind.RENAMED, "bob", "", name="robert"),
            refusal(history.id, ErrorCode.NO_SUCH_USER),
            refusal(confirm.id, ErrorCode.NO_SUCH_USER),
        )
        again = driven.tick(0.6)
        assert [(type(request), getattr(request, "conversation", "")) for request in again] == [
            (History, "@robert"),
            (Confirm, "@robert"),
        ]

    def test_a_new_name_that_is_not_known_as_one_ends_what_is_known(self) -> None:
        driven = ready(("@bob", 4, 4))
        driven.hear(System(SystemKind.RENAMED, "bob", "", name="\x1b"))
        assert driven.session.conversations == []

    def test_ones_own_new_name_from_another_device_is_ones_name(self) -> None:
        driven = ready()
        driven.hear(System(SystemKind.RENAMED, "alice", "", name="ada"))
        assert driven.session.name == "ada"

    def test_a_name_that_is_borne_by_another_user_now_is_another_conversation(self) -> None:
        driven = ready(("@bob", 4, 4))
        driven.hear(System(SystemKind.JOINED, "bob", ""), message(1, "@bob"), message(2, "@bob"))
        assert driven.shown()[1:] == [message(1, "@bob"), message(2, "@bob")]
        assert confirms(driven) == [("@bob", 2)]

    def test_the_same_user_who_comes_back_goes_on_with_the_conversation(self) -> None:
        driven = ready(("@bob", 4, 4))
        joined = System(SystemKind.JOINED, "bob", "")
        driven.hear(joined, message(5, "@bob"), message(4, "@bob"), message(6, "@bob"))
        assert driven.told() == [joined, message(5, "@bob"), message(6, "@bob")]

    def test_a_log_that_is_shorter_than_what_was_shown_is_another_one(self) -> None:
        driven = ready(("@bob", 4, 4))
        driven.session.disconnected("cut")
        driven.welcome(driven.connect().id, ("@bob", 2, 1))
        assert driven.asked(History)[0].after == 1
        assert [type(event) for event in driven.told()] == [Lost, LoggedIn]


class TestPeople:
    def test_those_who_said_something_came_or_were_renamed_are_known(self) -> None:
        driven = ready()
        driven.hear(message(1), System(SystemKind.JOINED, "carol", ""), message(2, sender="alice"))
        driven.hear(
            System(SystemKind.RENAMED, "bob", "", name="robert"), System(SystemKind.LEFT, "carol", "")
        )
        assert driven.session.people == ["robert", "carol"]
