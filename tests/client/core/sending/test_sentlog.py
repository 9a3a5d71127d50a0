from __future__ import annotations

import pytest
from driven import accepted, refusal
from msgspec import structs

from client.core.events import EarlierDelivered, SendDelivered, Sent
from client.core.sending.sentlog import SentLog
from messages.errors import ErrorCode
from messages.events import Position, Receipt
from messages.requests import Send


def say(log: SentLog, seq: int, conversation: str = "#lobby", recipients: int = 2) -> Sent:
    """Send a message that is accepted."""
    request = Send(f"r{seq}{conversation}", conversation, f"text {seq}")
    log.add(request)
    return log.accepted(accepted(request.id, seq, conversation, recipients))


def reached(log: SentLog, receipt: Receipt) -> list[Sent]:
    """Have a receipt come, and return the messages of which it tells something new."""
    told = log.receipt(receipt)
    return told.sent if isinstance(told, SendDelivered) else []


@pytest.fixture
def log() -> SentLog:
    return SentLog()


class TestWaiting:
    def test_a_message_waits_until_it_is_accepted(self, log: SentLog) -> None:
        sent = log.add(Send("r1", "#lobby", "hello"))
        assert log.unaccepted == [sent]
        assert log.awaits("r1")
        assert log.accepted(accepted("r1", 7)) is sent
        assert log.unaccepted == []
        assert not log.awaits("r1")

    def test_or_refused(self, log: SentLog) -> None:
        sent = log.add(Send("r1", "#lobby", "hello"))
        error = refusal("r1", ErrorCode.NOT_IN_ROOM)
        assert log.refused("r1", error) is sent
        assert sent.error is error
        assert log.unaccepted == []

    def test_the_last_hundred_that_were_accepted_are_remembered_over_all_conversations(
        self, log: SentLog
    ) -> None:
        sent = [say(log, seq, "@bob" if seq % 2 else "#lobby") for seq in range(1, 151)]
        assert log.recent(3) == sent[-3:]
        assert log.recent(500) == sent[50:]

    def test_none_are_remembered_of_none(self, log: SentLog) -> None:
        assert log.recent(10) == []


class TestNamedReceipts:
    def test_a_receipt_tells_of_all_messages_up_to_it_in_order(self, log: SentLog) -> None:
        first, second, third = (say(log, seq) for seq in (1, 4, 6))
        assert reached(log, Receipt("#lobby", 5, "bob")) == [first, second]
        assert first.delivered_to == second.delivered_to == {"bob"}
        assert third.delivered_to == set()

    def test_only_of_those_that_are_new(self, log: SentLog) -> None:
        say(log, 1)
        reached(log, Receipt("#lobby", 5, "bob"))
        later = say(log, 6)
        assert reached(log, Receipt("#lobby", 5, "bob")) == []
        assert reached(log, Receipt("#lobby", 7, "bob")) == [later]
        assert reached(log, Receipt("#lobby", 3, "bob")) == []

    def test_each_user_counts(self, log: SentLog) -> None:
        sent = say(log, 1)
        reached(log, Receipt("#lobby", 1, "bob"))
        assert sent.state == "delivered to 1 of 2"
        reached(log, Receipt("#lobby", 1, "carol"))
        assert sent.state == "delivered to 2 of 2"

    def test_each_conversation_has_its_own(self, log: SentLog) -> None:
        direct = say(log, 1, "@bob")
        say(log, 1)
        assert reached(log, Receipt("@bob", 1, "bob")) == [direct]

    def test_one_that_came_before_the_message_was_accepted_counts(self, log: SentLog) -> None:
        reached(log, Receipt("#lobby", 5, "bob"))
        assert say(log, 5).delivered_to == {"bob"}
        assert say(log, 6).delivered_to == set()

    def test_who_joined_later_has_not_got_what_was_said_before(self, log: SentLog) -> None:
        before = say(log, 4)
        after = say(log, 5)
        assert reached(log, Receipt("#lobby", 5, "carol", after=4)) == [after]
        assert before.delivered_to == set()

    def test_not_even_if_it_was_told_as_accepted_later(self, log: SentLog) -> None:
        say(log, 4)
        reached(log, Receipt("#lobby", 9, "carol", after=4))
        assert say(log, 3).delivered_to == set()

    def test_of_very_many_the_last_thousand_are_told(self, log: SentLog) -> None:
        sent = [say(log, seq) for seq in range(1, 1_101)]
        assert reached(log, Receipt("#lobby", 2_000, "bob")) == sent[100:]


