"""What people do on the full screen."""

from __future__ import annotations

from pathlib import Path

from screen_stage import seats, started_again

from client.core.events import Ended
from client.core.person.attention import ACTIVE_SECONDS
from client.core.person.queries import TopicQuery
from client.core.session import SessionState
from client.views.shutdown import Unsent
from messages.events import Goodbye, GoodbyeReason, Message, System, SystemKind
from messages.exits import Exit
from messages.requests import Topic


def test_what_is_typed_is_sent_and_its_mark_changes_in_place() -> None:
    alice, bob = seats("alice", "bob")
    bob.member.cut()
    alice.keys("hello\r")
    assert alice.log[-1].endswith("alice   · │ hello")
    bob.member.connect()
    alice.settle()
    assert alice.log[-1].endswith("alice   ✓ │ hello")
    assert bob.log[-2].endswith("alice     │ hello")
    bob.state.seen()
    alice.settle()
    assert alice.log[-1].endswith("alice  ✓✓ │ hello")
    assert alice.kept == ["hello"]


def test_edits_answers_and_reactions_change_what_is_shown() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("teh plan\r")
    bob.keys("/reply 1 which one?\r")
    bob.keys("+:ok:\r")
    alice.host.field.up()
    assert (alice.host.prompt_text, alice.host.field.text) == ("edit 1> ", "teh plan")
    alice.host.escape()
    alice.keys("s/teh/the/\r")
    log = bob.log
    assert any("alice   ~" in row and row.endswith("│ the plan") for row in log)
    assert any(row.split() == ["reacted", "│", "🆗", "1"] for row in log)
    assert any("answers" in row and row.endswith("│ alice: the plan") for row in log)


def test_a_draft_stays_in_its_conversation_and_the_text_goes_to_that_one_only() -> None:
    alice, bob = seats("alice", "bob")
    for one in (alice, bob):
        one.keys("/join #dev\r")
    alice.keys("for dev")
    alice.host.go("#lobby")
    assert alice.host.field.text == ""
    alice.keys("for all\r")
    alice.host.go("#dev")
    assert alice.host.field.text == "for dev"
    alice.keys("\r")
    assert bob.log[-1].endswith("│ for dev")
    bob.host.go("#lobby")
    assert bob.log[-1].endswith("│ for all")


def test_who_is_removed_while_typing_sends_nothing_anywhere_until_they_choose() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("/join #dev\r")
    bob.keys("/join #dev\r")
    bob.keys("my secret")
    alice.keys("/kick #dev bob\r")
    bob.keys("\r")
    assert bob.host.field.text == "my secret"
    assert bob.host.prompt_text == "no room> "
    assert any("You are in no room now." in row for row in bob.log)
    assert any("Not sent: you were removed from #dev" in row for row in bob.log)
    bob.host.go("#lobby")
    assert bob.host.field.text == ""
    bob.keys("/join #dev\r")
    assert bob.host.field.text == "my secret"
    bob.keys("\r")
    assert bob.host.field.text == "my secret", "it is a draft of before, so it is not sent at the first Enter"
    bob.keys("\r")
    assert bob.host.field.text == ""
    assert alice.log[-1].endswith("│ my secret")


def test_a_conversation_is_not_changed_while_a_text_waits_for_an_answer() -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("/join #dev\r")
    alice.member.cut()
    alice.host.field.mark = alice.host.composer.mark
    alice.keys("/join #dev\r")
    alice.keys("to dev\r")
    alice.host.go("#lobby")
    assert any("What you typed waits for the answer to /join #dev." in row for row in alice.log)
    alice.member.connect()
    alice.settle()
    assert alice.state.here == "#dev"
    assert bob.log[-1].endswith("│ to dev")


def test_what_waits_is_counted_and_the_marker_stays_until_something_is_said() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("/join #dev\r")
    bob.keys("one\r")
    bob.keys("two, @alice\r")
    assert alice.rooms == ["!#lobby        @1 2", "#dev"]
    alice.host.go("#lobby")
    assert [row for row in alice.log if row.startswith("── new")] != []
    alice.state.seen()
    assert alice.rooms == ["#dev", "#lobby"]
    bob.keys("three\r")
    assert [row for row in alice.log if row.startswith("── new")] != []
    alice.keys("hi\r")
    assert [row for row in alice.log if row.startswith("── new")] == []
    bob.keys("four\r")
    assert [row for row in alice.log if row.startswith("── new")] == [], "somebody is there and sees it come"
    alice.state._seen_at -= 2 * ACTIVE_SECONDS
    bob.keys("five\r")
    assert [row for row in alice.log if row.startswith("── new")] != []


