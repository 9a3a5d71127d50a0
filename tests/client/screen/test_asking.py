"""What the person is asked and shown where they look."""

from __future__ import annotations

from screen_stage import Seat, seats, tables

from client.core.events import Replied
from client.core.receiving.fetches import Fetch
from client.screen.sheets.confirm import Confirm
from client.screen.tones import text_of
from messages.errors import ErrorCode
from messages.replies import Error


def sheet(seat: Seat) -> list[str]:
    return [text_of(row) for row in seat.host.sheets.rows(70, 12)]


def test_the_quick_switch_shows_what_waits_first_with_its_counts() -> None:
    alice, bob = seats("alice", "bob")
    for one in (alice, bob):
        one.keys("/join #dev\r")
    bob.host.go("#lobby")
    bob.keys("one\r")
    bob.keys("two, @alice\r")
    alice.host.ask_where()
    assert [row.split("  ")[0].strip() for row in sheet(alice)[1:]] == ["#lobby", "#dev"]
    assert sheet(alice)[1].endswith("2 unread, 1 for you")


def test_help_of_a_command_opens_the_same_sheet_and_a_wrong_topic_is_told() -> None:
    alice, _ = seats("alice", "bob")
    alice.keys("/help k\r")
    assert sheet(alice)[0].startswith("── Help ")
    assert sheet(alice)[2].startswith("  /kick [#ROOM] NAME [REASON]")
    alice.host.escape()
    alice.keys("/help frob\r")
    assert alice.host.sheets.top is None
    assert any("There is no command frob" in row for row in alice.log)


def test_an_invitation_is_shown_where_the_person_looks() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("/join #secret\r")
    alice.keys("/private on\r")
    alice.keys("/invite bob\r")
    assert bob.state.here == "#lobby"
    assert any("alice invites you into #secret" in row for row in bob.log)


def test_who_gets_a_role_is_told_where_they_look_too() -> None:
    alice, bob = seats("alice", "bob")
    for one in (alice, bob):
        one.keys("/join #dev\r")
    bob.host.go("#lobby")
    alice.keys("/op #dev bob moderator\r")
    assert any("moderator" in row for row in bob.log)
    bob.host.go("#dev")
    assert any("moderator" in row for row in bob.log)


def test_whether_a_user_is_here_is_asked_anew_when_their_conversation_is_shown() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("/query bob\r")
    assert "@bob" in alice.state.topics
    assert alice.state.topics["@bob"] == ""
    alice.host.go("#lobby")
    bob.keys("/away at lunch\r")
    alice.host.go("@bob")
    alice.settle()
    assert "at lunch" in alice.state.topics["@bob"]


def test_what_was_refused_is_asked_for_again_after_a_new_login() -> None:
    (alice,) = seats("alice")
    alice.state.take(
        Replied(Fetch("f", "#lobby", before=9), Error("f", ErrorCode.UNAVAILABLE, "no", retryable=True))
    )
    assert not alice.state.fetch(9, None)
    alice.member.cut()
    alice.member.connect()
    alice.settle()
    assert alice.state.fetch(9, None)


def test_a_reply_that_is_chosen_from_a_list_keeps_what_was_begun() -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("which?\r")
    alice.keys("this one")
    alice.host.choose("Do: ", "Do", [], lambda _: None)
    alice.host.typed.questions.cancel()
    alice.host.begin_reply(1)
    assert alice.host.field.text == "this one"
    alice.keys("\r")
    assert any("answers" in row for row in bob.log)


def test_who_goes_elsewhere_while_a_question_is_asked_finds_each_draft_in_its_place() -> None:
    (alice,) = seats("alice")
    alice.keys("/join #dev\r")
    alice.keys("for dev")
    alice.host.go("#lobby")
    alice.keys("for all")
    alice.host.ask_where()
    alice.keys("dev\r")
    assert (alice.state.here, alice.host.field.text) == ("#dev", "for dev")
    alice.host.question(["Words: "], lambda _: None)
    alice.host.go("#lobby")
    assert alice.host.field.text == "", "the question is still asked"
    alice.host.escape()
    assert alice.host.field.text == "for all"
    alice.host.go("#dev")
    assert alice.host.field.text == "for dev"


def test_a_draft_of_a_room_that_is_lost_during_a_question_is_not_sent_at_once_later() -> None:
    alice, bob = seats("alice", "bob")
    for one in (alice, bob):
        one.keys("/join #dev\r")
    bob.keys("my secret")
    bob.host.ask_where()
    alice.keys("/kick #dev bob\r")
    bob.keys("lob\r")
    bob.keys("/join #dev\r")
    bob.keys("\r")
    assert bob.host.field.text == "my secret"


def test_a_command_that_has_waited_asks_nothing_while_something_else_is_typed() -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("/join #dev\r")
    alice.keys("/join #dev\r")
    alice.keys("mine\r")
    alice.member.cut()
    alice.keys("/join #dev\r")
    alice.keys("/delete 1\r")
    alice.keys("ma")
    alice.member.connect()
    alice.settle()
    assert alice.host.sheets.top is None, "the next letter could be a y"
    assert alice.host.field.text == "ma"
    assert any("Delete message 1, “mine”? Not done, as you type" in row for row in alice.log)
    alice.keys("\x15/delete 1\r")
    assert isinstance(alice.host.sheets.top, Confirm)


def test_a_line_that_waits_is_no_answer_to_a_question_of_a_key_and_is_said_after_it() -> None:
    alice, bob = tables("alice", "bob")
    for one in (alice, bob):
        one.press("/join #dev\r")
    alice.member.cut()
    alice.press("/join #lobby\r")
    alice.press("hello all\r")
    alice.press("\x1bOS")
    alice.member.connect()
    alice.settle()
    assert alice.host.prompt_text == "Search everywhere: "
    alice.press("\x1b")
    bob.host.go("#lobby")
    assert bob.log[-1].endswith("│ hello all")


def test_leaving_during_a_question_sends_what_waits() -> None:
    alice, bob = tables("alice", "bob")
    bob.press("/join #dev\r")
    alice.member.cut()
    alice.press("/join #dev\r")
    alice.press("hello dev\r")
    alice.press("\x1bOS")
    alice.host.quit()
    alice.member.connect()
    alice.settle()
    assert bob.log[-1].endswith("│ hello dev")


def test_what_was_begun_as_an_answer_is_none_to_the_next_question() -> None:
    (alice,) = tables("alice")
    alice.press("a draft")
    alice.press("\x1bk")
    alice.press("lob")
    alice.host.question(["Password: "], lambda _: None, secret=True)
    assert alice.host.field.text == ""
    alice.press("\x1b")
    assert alice.host.field.text == "a draft"


def test_a_name_that_is_put_into_an_empty_composer_is_begun_then() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("x\x15")
    alice.keys("/join #dev\r")
    alice.keys("/leave #dev\r")
    alice.host.go("#lobby")
    alice.host.mention("bob")
    alice.keys("hi\r")
    assert bob.log[-1].endswith("│ @bob hi")
