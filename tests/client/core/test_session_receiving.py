"""Receiving: in order, each message once, holes filled or named, confirmed when it was shown."""

from __future__ import annotations

import pytest
from driven import Driven, accepted, message, page, ready, refusal

from client.core.events import Missing, Replied
from messages.errors import ErrorCode
from messages.events import Lagged, Message, Position
from messages.replies import Clock, Done
from messages.requests import Confirm, History, Leave, Send, Time


def confirms(driven: Driven, seconds: float = 0.0) -> list[tuple[str, int]]:
    """Return what is confirmed, and have the broker carry it out."""
    asked = driven.asked(Confirm, seconds)
    driven.done(*asked)
    return [(confirm.conversation, confirm.seq) for confirm in asked]


class TestOrder:
    def test_messages_are_told_as_they_come(self) -> None:
        driven = ready()
        driven.hear(message(1), message(2))
        assert driven.told() == [message(1), message(2)]

    def test_a_message_that_comes_twice_is_told_once(self) -> None:
        driven = ready()
        driven.hear(message(1), message(1), message(2), message(1))
        assert driven.told() == [message(1), message(2)]

    def test_a_hole_is_fetched_and_what_is_behind_it_waits(self) -> None:
        driven = ready()
        driven.hear(message(1), message(4))
        assert driven.told() == [message(1)]
        (history,) = driven.asked(History)
        assert history == History(history.id, "#lobby", after=1, limit=100)
        assert driven.tick() == []
        driven.hear(page(history.id, 2, 3, 4))
        assert driven.told() == [message(2), message(3), message(4)]

    def test_a_message_of_ones_own_leaves_no_hole(self) -> None:
        driven = ready()
        driven.session.send("#lobby", "hello")
        (send,) = driven.asked(Send)
        driven.hear(message(1), accepted(send.id, 2), message(3))
        assert [event for event in driven.told() if isinstance(event, Message)] == [message(1), message(3)]
        assert driven.tick() == []

    def test_what_was_missed_before_the_login_is_fetched_page_by_page(self) -> None:
        driven = ready(("#lobby", 5, 1))
        (history,) = driven.asked(History)
        driven.hear(page(history.id, 2, 3, more=True))
        (history,) = driven.asked(History)
        assert history.after == 3
        driven.hear(page(history.id, 4, 5))
        assert driven.told() == [message(seq) for seq in (2, 3, 4, 5)]
        assert driven.tick() == []

    def test_what_the_broker_does_not_hold_any_more_is_named_where_it_was(self) -> None:
        driven = ready(("#lobby", 5, 1))
        driven.hear(page(driven.asked(History)[0].id, 4, 5))
        assert driven.told() == [Missing("#lobby", 2, 3), message(4), message(5)]

    def test_a_page_that_the_user_asked_for_is_a_reply_and_moves_nothing(self) -> None:
        driven = ready(("#lobby", 5, 5))
        driven.session.ask(History, conversation="#lobby", limit=2)
        (history,) = driven.asked(History)
        driven.hear(page(history.id, 4, 5))
        assert driven.told() == [Replied(history, page(history.id, 4, 5))]

    def test_a_broker_that_promises_more_and_has_nothing_is_not_asked_for_ever(self) -> None:
        driven = ready(("#lobby", 3, 0))
        driven.hear(page(driven.asked(History)[0].id, more=True))
        assert driven.told() == [Missing("#lobby", 1, 3)]
        assert confirms(driven) == [("#lobby", 3)]
        assert driven.tick(1.0) == []

    def test_conversations_of_a_kind_that_is_not_known_are_shown_as_they_come(self) -> None:
        driven = ready(("!later", 5, 1))
        driven.hear(message(9, "!later"))
        assert driven.shown() == [message(9, "!later")]
        assert driven.tick(1.0) == []


class TestConfirming:
    def test_a_message_is_confirmed_when_it_was_shown_and_not_before(self) -> None:
        driven = ready()
        driven.hear(message(1))
        (event,) = driven.told()
        assert driven.tick(1.0) == []
        driven.session.handed_over(event)
        assert confirms(driven) == [("#lobby", 1)]
        assert driven.tick(1.0) == []

    def test_many_are_confirmed_at_once_up_to_the_last_that_was_shown(self) -> None:
        driven = ready()
        driven.hear(*(message(seq) for seq in range(1, 8)))
        for event in driven.told()[:5]:
            driven.session.handed_over(event)
        assert confirms(driven) == [("#lobby", 5)]

    def test_there_are_at_most_four_rounds_a_second(self) -> None:
        driven = ready()
        rounds = 0
        for seq in range(1, 101):
            driven.hear(message(seq))
            driven.shown()
            rounds += len(confirms(driven, 0.01))
        assert 4 <= rounds <= 5

    def test_the_next_tick_is_when_the_next_round_is_due(self) -> None:
        driven = ready()
        driven.hear(message(1))
        driven.shown()
        assert driven.session.next_tick(driven.now) == 0.0
        confirms(driven)
        driven.hear(message(2))
        driven.shown()
        assert driven.session.next_tick(driven.now) == pytest.approx(0.25)

    def test_whether_all_is_confirmed_can_be_asked(self) -> None:
        driven = ready()
        driven.hear(message(1))
        driven.shown()
        assert not driven.session.all_confirmed
        confirms(driven)
        assert driven.session.all_confirmed

    def test_a_confirm_that_the_broker_could_not_store_is_made_again(self) -> None:
        driven = ready()
        driven.hear(message(1))
        driven.shown()
        (confirm,) = driven.asked(Confirm)
        driven.hear(refusal(confirm.id, ErrorCode.UNAVAILABLE))
        assert driven.told() == []
        assert confirms(driven, 0.3) == [("#lobby", 1)]

    def test_a_confirm_that_was_lost_with_the_connection_is_made_again(self) -> None:
        driven = ready()
        driven.hear(message(1))
        driven.shown()
        driven.asked(Confirm)
        driven.session.disconnected("cut")
        driven.welcome(driven.connect().id, ("#lobby", 1, 0))
        assert confirms(driven, 1.0) == [("#lobby", 1)]

    def test_a_confirm_that_is_refused_for_good_is_not(self) -> None:
        driven = ready()
        driven.hear(message(1))
        driven.shown()
        (confirm,) = driven.asked(Confirm)
        driven.hear(refusal(confirm.id, ErrorCode.SEQ_UNKNOWN))
        assert driven.told() == []
        assert driven.tick(1.0) == []

    def test_what_could_not_be_had_is_confirmed_with_what_came_after_it(self) -> None:
        driven = ready(("#lobby", 3, 0))
        driven.hear(page(driven.asked(History)[0].id, 3))
        driven.shown()
        assert confirms(driven) == [("#lobby", 3)]

    def test_who_does_not_listen_is_told_no_messages_whatever_holes_there_are(self) -> None:
        driven = ready(("#lobby", 0, 0), listen=False)
        driven.hear(*map(message, (1, 2, 5, 9)))
        assert driven.told() == []
        assert driven.tick(1.0) == []
        assert driven.session.all_confirmed

    def test_without_listening_nothing_is_fetched_and_nothing_confirmed(self) -> None:
        driven = ready(("#lobby", 9, 2), listen=False)
        driven.hear(message(12))
        driven.shown()
        assert driven.tick(1.0) == []
        assert driven.session.all_confirmed