def test_only_what_was_shown_counts_as_read() -> None:
    alice, bob = seats("alice", "bob")
    for number in range(1, 31):
        bob.keys(f"number {number}\r")
    assert alice.log[-1].endswith("number 30")
    alice.state.layout.scroll(-10)
    assert not alice.log[-1].endswith("number 30")
    alice.state.seen()
    assert alice.state.conversations.of("#lobby").unread == 10
    alice.state.layout.to_end()
    assert alice.log
    alice.state.seen()
    assert alice.state.conversations.of("#lobby").unread == 0


def test_unread_messages_that_are_not_here_stay_unread() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("/join #dev\r")
    for number in range(1, 61):
        bob.keys(f"number {number}\r")
    timeline = alice.session.timeline("#lobby")
    for seq in range(31, 55):
        timeline._drop(seq)
    timeline.known.remove(31, 54)
    alice.host.go("#lobby")
    alice.state.update().resize(70, 14)
    alice.state.layout.show((10, 0))
    alice.state.layout.view(70, 14)
    last = alice.state.layout.last_shown
    assert 10 < last <= 30
    alice.state.seen()
    assert alice.state.conversations.of("#lobby").unread == 60 - last
    alice.state.layout.to_end()
    alice.state.layout.view(70, 14)
    alice.state.seen()
    assert alice.state.conversations.of("#lobby").unread == 0


def test_what_somebody_answers_while_scrolled_up_counts_as_read_when_they_see_it() -> None:
    alice, bob = seats("alice", "bob")
    for number in range(1, 31):
        bob.keys(f"number {number}\r")
    assert alice.log
    alice.state.layout.scroll(-10)
    assert alice.log
    alice.state.seen()
    alice.keys("an answer\r")
    assert alice.log[-1].endswith("an answer")
    alice.state.seen()
    alice.settle()
    assert bob.log[-2].endswith("✓✓ │ number 30")


def test_a_question_takes_the_place_of_the_draft_and_gives_it_back() -> None:
    (alice,) = seats("alice")
    alice.keys("unfinished")
    alice.host.question(["Recipient: "], lambda name: alice.host.show(f"to {name}"))
    assert (alice.host.field.text, alice.host.prompt_text) == ("", "Recipient: ")
    alice.keys("bob\r")
    assert any(row.endswith("to bob") for row in alice.log)
    assert alice.host.field.text == "unfinished"
    alice.host.question(["Password: "], lambda _password: None, secret=True)
    alice.keys("hunter2")
    assert alice.host.field.shown == (None, "", 0)
    alice.keys("\x03")
    assert alice.host.prompt_text == "#lobby> "
    assert alice.host.field.text == "unfinished"


def test_a_conversation_is_found_by_letters() -> None:
    alice, _ = seats("alice", "bob")
    alice.keys("/join #development\r")
    alice.host.go("#lobby")
    alice.host.ask_where()
    alice.keys("dlp\r")
    assert alice.state.here == "#development"
    alice.host.ask_where()
    alice.keys("xyz\r")
    assert alice.host.prompt_text == "Go to: ", "the question stays"
    assert alice.host.field.text == "xyz"


def test_leaving_waits_for_the_broker_and_ctrl_c_does_not() -> None:
    alice, bob = seats("alice", "bob")
    alice.member.cut()
    alice.keys("last words\r")
    alice.host.quit()
    assert alice.host.end is None
    alice.member.connect()
    alice.settle()
    alice.host.check_end()
    alice.settle()
    alice.host.check_end()
    assert alice.host.end is not None
    assert (alice.host.end.code, alice.host.end.text) == (Exit.DONE, "")
    assert alice.session.state is not SessionState.READY
    bob.member.cut()
    bob.keys("lost\r")
    bob.keys("\x03")
    assert bob.host.end is None
    bob.keys("\x03")
    assert bob.host.end is not None
    assert (bob.host.end.code, bob.host.end.text) == (
        Exit.INTERRUPTED,
        "1 message was not confirmed by the broker",
    )


