"""Logging in, and coming back after the connection was lost."""

from __future__ import annotations

import pytest
from driven import ENDPOINT, Driven, accepted, message, ready, refusal

from client.core.events import Ended, LoggedIn, Lost, Replied
from client.core.session import SessionState
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason, Receipt
from messages.replies import RoomState
from messages.requests import History, Join, Login, Send
from messages.version import PROTOCOL


class TestLoggingIn:
    def test_the_first_thing_said_on_a_connection_is_the_name(self) -> None:
        driven = Driven("alice")
        assert driven.tick() == []
        assert driven.connect() == Login(
            "r1", PROTOCOL, "alice", None, amendments=True, crowds=True, runs=True
        )

    def test_it_is_said_once(self) -> None:
        driven = Driven()
        driven.connect()
        assert driven.tick(5.0) == []

    def test_the_welcome_is_told_with_the_name_and_title_that_it_brings(self) -> None:
        driven = Driven()
        welcome = driven.welcome(driven.connect().id, name="alice~2", title="The Den")
        assert driven.told() == [LoggedIn(welcome, again=False, new_log=False, endpoint=ENDPOINT)]
        assert (driven.session.name, driven.session.title) == ("alice~2", "The Den")

    def test_a_welcome_to_another_login_is_none(self) -> None:
        driven = Driven()
        driven.connect()
        driven.welcome("another")
        assert driven.session.state is SessionState.LOGGING_IN
        assert driven.told() == []

    def test_a_refused_login_is_told_and_waits_for_another_name(self) -> None:
        driven = Driven()
        error = refusal(driven.connect().id, ErrorCode.PROTOCOL_UNSUPPORTED)
        driven.hear(error)
        assert driven.told() == [Ended(error)]
        assert driven.tick(60.0) == []
        driven.session.login("bob")
        assert driven.asked(Login)[0].name == "bob"

    def test_a_name_that_can_be_none_is_refused_at_once(self) -> None:
        driven = Driven()
        with pytest.raises(ValueError, match="begins with a letter"):
            driven.session.login("1alice")
        assert driven.connect().name == "alice"

    def test_why_it_is_not_let_in_now_is_known_until_it_is(self) -> None:
        driven = Driven()
        assert driven.session.login_error is None
        error = refusal(driven.connect().id, ErrorCode.UNAVAILABLE)
        driven.hear(error)
        assert driven.session.login_error == error
        assert driven.told() == []
        driven.welcome(driven.asked(Login, 0.6)[0].id)
        assert driven.session.login_error is None

    def test_a_name_in_use_is_tried_once_more_after_half_a_second_and_then_told(self) -> None:
        driven = Driven()
        driven.hear(refusal(driven.connect().id, ErrorCode.NAME_TAKEN))
        assert driven.told() == []
        assert driven.tick(0.4) == []
        (again,) = driven.asked(Login, 0.2)
        error = refusal(again.id, ErrorCode.NAME_TAKEN)
        driven.hear(error)
        assert driven.told() == [Ended(error)]
        assert driven.tick(5.0) == []

    def test_another_name_in_use_is_tried_twice_as_well(self) -> None:
        driven = Driven()
        driven.hear(refusal(driven.connect().id, ErrorCode.NAME_TAKEN))
        driven.session.login("bob")
        driven.hear(refusal(driven.asked(Login)[0].id, ErrorCode.NAME_TAKEN))
        assert driven.told() == []
        assert driven.asked(Login, 0.6)

    def test_what_may_go_away_is_tried_again_twice_a_second_until_it_has(self) -> None:
        driven = Driven()
        login = driven.connect()
        for _ in range(20):
            driven.hear(refusal(login.id, ErrorCode.UNAVAILABLE))
            assert driven.tick(0.4) == []
            (login,) = driven.asked(Login, 0.2)
        driven.welcome(login.id)
        assert [type(event) for event in driven.told()] == [LoggedIn]

    def test_another_name_while_a_login_is_on_its_way_takes_another_connection(self) -> None:
        driven = Driven()
        driven.connect()
        driven.session.login("bob")
        assert driven.session.wants_connection
        assert driven.connect().name == "bob"


