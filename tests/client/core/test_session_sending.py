"""Sending: kept until it is accepted, sent again until it is answered, and told how far it has got."""

from __future__ import annotations

import pytest
from driven import Driven, accepted, message, page, ready, refusal

from client.core.events import Outage, Replied, SendAccepted, SendDelivered, SendFailed
from messages.errors import ErrorCode
from messages.events import Game, Receipt, System, SystemKind
from messages.game import GameKind
from messages.replies import Clock, Counted, Done, Error, OwnProfile, RoomState
from messages.requests import Confirm, Count, Join, Leave, Login, Nick, Send, Time, Whoami


def send_one(driven: Driven, to: str = "#lobby") -> Send:
    driven.session.send(to, "hello")
    (send,) = driven.asked(Send)
    return send


class TestSending:
    def test_a_message_is_sent_with_an_id_of_its_own(self) -> None:
        driven = ready()
        driven.session.send("#lobby", "hello")
        driven.session.send("@bob", "hello")
        assert driven.asked(Send) == [Send("r2", "#lobby", "hello"), Send("r3", "@bob", "hello")]

    @pytest.mark.parametrize(("to", "text"), [("lobby", "hello"), ("#lobby", " "), ("#lobby", "\x1b[2J")])
    def test_what_cannot_be_sent_is_refused_at_once_and_forgotten(self, to: str, text: str) -> None:
        driven = ready()
        with pytest.raises(ValueError, match=r"`to`|`text`"):
            driven.session.send(to, text)
        assert driven.tick() == []
        assert (driven.session.unanswered, driven.session.unaccepted) == (0, [])

    def test_an_accepted_message_knows_its_place_and_for_how_many_it_is(self) -> None:
        driven = ready()
        sent = driven.session.send("#LOBBY", "hello")
        reply = accepted(driven.tick()[0].id, 1, "#lobby", recipients=3)
        driven.hear(reply)
        assert driven.told() == [SendAccepted(sent, reply)]
        assert (sent.conversation, sent.seq, sent.recipients) == ("#lobby", 1, 3)

    def test_it_is_told_as_accepted_once(self) -> None:
        driven = ready()
        reply = accepted(send_one(driven).id, 1)
        driven.hear(reply, reply)
        assert len(driven.told()) == 1

    def test_until_it_is_answered_it_counts_as_unanswered(self) -> None:
        driven = ready()
        sent = driven.session.send("#lobby", "hello")
        assert (driven.session.unanswered, driven.session.unaccepted) == (1, [sent])
        driven.hear(accepted(driven.tick()[0].id, 1))
        assert (driven.session.unanswered, driven.session.unaccepted) == (0, [])

    def test_what_is_refused_for_good_is_told_with_its_reason(self) -> None:
        driven = ready()
        sent = driven.session.send("#nowhere", "hello")
        error = refusal(driven.tick()[0].id, ErrorCode.NO_SUCH_ROOM)
        driven.hear(error)
        assert driven.told() == [SendFailed(sent)]
        assert sent.error is error
        assert (driven.session.unanswered, driven.session.unaccepted) == (0, [])

    def test_what_the_broker_could_not_store_is_sent_again_after_half_a_second(self) -> None:
        driven = ready()
        send = send_one(driven)
        driven.hear(refusal(send.id, ErrorCode.UNAVAILABLE))
        assert driven.tick(0.4) == []
        assert driven.asked(Send, 0.2) == [send]

    def test_that_it_could_not_is_told_once_and_so_is_that_it_can_again(self) -> None:
        driven = ready()
        first, second = driven.session.send("#lobby", "one"), driven.session.send("#lobby", "two")
        for _ in range(3):
            driven.hear(*(refusal(send.id, ErrorCode.UNAVAILABLE) for send in driven.asked(Send, 0.6)))
        assert driven.told() == [Outage(over=False)]
        driven.hear(*(accepted(send.id, seq) for seq, send in enumerate(driven.asked(Send, 0.6), 1)))
        over, *others = driven.told()
        assert over == Outage(over=True)
        assert [event.sent for event in others if isinstance(event, SendAccepted)] == [first, second]

    def test_the_next_outage_is_told_again(self) -> None:
        driven = ready(listen=False)
        for seq in (1, 2):
            driven.session.send("#lobby", "hello")
            driven.hear(refusal(driven.asked(Send, 0.6)[0].id, ErrorCode.UNAVAILABLE))
            assert driven.told() == [Outage(over=False)]
            driven.hear(accepted(driven.asked(Send, 0.6)[0].id, seq))
            driven.told()

    def test_an_answer_that_no_message_can_have_changes_nothing(self) -> None:
        driven = ready()
        send = send_one(driven)
        driven.hear(Done(send.id))
        assert driven.told() == []
        assert len(driven.session.unaccepted) == driven.session.unanswered == 1

    def test_a_message_without_an_answer_is_sent_again_after_ten_seconds_with_the_same_id(self) -> None:
        driven = ready()
        send = send_one(driven)
        assert driven.tick(9.9) == []
        assert driven.asked(Send, 0.2) == [send]

    def test_the_last_messages_are_remembered_accepted_or_not(self) -> None:
        driven = ready()
        sent = [driven.session.send("#lobby", f"text {number}") for number in range(5)]
        requests = driven.asked(Send)
        driven.hear(*(accepted(send.id, seq) for seq, send in enumerate(requests[:3], 1)))
        assert driven.session.recent_sent(10) == sent
        assert driven.session.recent_sent(3) == sent[2:]


