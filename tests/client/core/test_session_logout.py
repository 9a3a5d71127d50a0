"""Logging out, logging in as somebody else, and being told to go."""

from __future__ import annotations

import pytest
from driven import ENDPOINT, Driven, accepted, message, ready, refusal

from client.core.events import Ended, LoggedIn, LoggedOut, Replied, SendAccepted, SendDelivered, SendFailed
from messages.errors import ErrorCode
from messages.events import Goodbye, GoodbyeReason, Receipt
from messages.replies import Done
from messages.requests import Confirm, History, Login, Logout, Nick, Send


class TestGoodbye:
    @pytest.mark.parametrize("reason", [GoodbyeReason.REPLACED, GoodbyeReason.PROTOCOL_ERROR])
    def test_one_who_is_put_out_does_not_come_back_by_itself(self, reason: GoodbyeReason) -> None:
        driven = ready()
        goodbye = Goodbye(reason, "go")
        driven.hear(goodbye)
        assert driven.told() == [goodbye, Ended(goodbye)]
        assert driven.tick(60.0) == []
        driven.session.login("alice")
        assert driven.asked(Login)

    def test_a_broker_that_shuts_down_is_awaited(self) -> None:
        driven = ready()
        goodbye = Goodbye(GoodbyeReason.SHUTTING_DOWN, "closing")
        driven.hear(goodbye)
        assert driven.told() == [goodbye]
        driven.session.disconnected("cut")
        assert driven.connect().session == "token"