class TestComingBack:
    def test_a_lost_connection_is_told_once_with_its_reason(self) -> None:
        driven = ready()
        driven.session.disconnected("cut")
        driven.session.disconnected("cut again")
        assert driven.told() == [Lost("cut")]

    def test_one_that_is_lost_before_the_welcome_is_not_told(self) -> None:
        driven = Driven()
        driven.connect()
        driven.session.disconnected("cut")
        assert driven.told() == []

    def test_the_session_is_taken_up_by_its_token_under_the_name_that_the_broker_gave(self) -> None:
        driven = Driven()
        driven.log_in(name="alice~2", session="secret")
        driven.session.disconnected("cut")
        assert driven.connect() == Login(
            "r2", PROTOCOL, "alice~2", "secret", amendments=True, crowds=True, runs=True
        )

    def test_without_a_token_the_number_that_the_broker_gave_cannot_be_asked_for(self) -> None:
        driven = Driven()
        driven.log_in(name="alice~2", session="")
        driven.session.disconnected("cut")
        assert driven.connect() == Login(
            "r2", PROTOCOL, "alice", None, amendments=True, crowds=True, runs=True
        )

    def test_a_name_that_is_none_is_not_taken_from_the_broker(self) -> None:
        driven = Driven()
        driven.log_in(name="\x1b[2J")
        assert driven.session.name == "alice"

    def test_the_welcome_back_says_so(self) -> None:
        driven = ready()
        driven.session.disconnected("cut")
        driven.told()
        welcome = driven.welcome(driven.connect().id, resumed=True)
        assert driven.told() == [LoggedIn(welcome, again=True, new_log=False, endpoint=ENDPOINT)]

    def test_another_epoch_says_that_the_log_is_another_one(self) -> None:
        driven = ready()
        driven.session.disconnected("cut")
        driven.told()
        welcome = driven.welcome(driven.connect().id, epoch="other")
        assert driven.told() == [LoggedIn(welcome, again=True, new_log=True, endpoint=ENDPOINT)]

    def test_another_epoch_says_how_many_of_ones_own_messages_it_has_lost(self) -> None:
        driven = ready(("#lobby", 0, 0), ("#dev", 0, 0))
        for seq, room in ((1, "#lobby"), (2, "#lobby"), (3, "#lobby"), (1, "#dev")):
            driven.session.send(room, "hello")
            (send,) = [request for request in driven.tick() if isinstance(request, Send)]
            driven.hear(accepted(send.id, seq, room))
        driven.session.disconnected("cut")
        driven.told()
        welcome = driven.welcome(driven.connect().id, ("#lobby", 1, 0), epoch="other")
        assert driven.told() == [LoggedIn(welcome, again=True, new_log=True, gone=3, endpoint=ENDPOINT)]
        assert driven.session.recent_sent(10) == []

    def test_in_the_same_epoch_nothing_is_gone(self) -> None:
        driven = ready()
        sent = driven.session.send("#lobby", "hello")
        driven.hear(accepted(driven.tick()[-1].id, 1))
        driven.session.disconnected("cut")
        driven.told()
        welcome = driven.welcome(driven.connect().id, ("#lobby", 1, 0))
        assert driven.told() == [LoggedIn(welcome, again=True, new_log=False, endpoint=ENDPOINT)]
        assert driven.session.recent_sent(10) == [sent]

    def test_in_another_epoch_seqs_begin_anew(self) -> None:
        driven = ready(("#lobby", 0, 0))
        sent = driven.session.send("#lobby", "hello")
        driven.hear(accepted(driven.tick()[0].id, 1), message(2))
        driven.session.disconnected("cut")
        driven.welcome(driven.connect().id, ("#lobby", 0, 0), epoch="other")
        driven.shown()
        driven.hear(message(1), Receipt("#lobby", 1, "bob"))
        assert driven.told() == [message(1), Receipt("#lobby", 1, "bob")]
        assert sent.state == "accepted"

    def test_in_the_same_epoch_what_was_shown_is_not_shown_again(self) -> None:
        driven = ready()
        driven.hear(message(1))
        driven.shown()
        driven.session.disconnected("cut")
        driven.welcome(driven.connect().id, ("#lobby", 2, 0))
        (history,) = [request for request in driven.tick() if isinstance(request, History)]
        assert history.after == 1

    def test_rooms_that_the_broker_has_forgotten_are_entered_before_anything_is_said_there(
        self,
    ) -> None:
        driven = ready(("#lobby", 0, 0), ("#dev", 3, 3), ("@bob", 1, 1))
        driven.session.disconnected("cut")
        driven.session.send("#dev", "hello")
        driven.welcome(driven.connect().id, ("#lobby", 0, 0), epoch="other")
        driven.told()
        join, send = driven.tick()
        assert join == Join(join.id, "#dev")
        assert isinstance(send, Send)
        driven.hear(RoomState(join.id, "#dev", "", 1, 0, 0))
        assert driven.told() == []
        assert driven.session.conversations == ["#lobby", "#dev"]

    def test_one_that_cannot_be_entered_again_is_told(self) -> None:
        driven = ready(("#lobby", 0, 0), ("#dev", 3, 3))
        driven.session.disconnected("cut")
        driven.welcome(driven.connect().id, ("#lobby", 0, 0), epoch="other")
        driven.told()
        (join,) = driven.asked(Join)
        error = refusal(join.id, ErrorCode.INTERNAL)
        driven.hear(error)
        assert driven.told() == [Replied(join, error)]

    def test_a_room_that_was_left_elsewhere_is_not_entered_again(self) -> None:
        driven = ready(("#lobby", 0, 0), ("#dev", 3, 3))
        driven.session.disconnected("cut")
        driven.welcome(driven.connect().id, ("#lobby", 0, 0), resumed=True)
        assert driven.tick() == []

    def test_a_client_that_the_broker_has_forgotten_logs_in_again_on_the_same_connection(self) -> None:
        driven = ready()
        driven.hear(Goodbye(GoodbyeReason.TIMED_OUT, "too long"))
        assert driven.asked(Login)[0].session == "token"
        assert not driven.session.wants_connection


