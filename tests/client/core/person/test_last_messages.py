from __future__ import annotations

import pytest
from driven import AT, message
from msgspec.structs import replace

from client.core.events import Replied
from client.core.person.last_messages import LastMessages
from messages.events import Deleted, System, SystemKind
from messages.replies import Page
from messages.requests import History


@pytest.fixture
def last() -> LastMessages:
    found = LastMessages()
    for mark, seq, sender in ((1, 1, "bob"), (2, 2, "carol"), (2, 3, "alice")):
        found.take(message(seq, "@team", sender), "alice", mark)
    return found


def test_the_last_message_is_the_one_that_was_shown_at_a_mark(last: LastMessages) -> None:
    assert (last.others("@team", 2), last.others("@team", 1), last.own("@team"), last.any("@team", 2)) == (
        2,
        1,
        3,
        3,
    )
    with pytest.raises(ValueError, match="no message of others was shown here"):
        last.others("@team", 0)
    with pytest.raises(ValueError, match="no message of yours was shown here"):
        last.own("#dev")


def test_a_deleted_message_is_not_the_last_one(last: LastMessages) -> None:
    last.take(Deleted("@team", 4, 2, "x", "carol", AT), "alice", 3)
    last.take(replace(message(5, "@team"), deleted=True), "alice", 3)
    assert last.others("@team", 3) == 1


def test_a_page_adds_only_what_is_later(last: LastMessages) -> None:
    page = Page("r", "@team", [message(1, "@team"), message(6, "@team", "dave")], False)
    assert last.take(Replied(History("r", "@team"), page), "alice", 3)
    assert last.numbers("@team", 9) == [1, 2, 3, 6]


def test_earlier_messages_of_a_page_are_known_by_name_but_are_not_the_last_ones() -> None:
    last = LastMessages()
    last.take(message(9, "#dev", "bob"), "alice", 1)
    page = Page("r", "#dev", [message(7, "#dev", "alice"), message(8, "#dev", "carol")], False)
    assert last.take(Replied(History("r", "#dev"), page), "alice", 2)
    assert (last.own("#dev"), last.others("#dev", 2, "carol"), last.others("#dev", 2)) == (7, 8, 9)
    assert last.numbers("#dev", 9) == [7, 8, 9]


def test_a_user_is_found_under_the_present_name(last: LastMessages) -> None:
    last.take(System(SystemKind.RENAMED, "bob", "", name="bert"), "alice", 3)
    assert last.others("@team", 3, "Bert") == 1
    last.take(System(SystemKind.RENAMED, "team", "", name="crew"), "alice", 3)
    assert last.numbers("@crew", 1) == [3]


def test_what_is_remembered_is_bounded() -> None:
    last = LastMessages()
    for room in range(150):
        last.take(message(1, f"#{room}"), "alice", 1)
    for seq in range(1, 150):
        last.take(message(seq, "#149"), "alice", 1)
    assert last.numbers("#0", 9) == []
    assert len(last.numbers("#149", 999)) == 100
