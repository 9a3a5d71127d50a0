from __future__ import annotations

from itertools import count

import pytest
from driven import message, page, refusal

from client.core.events import Missing
from client.core.options import Listening
from client.core.receiving.inbox import Inbox
from client.core.receiving.mailbox import FETCH_AGAIN_SECONDS, Mailbox
from client.core.receiving.pace import CONFIRM_SECONDS
from messages.errors import ErrorCode
from messages.events import Message, Position
from messages.limits import MAX_SEQ
from messages.requests import Confirm, History


def make(*positions: tuple[str, int, int], listen: bool = True) -> Mailbox:
    ids = count(1)
    mailbox = Mailbox(lambda: f"m{next(ids)}", Listening(on=listen))
    mailbox.open([Position(*position) for position in positions], anew=True)
    return mailbox


def due(mailbox: Mailbox, now: float) -> list[History | Confirm]:
    return list(mailbox.due(now))


def with_unconfirmed(*conversations: str) -> Mailbox:
    """Return a mailbox with one message of each conversation that was handed over and is not confirmed."""
    mailbox = make(*((conversation, 0, 0) for conversation in conversations))
    for conversation in conversations:
        (shown,) = mailbox.arrive(message(1, conversation))
        mailbox.handed_over(shown)
    assert not mailbox.all_confirmed
    return mailbox


def nobody(_message: Message) -> bool:
    return False


def everybody(_message: Message) -> bool:
    return True


class TestFetching:
    def test_each_conversation_that_goes_further_than_the_cursor_is_fetched_once(self) -> None:
        mailbox = make(("#lobby", 7, 3), ("#dev", 2, 2), ("@bob", 1, 0))
        assert due(mailbox, 0.0) == [
            History("m1", "#lobby", after=3, limit=100),
            History("m2", "@bob", after=0, limit=100),
        ]
        assert due(mailbox, 9.0) == []

    def test_a_page_goes_to_the_conversation_that_asked_for_it(self) -> None:
        mailbox = make(("#lobby", 1, 0), ("#dev", 1, 0))
        due(mailbox, 0.0)
        assert mailbox.fill(page("m2", 1, conversation="#dev"), nobody) == [message(1, "#dev")]
        assert mailbox.fill(page("m2", 1, conversation="#dev"), nobody) is None
        assert mailbox.fill(page("other", 1), nobody) is None

    def test_a_page_that_was_overtaken_says_nothing_of_what_comes_behind_it(self) -> None:
        mailbox = make(("#lobby", 9, 0))
        due(mailbox, 0.0)
        assert mailbox.arrive(message(2)) == []
        assert mailbox.sent("#lobby", 1) == [message(2)]
        assert mailbox.fill(page("m1", 1, 2, more=True), nobody) == []
        assert History("m2", "#lobby", after=2, limit=100) in due(mailbox, 0.0)

    def test_a_message_of_ones_own_that_is_to_be_accepted_is_not_shown(self) -> None:
        mailbox = make(("#lobby", 1, 0))
        due(mailbox, 0.0)
        assert mailbox.fill(page("m1", 1), everybody) == []
        assert due(mailbox, 0.0) == [Confirm("m2", "#lobby", 1)]

    def test_after_a_refusal_that_may_go_away_there_is_a_pause(self) -> None:
        mailbox = make(("#lobby", 1, 0))
        assert mailbox.due_at < 0.0
        due(mailbox, 0.0)
        assert mailbox.refused(refusal("m1", ErrorCode.UNAVAILABLE), 10.0) == []
        assert mailbox.due_at == 10.0 + FETCH_AGAIN_SECONDS
        assert due(mailbox, 10.4) == []
        assert len(due(mailbox, 10.5)) == 1

    def test_after_a_refusal_for_good_the_rest_is_missing(self) -> None:
        mailbox = make(("#lobby", 2, 0))
        due(mailbox, 0.0)
        assert mailbox.refused(refusal("m1", ErrorCode.INTERNAL), 0.0) == [Missing("#lobby", 1, 2)]
        assert mailbox.conversations == ["#lobby"]

    def test_a_refusal_of_what_somebody_else_asked_is_not_its_own(self) -> None:
        mailbox = make()
        assert mailbox.refused(refusal("other", ErrorCode.INTERNAL), 0.0) is None
        assert mailbox.refused(refusal(None, ErrorCode.MALFORMED), 0.0) is None

    def test_when_all_is_there_nothing_is_ever_due(self) -> None:
        assert make(("#lobby", 1, 1)).due_at == float("inf")