class TestNotLoggedIn:
    def test_several_refusals_lead_to_one_login_and_everything_is_sent_once_more_in_order(
        self,
    ) -> None:
        driven = ready()
        for text in ("one", "two", "three"):
            driven.session.send("#lobby", text)
        sends = driven.asked(Send)
        driven.hear(*(refusal(send.id, ErrorCode.NOT_LOGGED_IN) for send in sends))
        (login,) = driven.asked(Login)
        assert login.session == "token"
        driven.welcome(login.id)
        assert driven.asked(Send) == sends
        assert driven.tick(1.0) == []

    def test_those_that_come_while_it_logs_in_change_nothing(self) -> None:
        driven = ready()
        driven.session.send("#lobby", "one")
        driven.session.send("#lobby", "two")
        one, two = driven.asked(Send)
        driven.hear(refusal(one.id, ErrorCode.NOT_LOGGED_IN))
        (login,) = driven.asked(Login)
        driven.hear(refusal(two.id, ErrorCode.NOT_LOGGED_IN))
        assert driven.tick() == []
        driven.welcome(login.id)
        assert driven.asked(Send) == [one, two]

    def test_what_was_going_to_be_said_is_said_after_the_login(self) -> None:
        driven = ready()
        driven.session.send("#lobby", "one")
        driven.session.tick(driven.now)
        driven.hear(refusal("another", ErrorCode.NOT_LOGGED_IN))
        (login,) = driven.asked(Login)
        driven.welcome(login.id)
        assert [send.text for send in driven.asked(Send)] == ["one"]