class TestRefusedHistory:
    def test_what_the_broker_cannot_tell_now_is_asked_for_again_after_half_a_second(self) -> None:
        driven = ready(("#lobby", 1, 0))
        driven.hear(refusal(driven.asked(History)[0].id, ErrorCode.UNAVAILABLE))
        assert driven.tick(0.4) == []
        assert driven.session.next_tick(driven.now) == pytest.approx(0.1)
        driven.hear(page(driven.asked(History, 0.2)[0].id, 1))
        assert driven.told() == [message(1)]

    def test_what_the_broker_never_tells_is_named_and_what_is_behind_it_shown(self) -> None:
        driven = ready()
        driven.hear(message(1), message(4))
        driven.told()
        driven.hear(refusal(driven.asked(History)[0].id, ErrorCode.INTERNAL))
        assert driven.told() == [Missing("#lobby", 2, 3), message(4)]
        driven.hear(message(5))
        assert driven.told() == [message(5)]

    def test_a_room_that_was_left_elsewhere_is_forgotten_after_what_it_had(self) -> None:
        driven = ready(("#dev", 1, 1))
        driven.hear(message(3, "#dev"))
        driven.hear(refusal(driven.asked(History)[0].id, ErrorCode.NOT_IN_ROOM))
        assert driven.told() == [Missing("#dev", 2, 2), message(3, "#dev")]
        assert driven.session.conversations == []

    def test_a_room_that_was_left_here_while_its_history_was_fetched_names_nothing(self) -> None:
        driven = ready(("#dev", 3, 1))
        (history,) = driven.asked(History)
        driven.session.ask(Leave, room="#dev")
        driven.done(*driven.asked(Leave))
        driven.told()
        driven.hear(refusal(history.id, ErrorCode.NOT_IN_ROOM))
        assert driven.told() == []

    def test_of_a_user_whose_new_name_was_missed_nothing_is_called_missing(self) -> None:
        driven = ready(("@bob", 3, 1))
        driven.hear(refusal(driven.asked(History)[0].id, ErrorCode.NO_SUCH_USER))
        assert driven.told() == []
        assert driven.session.conversations == []


class TestLagging:
    def test_who_read_too_slowly_is_told_and_fetches_what_was_dropped(self) -> None:
        driven = ready(("#lobby", 1, 1))
        lagged = Lagged([Position("#lobby", 3, 1), Position("@carol", 1, 0)])
        driven.hear(lagged)
        assert driven.told() == [lagged]
        assert [(h.conversation, h.after) for h in driven.asked(History)] == [("#lobby", 1), ("@carol", 0)]

    def test_a_page_that_was_dropped_is_asked_for_again(self) -> None:
        driven = ready(("#lobby", 3, 1))
        driven.asked(History)
        driven.hear(Lagged([Position("#lobby", 3, 1)]))
        driven.told()
        (history,) = driven.asked(History)
        driven.hear(page(history.id, 2, 3))
        assert driven.told() == [message(2), message(3)]

    def test_a_page_that_was_not_dropped_after_all_does_no_harm(self) -> None:
        driven = ready(("#lobby", 3, 1))
        (early,) = driven.asked(History)
        driven.hear(Lagged([Position("#lobby", 3, 1)]), page(early.id, 2, 3))
        driven.told()
        (history,) = driven.asked(History)
        driven.hear(page(history.id, 2, 3))
        assert driven.told() == [message(2), message(3)]


def test_replies_to_what_the_session_asks_by_itself_are_not_told() -> None:
    driven = ready(("#lobby", 1, 0))
    (history,) = driven.asked(History)
    driven.hear(page(history.id, 1))
    driven.shown()
    confirms(driven)
    driven.session.ask(Time)
    (time,) = driven.asked(Time, 1.0)
    driven.hear(Clock(time.id, 1), Done("unknown"))
    assert driven.told() == [Replied(time, Clock(time.id, 1))]