class TestOffline:
    def test_what_is_said_offline_is_sent_in_order_after_the_welcome(self) -> None:
        driven = Driven()
        for number in range(3):
            driven.session.send("#lobby", f"text {number}")
        driven.session.ask(Time)
        login = driven.connect()
        assert driven.tick() == []
        driven.welcome(login.id)
        requests = driven.tick()
        assert [type(request) for request in requests] == [Send, Send, Send, Time]
        assert [request.text for request in requests if isinstance(request, Send)] == [
            "text 0",
            "text 1",
            "text 2",
        ]

    def test_what_was_not_answered_is_sent_again_before_what_is_new(self) -> None:
        driven = ready()
        first = send_one(driven)
        driven.session.disconnected("cut")
        driven.session.send("#lobby", "second")
        driven.welcome(driven.connect().id)
        sends = driven.asked(Send)
        assert sends[0] == first
        assert sends[1].text == "second"

    def test_what_waits_for_a_user_whose_name_has_another_key_by_then_is_not_said(self) -> None:
        driven = ready()
        driven.session.disconnected("cut")
        driven.session.send("@Bob", "psst")
        driven.session.send("@carol", "hello")
        driven.told()
        driven.welcome(driven.connect().id)
        driven.hear(System(SystemKind.NEW_KEY, "bob", "bob has another key"))
        assert [send.to for send in driven.asked(Send)] == ["@carol"]
        failed = [event for event in driven.told() if isinstance(event, SendFailed)]
        assert [event.sent.request.text for event in failed] == ["psst"]
        assert "another key" in failed[0].sent.state

    def test_what_was_about_to_be_said_when_the_connection_went_is_said_once_on_the_next(self) -> None:
        driven = ready()
        driven.session.send("#lobby", "hello")
        driven.session.tick(driven.now)
        driven.session.disconnected("cut")
        driven.welcome(driven.connect().id)
        assert [type(request) for request in driven.tick()] == [Send]

    def test_a_message_that_was_accepted_before_the_connection_went_is_not_shown_as_anothers(self) -> None:
        driven = ready(("#lobby", 0, 0))
        send = send_one(driven)
        driven.session.disconnected("cut")
        driven.told()
        driven.welcome(driven.connect().id, ("#lobby", 1, 0))
        again, history = driven.tick()
        assert again == send
        driven.hear(refusal(send.id, ErrorCode.UNAVAILABLE))
        driven.told()
        own = message(1, sender="alice", id=send.id)
        driven.hear(page(history.id, own))
        assert driven.told() == []
        driven.hear(accepted(send.id, 1))
        assert [type(event) for event in driven.told()] == [Outage, SendAccepted]

    @pytest.mark.parametrize("sender", ["alice", "ada"])
    def test_nor_if_one_bears_another_name_by_now(self, sender: str) -> None:
        driven = ready(("#lobby", 0, 0))
        send = send_one(driven)
        driven.session.disconnected("cut")
        driven.welcome(driven.connect().id, ("#lobby", 1, 0), name="ada")
        driven.told()
        _again, history = driven.tick()
        driven.hear(page(history.id, message(1, sender=sender, id=send.id)))
        assert driven.told() == []
        driven.hear(accepted(send.id, 1))
        assert [type(event) for event in driven.told()] == [SendAccepted]

    def test_the_same_id_of_another_sender_is_anothers_message(self) -> None:
        driven = ready(("#lobby", 0, 0))
        send = send_one(driven)
        driven.session.disconnected("cut")
        driven.told()
        driven.welcome(driven.connect().id, ("#lobby", 1, 0))
        driven.told()
        _again, history = driven.tick()
        copied = message(1, sender="mallory", id=send.id)
        driven.hear(page(history.id, copied))
        assert driven.told() == [copied]