class TestLoggingOut:
    def test_the_broker_is_told_and_its_answer_ends_the_session(self) -> None:
        driven = ready()
        driven.session.logout()
        driven.done(*driven.asked(Logout))
        assert driven.told() == [LoggedOut()]
        assert driven.tick(60.0) == []

    def test_what_was_shown_is_confirmed_before(self) -> None:
        driven = ready()
        driven.hear(message(1))
        driven.shown()
        driven.asked(Confirm)
        driven.hear(message(2), message(3))
        driven.session.handed_over(driven.told()[0])
        driven.session.logout()
        confirm, logout = driven.tick()
        assert confirm == Confirm(confirm.id, "#lobby", 2)
        assert isinstance(logout, Logout)
        driven.done(confirm, logout)
        assert [type(event) for event in driven.told()] == [LoggedOut]

    def test_who_logs_in_again_is_a_newcomer(self) -> None:
        driven = ready(("#lobby", 5, 5))
        driven.session.logout()
        driven.done(*driven.asked(Logout))
        driven.session.login("bob")
        (login,) = driven.asked(Login)
        assert login.session is None
        driven.told()
        welcome = driven.welcome(login.id, ("#lobby", 7, 2))
        assert driven.told() == [LoggedIn(welcome, again=False, new_log=False, endpoint=ENDPOINT)]
        assert driven.asked(History)[0].after == 2

    def test_another_name_logs_out_first_and_then_in(self) -> None:
        driven = ready()
        driven.session.login("bob")
        driven.done(*driven.asked(Logout))
        assert [event for event in driven.told() if isinstance(event, LoggedOut)]
        (login,) = driven.asked(Login)
        assert (login.name, login.session) == ("bob", None)

    def test_what_was_typed_under_one_name_is_never_sent_under_another(self) -> None:
        driven = ready()
        driven.session.disconnected("cut")
        sent = driven.session.send("#lobby", "I am alice")
        driven.session.ask(Nick, name="ada")
        driven.told()
        driven.session.login("bob")
        login = driven.connect()
        failed, replied = driven.told()
        assert isinstance(failed, SendFailed)
        assert failed.sent is sent
        assert sent.state == "not sent: you are another user now"
        assert isinstance(replied, Replied)
        assert isinstance(replied.request, Nick)
        driven.session.send("#lobby", "I am bob")
        driven.welcome(login.id)
        assert [send.text for send in driven.asked(Send)] == ["I am bob"]

    def test_what_can_still_be_sent_under_the_first_name_is(self) -> None:
        driven = ready()
        driven.session.send("#lobby", "I am alice")
        driven.session.login("bob")
        send, logout = driven.tick()
        assert isinstance(send, Send)
        driven.hear(accepted(send.id, 1), Done(logout.id))
        assert driven.asked(Login)[0].name == "bob"
        assert [type(event) for event in driven.told()] == [SendAccepted, LoggedOut]

    def test_what_was_typed_before_a_name_was_refused_is_not_sent_under_the_next(self) -> None:
        driven = Driven()
        sent = driven.session.send("#lobby", "I am alice")
        driven.hear(refusal(driven.connect().id, ErrorCode.PROTOCOL_UNSUPPORTED))
        driven.session.login("bob")
        driven.welcome(driven.asked(Login)[0].id)
        assert driven.asked(Send) == []
        assert sent.state == "not sent: you are another user now"

    def test_another_name_knows_nothing_of_the_conversations_of_the_first(self) -> None:
        driven = ready(("@carol", 5, 5))
        driven.session.disconnected("cut")
        driven.session.login("bob")
        driven.welcome(driven.connect().id, ("#lobby", 0, 0))
        driven.told()
        assert driven.session.conversations == ["#lobby"]
        driven.hear(message(1, "@carol", "carol"))
        assert driven.told() == [message(1, "@carol", "carol")]

    def test_the_same_name_after_a_refusal_goes_on_where_it_was(self) -> None:
        driven = ready(("#lobby", 5, 5))
        driven.session.disconnected("cut")
        driven.hear(refusal(driven.connect().id, ErrorCode.INTERNAL))
        driven.session.login("alice")
        (login,) = driven.asked(Login)
        assert login.session == "token"
        driven.told()
        driven.welcome(login.id, ("#lobby", 7, 5))
        assert driven.asked(History)[0].after == 5

    def test_a_connection_that_is_lost_meanwhile_ends_the_session_too(self) -> None:
        driven = ready()
        driven.session.logout()
        driven.session.disconnected("cut")
        assert driven.told() == [LoggedOut()]
        driven.session.connected(driven.now, ENDPOINT)
        assert driven.tick(5.0) == []

    def test_a_logout_that_the_broker_does_not_carry_out_ends_the_session_and_the_connection(self) -> None:
        driven = ready()
        driven.session.logout()
        (logout,) = driven.asked(Logout)
        driven.hear(refusal(logout.id, ErrorCode.UNAVAILABLE))
        assert driven.told() == [LoggedOut()]
        assert driven.session.wants_connection

    def test_the_logout_of_a_session_that_the_broker_has_forgotten_is_done(self) -> None:
        driven = ready()
        driven.session.logout()
        (logout,) = driven.asked(Logout)
        driven.hear(refusal(logout.id, ErrorCode.NOT_LOGGED_IN))
        assert driven.told() == [LoggedOut()]
        assert not driven.session.wants_connection

    def test_a_logout_before_the_welcome_is_said_after_it(self) -> None:
        driven = Driven()
        login = driven.connect()
        driven.session.logout()
        assert driven.tick() == []
        driven.welcome(login.id)
        assert driven.asked(Logout)

    def test_who_is_offline_and_logs_out_does_not_come_back(self) -> None:
        driven = ready()
        driven.session.disconnected("cut")
        driven.session.logout()
        driven.session.connected(driven.now, ENDPOINT)
        assert driven.tick(5.0) == []

    def test_what_was_accepted_before_is_nothing_that_the_next_name_learns_receipts_of(self) -> None:
        driven = ready()
        driven.session.send("@carol", "from alice")
        driven.hear(accepted(driven.tick()[0].id, 1, "@carol"))
        driven.session.login("bob")
        driven.done(*driven.tick())
        driven.welcome(driven.asked(Login)[0].id)
        driven.told()
        driven.hear(Receipt("@carol", 3, "carol"))
        assert not [event for event in driven.told() if isinstance(event, SendDelivered)]

    def test_what_is_on_its_way_while_logging_out_is_still_accepted(self) -> None:
        driven = ready()
        sent = driven.session.send("#lobby", "last words")
        (send,) = driven.asked(Send)
        driven.session.logout()
        (logout,) = driven.asked(Logout)
        driven.hear(accepted(send.id, 1), Done(logout.id))
        assert sent.accepted
        assert [type(event) for event in driven.told()] == [SendAccepted, LoggedOut]
