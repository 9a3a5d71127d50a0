"""Reading: what a person has read is told with the next confirm, and what is unread is learnt at login."""

from __future__ import annotations

from driven import Driven, message, page, ready, refusal

from client.core.events import EarlierDelivered
from messages.errors import ErrorCode
from messages.events import Position, Positions, Receipt, System, SystemKind
from messages.replies import RoomState
from messages.requests import Confirm, History, Topic


def showing(*seqs: int) -> Driven:
    """Return a client that has shown messages of the lobby and confirmed them."""
    driven = ready()
    driven.hear(*map(message, seqs))
    driven.shown()
    driven.done(*driven.asked(Confirm, 0.3))
    return driven


def test_what_was_shown_is_confirmed_and_not_taken_as_read() -> None:
    driven = ready()
    driven.hear(message(1))
    driven.shown()
    assert [(confirm.seq, confirm.read) for confirm in driven.asked(Confirm, 0.3)] == [(1, None)]


def test_what_was_read_before_it_is_confirmed_is_told_with_that() -> None:
    driven = ready()
    driven.hear(message(1), message(2))
    driven.shown()
    driven.session.read("#lobby", 1)
    assert [(confirm.seq, confirm.read) for confirm in driven.asked(Confirm, 0.3)] == [(2, 1)]


def test_what_is_read_later_is_told_alone_and_once() -> None:
    driven = showing(1, 2)
    driven.session.read("#lobby", 2)
    assert not driven.session.all_confirmed
    confirms = driven.asked(Confirm, 0.3)
    assert [(confirm.conversation, confirm.seq, confirm.read) for confirm in confirms] == [("#lobby", 2, 2)]
    driven.done(*confirms)
    driven.session.read("#lobby", 2)
    driven.session.read("#lobby", 1)
    assert driven.session.all_confirmed
    assert driven.tick(0.3) == []


def test_reading_asks_for_a_tick_soon() -> None:
    driven = showing(1)
    assert driven.session.next_tick(driven.now) > 1.0
    driven.session.read("#lobby", 1)
    assert driven.session.next_tick(driven.now) <= 0.25


def test_what_was_not_shown_cannot_have_been_read() -> None:
    driven = showing(1)
    driven.hear(message(2))
    driven.told()
    driven.session.read("#lobby", 2)
    assert [confirm.read for confirm in driven.asked(Confirm, 0.3)] == [1]


def test_nor_can_a_conversation_that_is_not_known() -> None:
    driven = ready()
    driven.session.read("@bob", 7)
    assert driven.tick(0.3) == []


def test_what_the_broker_could_not_store_is_told_again() -> None:
    driven = showing(1)
    driven.session.read("#lobby", 1)
    (confirm,) = driven.asked(Confirm, 0.3)
    driven.hear(refusal(confirm.id, ErrorCode.UNAVAILABLE))
    assert [again.read for again in driven.asked(Confirm, 0.3)] == [1]


def test_what_got_lost_with_the_connection_is_told_again() -> None:
    driven = showing(1)
    driven.session.read("#lobby", 1)
    driven.asked(Confirm, 0.3)
    driven.session.disconnected("cut")
    driven.welcome(driven.connect().id, ("#lobby", 1, 1))
    assert [again.read for again in driven.asked(Confirm, 0.3)] == [1]


def test_what_another_device_has_read_is_not_told_again() -> None:
    driven = showing(1)
    driven.session.ask(Topic, room="#lobby")
    (topic,) = driven.tick()
    driven.hear(RoomState(topic.id, "#lobby", "", 2, 1, 1, 1))
    driven.session.read("#lobby", 1)
    assert driven.tick(0.3) == []


def test_what_was_read_last_is_told_before_logging_out() -> None:
    driven = showing(1)
    driven.session.read("#lobby", 1)
    driven.session.logout()
    confirm, _logout = driven.tick()
    assert isinstance(confirm, Confirm)
    assert confirm.read == 1


def test_who_does_not_listen_reads_nothing() -> None:
    driven = ready(listen=False)
    driven.hear(message(1))
    driven.session.read("#lobby", 1)
    assert driven.tick(0.3) == []


def test_positions_extend_the_welcome() -> None:
    driven = ready(("#lobby", 0, 0))
    positions = Positions([Position("#dev", 5, 3), Position("@bob", 2, 2)])
    driven.hear(positions)
    assert driven.told() == [positions]
    assert driven.session.conversations == ["#lobby", "#dev", "@bob"]
    (fetch,) = driven.asked(History)
    assert (fetch.conversation, fetch.after) == ("#dev", 3)


def test_news_of_what_was_sent_before_a_restart_are_told_behind_the_receipt() -> None:
    driven = ready(("@bob", 7, 7))
    receipt = Receipt("@bob", 7, "bob", read=4)
    driven.hear(receipt, receipt)
    assert driven.told() == [receipt, EarlierDelivered("bob", 7, 4), receipt]


class TestOnly:
    """A session that is for one conversation."""

    def test_others_are_neither_fetched_nor_told_nor_confirmed(self) -> None:
        driven = ready(("#lobby", 9, 2), ("#dev", 5, 3), only="#DEV")
        assert [fetch.conversation for fetch in driven.asked(History)] == ["#dev"]
        driven.hear(message(10), message(1, "@eve"), message(3, "#new"))
        assert driven.shown() == []
        assert driven.session.conversations == ["#dev"]
        assert driven.tick(0.3) == []

    def test_its_own_is_as_ever(self) -> None:
        driven = ready(("#dev", 5, 4), only="#dev")
        (fetch,) = driven.asked(History)
        driven.hear(page(fetch.id, 5, conversation="#dev"), message(6, "#dev"))
        assert driven.shown() == [message(5, "#dev"), message(6, "#dev")]
        assert [confirm.seq for confirm in driven.asked(Confirm, 0.3)] == [6]

    def test_it_follows_a_user_to_another_name(self) -> None:
        driven = ready(("@bob", 0, 0), only="@bob")
        driven.hear(System(SystemKind.RENAMED, "bob", "", name="robert"))
        driven.hear(message(1, "@robert"), message(1, "@bob"))
        assert message(1, "@robert") in driven.told()
        assert driven.session.conversations == ["@robert"]