class TestReceipts:
    def test_a_receipt_is_told_with_the_messages_that_it_is_for(self) -> None:
        driven = ready()
        sent = driven.session.send("#lobby", "hello")
        driven.hear(accepted(driven.tick()[0].id, 4))
        driven.told()
        receipt = Receipt("#lobby", 4, "bob")
        driven.hear(receipt)
        assert driven.told() == [receipt, SendDelivered([sent])]
        assert sent.state == "delivered to 1 of 1"

    def test_one_that_tells_nothing_new_is_told_alone(self) -> None:
        driven = ready()
        receipt = Receipt("#lobby", 4, "bob")
        driven.hear(receipt)
        assert driven.told() == [receipt]

    def test_one_that_comes_before_the_message_is_known_as_accepted_counts(self) -> None:
        driven = ready()
        sent = driven.session.send("#lobby", "hello")
        (send,) = driven.asked(Send)
        driven.hear(Receipt("#lobby", 9, "bob"))
        driven.told()
        reply = accepted(send.id, 8)
        driven.hear(reply)
        assert driven.told() == [SendAccepted(sent, reply), SendDelivered([sent])]

    def test_who_joins_a_room_later_has_not_got_what_was_said_before(self) -> None:
        driven = ready()
        driven.hear(accepted(send_one(driven).id, 1))
        driven.told()
        receipt = Receipt("#lobby", 1, "carol", after=1)
        driven.hear(receipt)
        assert driven.told() == [receipt]


class TestAsking:
    def test_a_reply_is_told_with_its_request(self) -> None:
        driven = ready()
        assert driven.session.ask(Count, room="#lobby") == "r2"
        driven.tick()
        driven.hear(Counted("r2", 3, "#lobby"))
        assert driven.told() == [Replied(Count("r2", "#lobby"), Counted("r2", 3, "#lobby"))]

    def test_so_is_a_refusal_even_one_that_may_go_away(self) -> None:
        driven = ready()
        driven.session.ask(Join, room="#dev")
        driven.tick()
        error = refusal("r2", ErrorCode.UNAVAILABLE)
        driven.hear(error)
        assert driven.told() == [Replied(Join("r2", "#dev"), error)]

    def test_a_field_that_is_wrong_is_refused_at_once(self) -> None:
        driven = ready()
        with pytest.raises(ValueError, match="`room`"):
            driven.session.ask(Join, room="dev")
        assert driven.session.unanswered == 0

    @pytest.mark.parametrize(
        "reply", [Counted("r9", 3), Error(None, ErrorCode.MALFORMED, "what?", False), accepted("r9", 7)]
    )
    def test_a_reply_to_nothing_that_was_asked_is_not_told(self, reply: Counted | Error) -> None:
        driven = ready()
        driven.hear(reply)
        assert driven.told() == []

    def test_a_message_may_be_sent_as_a_plain_request(self) -> None:
        driven = ready()
        driven.session.ask(Send, to="#lobby", text="hello")
        driven.tick()
        driven.hear(accepted("r2", 1))
        assert driven.told() == [Replied(Send("r2", "#lobby", "hello"), accepted("r2", 1))]

    def test_what_the_broker_calls_one_is_ones_name_from_then_on(self) -> None:
        driven = ready()
        for kind, name in ((Nick, "ada"), (Whoami, "ada~2")):
            driven.session.ask(kind, **({"name": name} if kind is Nick else {}))
            (asked,) = driven.tick()
            driven.hear(OwnProfile(asked.id, name, "127.0.0.1", 1, 1, ["#lobby"]))
            assert driven.session.name == name

    def test_an_answer_that_comes_a_second_time_still_tells_the_name(self) -> None:
        driven = ready()
        driven.hear(OwnProfile("answered before", "ada", "127.0.0.1", 1, 1, ["#lobby"]))
        assert driven.session.name == "ada"
        assert driven.told() == []

    def test_a_room_that_was_entered_is_known_and_one_that_was_left_is_not(self) -> None:
        driven = ready()
        driven.session.ask(Join, room="#dev")
        driven.hear(RoomState(driven.tick()[0].id, "#dev", "", 2, 7, 7))
        assert driven.session.conversations == ["#lobby", "#dev"]
        driven.session.ask(Leave, room="#Dev")
        driven.done(*driven.asked(Leave))
        assert driven.session.conversations == ["#lobby"]

    def test_a_room_that_one_was_not_in_is_left_all_the_same(self) -> None:
        driven = ready(("#dev", 1, 1))
        driven.session.ask(Leave, room="#dev")
        driven.hear(refusal(driven.tick()[0].id, ErrorCode.NOT_IN_ROOM))
        assert driven.session.conversations == []

    def test_the_lobby_stays(self) -> None:
        driven = ready()
        driven.session.ask(Leave, room="#lobby")
        driven.hear(refusal(driven.tick()[0].id, ErrorCode.LOBBY_PROTECTED))
        assert driven.session.conversations == ["#lobby"]

    def test_a_game_is_told(self) -> None:
        driven = ready()
        game = Game(GameKind.CHALLENGED, "bob", 30)
        driven.hear(game)
        assert driven.told() == [game]

    def test_nothing_is_said_before_its_turn(self) -> None:
        driven = Driven()
        driven.session.ask(Time)
        assert isinstance(driven.connect(), Login)
        driven.welcome("r2")
        (time,) = driven.asked(Time)
        driven.hear(Clock(time.id, 1))
        assert driven.tick() == []
        assert not [request for request in driven.tick(1.0) if isinstance(request, Confirm)]