class TestConfirming:
    def test_all_conversations_are_confirmed_in_one_round(self) -> None:
        mailbox = make(("#lobby", 0, 0), ("#dev", 0, 0))
        for each in (message(1), message(2), message(1, "#dev")):
            mailbox.arrive(each)
            mailbox.handed_over(each)
        assert due(mailbox, 5.0) == [Confirm("m1", "#lobby", 2), Confirm("m2", "#dev", 1)]
        assert mailbox.all_confirmed

    def test_the_next_round_is_a_quarter_of_a_second_later(self) -> None:
        mailbox = make(("#lobby", 0, 0))
        mailbox.sent("#lobby", 1)
        due(mailbox, 5.0)
        mailbox.sent("#lobby", 2)
        assert not mailbox.all_confirmed
        assert mailbox.due_at == 5.0 + CONFIRM_SECONDS
        assert due(mailbox, 5.2) == []
        assert due(mailbox, 5.25) == [Confirm("m2", "#lobby", 2)]

    @pytest.mark.parametrize(
        ("milliseconds", "seconds"),
        [(0, 0.25), (250, 0.25), (2_000, 2.0), (30_000, 30.0), (MAX_SEQ, 30.0)],
    )
    def test_the_broker_may_ask_for_a_longer_pause_up_to_half_a_minute(
        self, milliseconds: int, seconds: float
    ) -> None:
        mailbox = make(("#lobby", 0, 0))
        mailbox.pace.set_interval(milliseconds, 0.0)
        mailbox.sent("#lobby", 1)
        due(mailbox, 8.0)
        mailbox.sent("#lobby", 2)
        assert mailbox.due_at == 8.0 + seconds
        assert due(mailbox, 8.0 + seconds - 0.125) == []
        assert due(mailbox, 8.0 + seconds) == [Confirm("m2", "#lobby", 2)]

    def test_in_a_crowd_each_waits_for_its_own_turn_to_confirm_what_all_have_got(self) -> None:
        mailbox = make(("#lobby", 0, 0))
        mailbox.pace.set_interval(4_250, 0.5)
        mailbox.sent("#lobby", 1)
        assert due(mailbox, 10.0) == []
        assert mailbox.due_at == 12.0
        mailbox.sent("#lobby", 2)
        assert due(mailbox, 11.5) == []
        assert due(mailbox, 12.0) == [Confirm("m1", "#lobby", 2)]
        mailbox.sent("#lobby", 3)
        assert due(mailbox, 13.0) == []
        assert mailbox.due_at == 16.25
        assert due(mailbox, 16.25) == [Confirm("m2", "#lobby", 3)]

    def test_what_is_for_one_alone_is_confirmed_without_waiting_for_a_turn(self) -> None:
        mailbox = make(("@bob", 0, 0))
        mailbox.pace.set_interval(4_250, 0.5)
        mailbox.sent("@bob", 1)
        assert due(mailbox, 10.0) == [Confirm("m1", "@bob", 1)]

    def test_only_what_it_asked_itself_is_answered_to_it(self) -> None:
        mailbox = make(("#lobby", 0, 0))
        mailbox.sent("#lobby", 1)
        due(mailbox, 0.0)
        assert mailbox.done("m1")
        assert not mailbox.done("m1")
        assert not mailbox.done("other")

    def test_what_another_device_has_confirmed_need_not_be_confirmed_again(self) -> None:
        mailbox = make(("#lobby", 0, 0))
        mailbox.sent("#lobby", 1)
        mailbox.learn([Position("#lobby", 1, 1)])
        assert due(mailbox, 0.0) == []

    def test_handing_over_what_it_does_not_know_changes_nothing(self) -> None:
        mailbox = make(("#lobby", 0, 0))
        mailbox.handed_over(message(1))
        mailbox.handed_over(message(1, "#dev"))
        assert mailbox.all_confirmed