class TestCountedReceipts:
    def test_a_count_holds_for_all_messages_up_to_it(self, log: SentLog) -> None:
        first, second, third = (say(log, seq, recipients=100) for seq in (1, 4, 6))
        assert reached(log, Receipt("#lobby", 4, count=60)) == [first, second]
        assert (first.state, third.state) == ("delivered to 60 of 100", "accepted")
        assert second.delivered == 60

    def test_it_tells_of_those_only_for_which_it_is_more(self, log: SentLog) -> None:
        first, second = (say(log, seq, recipients=100) for seq in (1, 4))
        reached(log, Receipt("#lobby", 1, count=60))
        assert reached(log, Receipt("#lobby", 4, count=50)) == [second]
        assert first.delivered == 60

    def test_one_that_came_before_the_message_was_accepted_counts(self, log: SentLog) -> None:
        reached(log, Receipt("#lobby", 5, count=60))
        assert say(log, 5).counted == 60
        assert say(log, 6).counted == 0

    def test_a_receipt_without_user_and_count_tells_nothing(self, log: SentLog) -> None:
        say(log, 1)
        assert reached(log, Receipt("#lobby", 1)) == []


class TestRenaming:
    def test_a_direct_conversation_goes_on_under_the_new_name(self, log: SentLog) -> None:
        sent = say(log, 1, "@bob", recipients=1)
        log.rename("bob", "robert")
        assert sent.conversation == "@robert"
        assert reached(log, Receipt("@robert", 1, "robert")) == [sent]

    def test_one_user_under_two_names_counts_once(self, log: SentLog) -> None:
        first = say(log, 1)
        reached(log, Receipt("#lobby", 1, "bob"))
        log.rename("bob", "robert")
        second = say(log, 2)
        assert reached(log, Receipt("#lobby", 2, "robert")) == [second]
        assert first.delivered_to == second.delivered_to == {"robert"}

    def test_when_they_joined_is_known_under_the_new_name(self, log: SentLog) -> None:
        say(log, 1)
        reached(log, Receipt("#lobby", 3, "bob", after=2))
        log.rename("bob", "robert")
        assert say(log, 2).delivered_to == set()
        assert say(log, 3).delivered_to == {"robert"}

    def test_of_strangers_nothing_is_known(self, log: SentLog) -> None:
        sent = say(log, 1)
        log.rename("zoe", "zora")
        assert reached(log, Receipt("#lobby", 1, "bob")) == [sent]


class TestForgetting:
    @pytest.mark.parametrize("everything", [True, False])
    def test_the_same_seqs_mean_other_messages_then(self, log: SentLog, everything: bool) -> None:
        say(log, 1, "@bob")
        reached(log, Receipt("@bob", 1, "bob"))
        if everything:
            log.clear()
        else:
            log.forget("@bob")
        new = say(log, 1, "@bob")
        assert new.delivered_to == set()
        assert reached(log, Receipt("@bob", 1, "bob")) == [new]
        assert log.recent(2) == [new]

    def test_forgetting_one_conversation_keeps_the_others(self, log: SentLog) -> None:
        sent = say(log, 1)
        log.forget("@bob")
        assert reached(log, Receipt("#lobby", 1, "bob")) == [sent]

    def test_what_waits_for_its_answer_is_kept(self, log: SentLog) -> None:
        sent = log.add(Send("r1", "#lobby", "hello"))
        log.clear()
        assert log.unaccepted == [sent]


