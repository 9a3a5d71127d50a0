"""The list of conversations."""

from __future__ import annotations

from driven import message
from msgspec.structs import replace

from client.core.events import Removed, Renamed
from client.core.person.notices import Concern
from client.screen.model.conversations import ConversationList
from client.screen.tones import CHOSEN, text_of
from messages.events import Message, Position, Positions
from messages.notices import NoticeLevel

NAMES = ["#lobby", "#dev", "#off", "@bob", "@zoe"]


def filled() -> ConversationList:
    one = ConversationList()
    one.me = "alice"
    positions = [
        Position("#dev", 9, 5, 5, 3),
        Position("#off", 9, 5, 5, 4, level=NoticeLevel.NONE),
        Position("@zoe", 9, 5, 5, 1),
        Position("#lobby", 9, 5, 5, 2, 1),
    ]
    one.take(Positions(positions), None)
    return one


def test_what_is_for_the_person_comes_first_then_what_is_unread() -> None:
    one = filled()
    assert one.ordered(NAMES) == ["#lobby", "@zoe", "#dev", "#off", "@bob"]
    assert one.next_waiting(NAMES, "#lobby") == "@zoe"
    one.read("@zoe", 9, 0)
    one.read("#lobby", 9, 0)
    assert one.next_waiting(NAMES, "#lobby") == "#dev"
    one.read("#dev", 9, 0)
    assert one.next_waiting(NAMES, "#lobby") is None
    assert one.ordered([]) == ["#lobby"]


def test_messages_are_counted_and_those_of_the_user_say_that_the_rest_is_read() -> None:
    one = filled()
    one.take(message(10, "@bob"), Concern.DIRECT)
    one.take(message(10, "#dev"), None)
    assert (one.of("@bob").shown, one.of("@bob").mentioned, one.of("#dev").unread) == ("1", 1, 4)
    one.take(replace(message(11, "#dev"), sender="alice"), None)
    assert one.of("#dev").unread == 0
    one.take(Renamed("bob", "rob"), None)
    assert (one.of("@rob").unread, one.of("@bob").unread) == (1, 0)
    one.take(Removed("#lobby"), None)
    assert one.of("#lobby").unread == 0
    assert isinstance(message(1), Message)


def test_what_was_missed_is_counted_once() -> None:
    one = filled()
    for seq in range(6, 11):
        one.take(message(seq, "#dev"), Concern.MENTION)
    assert (one.of("#dev").unread, one.of("#dev").mentioned) == (4, 1)


def test_the_rows_show_counts_and_those_around_the_present_one() -> None:
    one = filled()
    rows = [text_of(row) for row in one.rows(NAMES, "#dev", 12, 6)]
    assert rows == [
        "!#lob… @1 2│",
        "!@zoe     1│",
        " #dev     3│",
        " #off     4│",
        " @bob      │",
        " " * 11 + "│",
    ]
    assert [text_of(row)[:5] for row in one.rows(NAMES, "@bob", 12, 2)] == [" #off", " @bob"]
    assert text_of(one.rows(["#a-very-long-name"], "", 12, 1)[0]) == "!#lob… @1 2│"
    assert text_of(one.rows(["#a-very-long-name"], "", 12, 2)[1]) == " #a-very-… │"


def test_a_list_that_is_too_long_says_what_is_above_and_below() -> None:
    one = filled()
    names = [*NAMES, *(f"#room-{number}" for number in range(10))]
    rows = [text_of(row).rstrip("│ ") for row in one.rows(names, "#room-3", 22, 5)]
    assert rows == [" ↑ 5 more, 3 unread", " #room-1", " #room-2", " #room-3", " ↓ 7 more"]
    for here in one.ordered(names):
        shown = [row for row in one.rows(names, here, 22, 4) if row[0][1] == CHOSEN]
        assert [text_of(row)[1:].split()[0] for row in shown] == [here]


def test_a_conversation_with_a_draft_has_a_mark_beside_its_count() -> None:
    one = filled()
    one.drafts = {"#dev", "@bob"}
    rows = [text_of(row) for row in one.rows(NAMES, "#lobby", 14, 5)]
    assert rows == ["!#lobby  @1 2│", "!@zoe       1│", " #dev      ✎3│", " #off       4│", " @bob       ✎│"]