class TestKnowing:
    def test_opening_anew_forgets_what_was_there(self) -> None:
        mailbox = make(("#dev", 3, 3))
        mailbox.open([Position("#lobby", 1, 1)], anew=True)
        assert mailbox.conversations == ["#lobby"]

    def test_after_opening_anew_nothing_of_before_is_confirmed_or_fetched(self) -> None:
        mailbox = with_unconfirmed("#dev", "@bob")
        mailbox.arrive(message(9, "#dev"))
        mailbox.open([Position("#dev", 0, 0)], anew=True)
        assert mailbox.all_confirmed
        assert due(mailbox, 0.0) == []

    def test_a_conversation_that_was_left_is_neither_confirmed_nor_fetched(self) -> None:
        mailbox = with_unconfirmed("#dev", "@bob")
        mailbox.arrive(message(9, "#dev"))
        mailbox.close("#dev")
        assert due(mailbox, 0.0) == [Confirm("m1", "@bob", 1)]

    def test_what_was_taken_of_another_conversation_with_the_same_name_is_not_confirmed(self) -> None:
        mailbox = with_unconfirmed("#dev", "@bob")
        assert mailbox.learn([Position("@bob", 0, 0)]) == ["@bob"]
        assert due(mailbox, 0.0) == [Confirm("m1", "#dev", 1)]

    def test_what_was_taken_of_a_conversation_that_a_renamed_one_replaces_is_not_confirmed(self) -> None:
        mailbox = with_unconfirmed("@bob", "@robert")
        mailbox.rename_all({"@bob": "@robert"})
        assert due(mailbox, 0.0) == [Confirm("m1", "@robert", 1)]

    def test_opening_again_keeps_it_and_asks_for_the_rest(self) -> None:
        mailbox = make(("#lobby", 3, 0))
        due(mailbox, 0.0)
        mailbox.arrive(message(1))
        assert mailbox.open([Position("#lobby", 4, 0)], anew=False) == []
        assert due(mailbox, 0.0) == [History("m2", "#lobby", after=1, limit=100)]

    def test_a_head_before_what_one_has_is_of_another_conversation(self) -> None:
        mailbox = make(("@bob", 5, 5), ("#lobby", 5, 5))
        assert mailbox.learn([Position("@bob", 2, 0), Position("#lobby", 5, 5)]) == ["@bob"]
        assert due(mailbox, 0.0) == [History("m1", "@bob", after=0, limit=100)]

    def test_a_closed_conversation_is_gone_and_may_be_unknown(self) -> None:
        mailbox = make(("#Dev", 5, 5))
        mailbox.close("#lobby")
        mailbox.close("#dev")
        assert mailbox.conversations == []

    def test_an_unknown_conversation_cannot_be_renamed_doubted_or_another_one(self) -> None:
        mailbox = make()
        mailbox.rename_all({"@bob": "@robert"})
        mailbox.doubt("@bob")
        assert not mailbox.is_other("@bob", 1)
        assert mailbox.conversations == []

    def test_only_after_a_doubt_an_early_seq_is_of_another_conversation(self) -> None:
        mailbox = make(("@bob", 5, 5))
        assert not mailbox.is_other("@bob", 1)
        mailbox.doubt("@bob")
        assert mailbox.is_other("@bob", 1)
        assert mailbox.conversations == []

    def test_a_seq_that_follows_ends_the_doubt(self) -> None:
        mailbox = make(("@bob", 5, 5))
        mailbox.doubt("@bob")
        assert not mailbox.is_other("@bob", 6)
        assert not mailbox.is_other("@bob", 1)

    def test_ones_own_message_that_history_has_told_of_is_of_the_same_conversation(self) -> None:
        mailbox = make(("@bob", 2, 0))
        due(mailbox, 0.0)
        mailbox.fill(page("m1", 1, 2, conversation="@bob"), lambda told: told.seq == 1)
        mailbox.doubt("@bob")
        assert not mailbox.is_other("@bob", 1)
        assert mailbox.sent("@bob", 1) is None
        assert mailbox.is_other("@bob", 1)

    def test_what_cannot_be_asked_for_is_not_kept(self) -> None:
        mailbox = make(("!later", 3, 0))
        assert mailbox.arrive(message(4, "!later")) == [message(4, "!later")]
        assert mailbox.sent("!later", 5) == []
        assert mailbox.conversations == []
        assert due(mailbox, 0.0) == []


def test_a_turn_looks_only_at_the_conversations_in_which_something_is_to_be_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailbox = make(*((f"#room{number}", 0, 0) for number in range(1_000)))
    looked_at: list[str] = []

    def unconfirmed(inbox: Inbox) -> bool:
        looked_at.append(inbox.conversation)
        return inbox.confirmable > inbox.confirmed

    monkeypatch.setattr(Inbox, "unconfirmed", property(unconfirmed))
    for turn in range(10):
        assert due(mailbox, float(turn)) == []
        assert mailbox.all_confirmed
        assert mailbox.due_at == float("inf")
    assert looked_at == []
    for shown in mailbox.arrive(message(1, "#room7")):
        mailbox.handed_over(shown)
    assert not mailbox.all_confirmed
    assert [request.conversation for request in due(mailbox, 20.0)] == ["#room7"]
    assert mailbox.all_confirmed
    assert set(looked_at) == {"#room7"}