class TestReading:
    def test_a_message_in_a_room_says_how_many_have_it_and_how_many_have_read_it(self, log: SentLog) -> None:
        sent = say(log, 4, recipients=3)
        reached(log, Receipt("#lobby", 4, "bob"))
        assert reached(log, Receipt("#lobby", 4, "carol", read=4)) == [sent]
        assert sent.state == "delivered to 2 of 3, read by 1"

    def test_reading_alone_is_new_once_and_for_those_that_were_read(self, log: SentLog) -> None:
        first, second = say(log, 1), say(log, 2)
        assert reached(log, Receipt("#lobby", 2, "bob")) == [first, second]
        assert reached(log, Receipt("#lobby", 2, "bob", read=1)) == [first]
        assert reached(log, Receipt("#lobby", 2, "bob", read=1)) == []
        assert reached(log, Receipt("#lobby", 2, "bob", read=2)) == [second]

    def test_a_large_room_counts_its_readers(self, log: SentLog) -> None:
        sent = say(log, 4, recipients=80)
        assert reached(log, Receipt("#lobby", 4, count=60)) == [sent]
        assert reached(log, Receipt("#lobby", 4, count=60, readers=12)) == [sent]
        assert sent.state == "delivered to 60 of 80, read by 12"

    def test_a_direct_message_waits_is_delivered_and_is_read(self, log: SentLog) -> None:
        request = Send("r1", "@bob", "hello")
        log.add(request)
        sent = log.accepted(structs.replace(accepted("r1", 3, "@bob"), recipient_offline=True))
        assert sent.state == "accepted, waits for bob"
        reached(log, Receipt("@bob", 3, "bob"))
        assert sent.state == "delivered"
        reached(log, Receipt("@bob", 3, "bob", read=3))
        assert sent.state == "read"

    def test_what_was_read_before_it_is_known_as_accepted_counts(self, log: SentLog) -> None:
        reached(log, Receipt("@bob", 9, "bob", read=8))
        assert say(log, 8, "@bob").state == "read"
        assert say(log, 9, "@bob").state == "delivered"

    def test_who_joined_later_has_not_read_what_was_said_before(self, log: SentLog) -> None:
        sent = say(log, 4)
        assert reached(log, Receipt("#lobby", 6, "carol", after=5, read=6)) == []
        assert sent.state == "accepted"

    def test_a_reader_under_another_name_stays_one_reader(self, log: SentLog) -> None:
        sent = say(log, 4)
        reached(log, Receipt("#lobby", 4, "bob", read=4))
        log.rename("bob", "robert")
        assert reached(log, Receipt("#lobby", 4, "robert", read=4)) == []
        assert sent.read_by == {"robert"}


class TestEarlier:
    """What was sent before this process began."""

    @pytest.fixture
    def log(self) -> SentLog:
        log = SentLog()
        log.begin([Position("@bob", 7, 7), Position("#lobby", 7, 7)])
        return log

    def test_it_is_told_of_a_direct_conversation_once(self, log: SentLog) -> None:
        receipt = Receipt("@bob", 7, "bob")
        assert log.receipt(receipt) == EarlierDelivered("bob", 7, 0)
        assert log.receipt(receipt) is None

    def test_and_again_when_it_was_read(self, log: SentLog) -> None:
        log.receipt(Receipt("@bob", 7, "bob"))
        assert log.receipt(Receipt("@bob", 7, "bob", read=5)) == EarlierDelivered("bob", 7, 5)

    def test_but_not_of_what_came_later_as_an_edit_or_from_another_device(self, log: SentLog) -> None:
        log.receipt(Receipt("@bob", 7, "bob", read=7))
        log.begin([Position("@bob", 8, 8)])
        assert log.receipt(Receipt("@bob", 8, "bob", read=7)) is None
        assert log.receipt(Receipt("@bob", 8, "bob", read=8)) is None
        assert log.receipt(Receipt("@carol", 1, "carol")) is None

    def test_nor_of_a_room(self, log: SentLog) -> None:
        assert log.receipt(Receipt("#lobby", 7, "bob")) is None

    def test_nor_if_it_concerns_what_this_process_has_sent(self, log: SentLog) -> None:
        sent = say(log, 7, "@bob")
        told = log.receipt(Receipt("@bob", 7, "bob"))
        assert isinstance(told, SendDelivered)
        assert told.sent == [sent]