def test_a_second_signal_ends_at_once_and_says_what_is_unsent() -> None:
    (alice,) = seats("alice")
    alice.member.cut()
    alice.keys("last words\r")
    alice.host.hurry()
    assert alice.host.end is None
    alice.host.hurry()
    assert alice.host.end is not None
    unsent = "1 message was not confirmed by the broker"
    assert (alice.host.end.code, alice.host.end.text) == (Exit.NOT_CONFIRMED, unsent)
    alice.host.end = None
    alice.host._react(Ended(Goodbye(GoodbyeReason.SHUTTING_DOWN, "it stops")))
    assert alice.host.end is not None
    assert alice.host.end.text.endswith(f"; {unsent}")


def test_ctrl_c_stops_the_files_first(tmp_path: Path) -> None:
    (alice,) = seats("alice", max_file=1_000)
    (tmp_path / "a.txt").write_text("text")
    alice.member.cut()
    alice.host.upload(str(tmp_path / "a.txt"), "")
    alice.keys("\x03")
    assert any("The files on their way are stopped." in row for row in alice.log)
    assert alice.session.transfers == []
    assert alice.host.end is None


def test_people_who_say_nothing_come_and_go_silently() -> None:
    alice, bob, carol = seats("alice", "bob", "carol")
    alice.keys("/join #dev\r")
    bob.keys("/join #dev\r")
    carol.keys("/join #dev\r")
    bob.keys("hello\r")
    bob.keys("/leave #dev\r")
    carol.keys("/leave #dev\r")
    text = "\n".join(alice.log)
    assert "bob left #dev" in text
    assert "carol" not in text
    rows = alice.state.members.rows("#dev", 20, 5)
    assert [text for row in rows for text, _ in row if text.strip("│ ")] == ["1 of 1 here", "*", "alice"]


def test_messages_that_are_dropped_while_somebody_looks_elsewhere_end_nothing() -> None:
    alice, bob = seats("alice", "bob")
    for number in range(1, 31):
        bob.keys(f"number {number}\r")
    assert alice.log
    alice.state.layout.scroll(-8)
    assert alice.log
    timeline = alice.session.timeline("#lobby")
    timeline._forget_before(20)
    alice.state.update().scroll(-3)
    alice.state.update().to_end()
    assert alice.log[-1].endswith("number 30")


def test_what_the_panes_have_asked_is_not_waited_for_at_the_end() -> None:
    (alice,) = seats("alice")
    alice.member.cut()
    alice.session.ask(TopicQuery, room="#lobby")
    assert not Unsent(alice.session, alice.host.composer)
    alice.session.ask(Topic, room="#lobby")
    assert Unsent(alice.session, alice.host.composer).commands == 1


def test_a_newcomer_is_told_once_where_the_help_is() -> None:
    (alice,) = seats("alice")
    alice.member.cut()
    alice.member.connect()
    alice.settle()
    assert sum("F1 shows the keys and commands." in row for row in alice.log) == 1


def test_messages_that_were_pinned_before_the_start_have_their_sign() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("the address is 5 Main Street\r")
    alice.keys("/pin\r")
    again = started_again(bob, None)
    again.member.connect()
    again.state.look()
    again.settle()
    assert again.log
    again.settle()
    assert any("alice   ^ │ the address" in row for row in again.log)


def test_who_leaves_a_direct_conversation_is_told_that_they_are_in_no_room() -> None:
    alice, _ = seats("alice", "bob")
    alice.keys("/query bob\r")
    alice.keys("/leave\r")
    assert alice.host.prompt_text == "no room> "
    assert sum("You are in no room now." in row for row in alice.log) == 1


def test_a_message_from_before_the_start_can_be_corrected_without_its_number() -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("teh plan\r")
    again = started_again(bob, None)
    again.member.connect()
    again.settle()
    assert again.log
    again.settle()
    again.keys("s/teh/the/\r")
    assert any(row.endswith("│ the plan") for row in alice.log)


def test_a_notice_stands_where_it_came_also_if_the_messages_behind_it_are_here_already() -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("before\r")
    assert alice.log
    now = alice.world.seconds
    for event in (
        System(SystemKind.TOPIC, "bob", "bob set the topic to tea", room="#lobby", topic="tea"),
        Message("#lobby", 2, "i2", "bob", "after", 0),
    ):
        alice.session.receive(event, now)
    alice.host.take_events()
    words = [row.split()[-1] for row in alice.log if row]
    assert [word for word in words if word in ("before", "tea", "after")] == ["before", "tea", "after"]
