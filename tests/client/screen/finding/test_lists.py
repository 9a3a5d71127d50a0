"""Threads, pinned messages and history in a sheet."""

from __future__ import annotations

from screen_stage import Table, tables

from client.screen.composer.meaning import Aim, Target
from client.screen.selecting.selection import Selection


def texts(one: Table) -> list[str]:
    """The texts of the messages in the sheet."""
    return [row.split("│ ")[1] for row in one.sheet()[1:] if "│ " in row and "answers" not in row]


def thread() -> list[Table]:
    alice, bob = tables("alice", "bob")
    bob.keys("who comes?\r")
    bob.keys("something else\r")
    bob.keys("/reply 1 me\r")
    assert alice.log
    return [alice, bob]


def test_a_thread_shows_new_answers_as_they_come_and_r_answers_its_first_message() -> None:
    alice, bob = thread()
    alice.press("\x1b[15~ggt")  # from the answer to what it answers
    assert alice.sheet()[0].startswith("── Thread of 1 in #lobby ──")
    assert texts(alice) == ["who comes?", "me"]
    bob.keys("/reply 3 me too\r")
    bob.keys("/edit 1 who comes tonight?\r")
    bob.keys("not an answer\r")
    assert texts(alice) == ["who comes tonight?", "me", "me too"]
    alice.press("r")
    assert alice.sheet() == []
    assert alice.host.field.target == Target(Aim.REPLY, "#lobby", 1)
    alice.press("so do I\r")
    alice.press("/thread 1\r")
    assert texts(alice)[-1] == "so do I"
    alice.press("\x1b")
    assert alice.sheet() == []


def test_a_list_that_a_key_has_asked_for_opens_although_a_draft_is_there() -> None:
    alice, _ = thread()
    alice.press("a draft\x1b[15~")
    alice.press("t")
    assert texts(alice)[-1] == "me"
    alice.press("r")
    assert alice.host.field.target == Target(Aim.REPLY, "#lobby", 1), "the beginning of the thread"
    assert alice.host.field.text == "a draft"


def test_who_types_on_is_told_of_the_list_and_f3_shows_it() -> None:
    alice, _ = thread()
    alice.press("/thread 1\rand so on")
    assert alice.sheet() == []
    assert any("Thread of 1 in #lobby. F3 shows it." in row for row in alice.log)
    assert alice.host.field.text == "and so on"
    alice.press("\x1bOR")
    assert texts(alice) == ["who comes?", "me"]


def test_somebody_who_was_removed_answers_nowhere() -> None:
    alice, bob = thread()
    for one in (bob, alice):
        one.keys("/join #dev\r")
    bob.keys("in dev\r")
    assert alice.log
    alice.press("/thread 1\r")
    bob.keys("/kick alice\r")
    alice.settle()
    assert texts(alice) == ["in dev"]
    alice.press("\r")
    assert "You are not in #dev any more" in "".join(alice.log) + alice.state.hint


def test_enter_goes_to_the_message_in_the_log() -> None:
    alice, bob = thread()
    for number in range(30):
        bob.keys(f"number {number}\r")
    alice.press("/thread 1\r")
    alice.press("\x1b[H\r")
    assert isinstance(alice.host.sheets.top, Selection)
    assert alice.chosen == ["who comes?"]
    assert "something else" in alice.texts


def test_pins_that_come_and_go_are_seen() -> None:
    alice, bob = thread()
    alice.press("/pins\r")
    assert any("#lobby has no pinned messages" in row for row in alice.log)
    bob.keys("/pin 1\r")
    alice.press("/pins\r")
    assert texts(alice) == ["who comes?"]
    bob.keys("/pin 3\r")
    assert texts(alice) == ["who comes?", "me"]
    bob.keys("/pin 1 off\r")
    assert texts(alice) == ["me"]
    bob.keys("/pin 3 off\r")
    assert alice.sheet() == []


def test_history_since_a_time_goes_on_when_one_walks_behind_its_end() -> None:
    alice, bob = tables("alice", "bob")
    for number in range(1, 131):
        bob.session.send("#lobby", f"number {number}")
    for _ in range(6):
        alice.settle()
    alice.press("/history since 2020-01-01\r")
    assert texts(alice)[0] == "number 1"
    alice.press("\x1b[F\x1b[B")
    assert texts(alice)[-1] == "number 101"
    alice.press("\x1b[F\x1b[B")
    assert texts(alice)[-1] == "number 130"
    bob.keys("new\r")
    alice.press("\x1b[B")
    assert texts(alice)[-1] == "new"


def test_history_of_the_conversation_in_the_middle_scrolls_its_log() -> None:
    alice, bob = tables("alice", "bob")
    for number in range(1, 61):
        bob.keys(f"number {number}\r")
    assert alice.log
    alice.press("/history 40\r")
    assert alice.sheet() == []
    assert alice.chosen == ["number 21"]


def test_history_of_another_conversation_is_a_list() -> None:
    alice, bob = tables("alice", "bob")
    for one in (alice, bob):
        one.keys("/join #dev\r")
    bob.keys("for dev\r")
    alice.host.go("#lobby")
    alice.press("/history #dev\r")
    assert texts(alice) == ["for dev"]
    alice.press("\r")
    assert (alice.state.here, alice.chosen) == ("#dev", ["for dev"])


def test_a_list_follows_a_new_name_and_ends_with_its_log() -> None:
    alice, bob = tables("alice", "bob")
    bob.keys("/msg alice psst\r")
    alice.keys("/query bob\r")
    assert alice.log
    alice.press("/history since 2020-01-01\r")
    assert texts(alice) == ["psst"]
    bob.keys("/nick robert\r")
    bob.keys("/msg alice still me\r")
    assert alice.state.here == "@robert"
    assert texts(alice) == ["psst", "still me"]
    alice.member.cut()
    bob.keys("/msg alice while away\r")
    assert texts(alice) == ["psst", "still me"]
    alice.member.connect()
    alice.settle()
    assert texts(alice) == ["psst", "still me", "while away"]
    alice.world.restart(empty=True)
    alice.member.connect()
    alice.settle()
    assert alice.sheet() == []


def test_a_list_closes_if_its_conversation_is_left() -> None:
    alice, _ = thread()
    alice.press("/thread 1\r")
    alice.press("\x1bk")
    alice.host.escape()
    alice.keys("/join #dev\r")
    assert alice.sheet() == []
