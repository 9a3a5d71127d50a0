"""What is typed for each conversation, over restarts too, and texts that are more than said."""

from __future__ import annotations

from pathlib import Path

import pytest
from screen_stage import Seat, seats, started_again

from client.editor.keyboard import Pasted
from client.screen.composer.meaning import Aim, Target
from client.screen.composer.popup import Offer

PASTE = "\n".join(["a line"] * 34)


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    return tmp_path / "drafts.json"


def connect(seat: Seat) -> Seat:
    seat.member.connect()
    seat.settle()
    return seat


def press(seat: Seat, keys: str) -> None:
    seat.keys(keys)
    seat.host.tell_typing()
    seat.settle()


def test_drafts_are_there_after_a_restart_and_are_sent_when_the_broker_has_said_that_all_is_as_it_was(
    drafts: Path,
) -> None:
    alice, bob = seats("alice", "bob", drafts=drafts)
    alice.keys("/join #dev\r")
    alice.keys("for dev")
    alice.host.go("#lobby")
    assert alice.rooms == ["#dev             ✎", "#lobby"]
    alice.keys("for all\x02")
    alice.host.keep_drafts()
    again = started_again(alice, drafts)
    assert (again.host.field.text, again.host.field.cursor) == ("for all", 6)
    again.keys("\r")
    assert again.host.field.text == "for all", "nobody knows yet whether it is the same lobby"
    connect(again)
    again.host.go("#dev")
    assert again.host.field.text == "for dev"
    again.keys("\r")
    again.host.go("#lobby")
    again.keys("\r")
    assert bob.log[-1].endswith("│ for all")
    again.host.keep_drafts()
    assert started_again(again, drafts).host.drafts.all == {}


def test_a_draft_of_an_ended_place_or_of_another_log_needs_another_look_after_a_restart(drafts: Path) -> None:
    alice, bob = seats("alice", "bob", drafts=drafts)
    for one in (alice, bob):
        one.keys("/join #dev\r")
    bob.keys("my secret")
    bob.host.keep_drafts()
    again = started_again(bob, drafts)
    alice.keys("/kick #dev bob\r")
    connect(again)
    again.keys("/join #dev\r")
    assert again.host.field.text == "my secret"
    again.keys("\r")
    assert again.host.field.text == "my secret"
    assert any("may not be what it was when this was typed" in row for row in again.log)
    again.keys("\r")
    assert alice.log[-1].endswith("│ my secret")
    again.host.go("#lobby")
    again.keys("for all")
    again.host.keep_drafts()
    last = started_again(again, drafts)
    last.world.restart(empty=True)
    connect(alice)
    connect(last).keys("\r")
    assert last.host.field.text == "for all"


def test_a_draft_follows_the_user_and_not_the_name(drafts: Path) -> None:
    alice, bob, carol = seats("alice", "bob", "carol", drafts=drafts)
    bob.keys("/msg alice hello\r")
    alice.keys("/query bob\r")
    alice.keys("only for you")
    alice.host.keep_drafts()
    again = started_again(alice, drafts)
    bob.keys("/nick rob\r")
    carol.keys("/nick bob\r")
    connect(again)
    assert "@bob" not in again.host.drafts
    again.host.go("@rob")
    assert again.host.field.text == "only for you"
    again.keys("\r")
    rob = bob
    rob.host.go("@alice")
    assert rob.log[-1].endswith("│ only for you")


def test_clients_of_one_user_keep_each_others_drafts_and_all_is_kept_at_the_end(drafts: Path) -> None:
    alice, other = seats("alice", "other", drafts=drafts)
    other.session._exchange.name = "alice"
    other.host.load_drafts("alice")
    alice.keys("one")
    alice.host.keep_drafts()
    other.keys("/join #dev\r")
    other.keys("two")
    other.host.quit()
    alice.keys("!")
    alice.host.quit()
    again = started_again(alice, drafts, "alice")
    assert {**again.host.drafts.all}.keys() == {"#dev"}
    assert again.host.field.text == "one!"


def test_no_secret_is_ever_written(drafts: Path) -> None:
    (alice,) = seats("alice", drafts=drafts)
    for text in ("/password hunter2", " /passwrod hunter2", "/login hunter2"):
        alice.keys(text)
        alice.host.keep_drafts()
        alice.host.field.load_draft(None)
    alice.keys("a draft")
    alice.host.question(["Password: "], lambda _: None, secret=True)
    alice.keys("hunter2")
    alice.host.keep_drafts()
    alice.keys("\x03")
    alice.keys("\x15/password hunter2")
    alice.host.field.aim(Target(Aim.EDIT, "#lobby", 1), "text")
    alice.host.keep_drafts()
    assert "hunter2" not in drafts.read_text("utf-8")
    assert "text" in drafts.read_text("utf-8")


def test_another_user_has_other_drafts_and_a_new_name_takes_them_along(drafts: Path) -> None:
    alice, _ = seats("alice", "bob", drafts=drafts)
    alice.keys("/nick alicia\r")
    alice.keys("a draft")
    alice.host.keep_drafts()
    assert "alicia" in drafts.read_text("utf-8")
    assert '"alice"' not in drafts.read_text("utf-8")
    alice.keys("\x15/login carol\r")
    alice.keys("of carol")
    alice.host.keep_drafts()
    again = started_again(alice, drafts, "alicia")
    assert again.host.field.text == ""
    assert "of carol" in drafts.read_text("utf-8")


def test_a_file_that_cannot_be_used_is_told_once(tmp_path: Path) -> None:
    (alice,) = seats("alice", drafts=Path("/dev/null/drafts.json"))
    alice.keys("a draft")
    alice.host.keep_drafts()
    alice.host.keep_drafts()
    assert sum("Drafts are not kept" in row for row in alice.log) == 1


def test_edits_and_answers_reach_the_message_that_was_meant() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("teh plan\rsecond\r")
    bob.keys("between\r")
    alice.keys("half a thought")
    alice.host.field.aim(Target(Aim.EDIT, "#lobby", 1), "teh plan")
    bob.keys("meanwhile\r")
    alice.keys("\x15the plan\x1b\rof two lines\r")
    assert alice.host.field.text == "half a thought"
    alice.host.field.aim(Target(Aim.REPLY, "#lobby", 3))
    assert alice.host.prompt_text == "reply 3> "
    alice.keys("!\r")
    messages = bob.session.timeline("#lobby").messages
    assert messages[1].text == "the plan\nof two lines"
    assert (messages[6].text, messages[6].reply_to) == ("half a thought!", 3)


def test_an_edit_that_cannot_be_sent_stays_and_says_why() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("a plan\r")
    for keys, why in (
        ("\x15\r", "There is no text. /delete 1 deletes the message"),
        ("x" * 4_001 + "\r", "4,001 characters"),
    ):
        alice.host.field.load_draft(None)
        alice.host.field.up()
        alice.keys("\x15" + keys)
        assert any(why in row for row in alice.log)
        assert alice.host.prompt_text == "edit 1> "
    alice.host.field.load_draft(None)
    alice.keys("half a thought")
    alice.host.field.aim(Target(Aim.EDIT, "#lobby", 1), "x" * 4_001)
    alice.keys("\r")
    assert alice.host.prompt_text == "edit 1> ", "what stood back does not take its place"
    alice.host.escape()
    assert alice.host.field.text == "half a thought"
    alice.host.field.load_draft(None)
    for one in (alice, bob):
        one.keys("/join #dev\r")
    bob.keys("mine\r")
    bob.host.field.up()
    bob.keys(" now")
    alice.keys("/kick #dev bob\r")
    bob.keys("\r")
    assert bob.host.field.text == "mine now"
    assert any("Not sent: message 1 is in #dev" in row for row in bob.log)
    bob.host.go("#lobby")
    assert (bob.host.field.text, bob.host.prompt_text) == ("", "#lobby> ")


def test_a_target_follows_a_new_name_and_is_dropped_with_its_log(drafts: Path) -> None:
    alice, bob = seats("alice", "bob", drafts=drafts)
    bob.keys("/msg alice hello\r")
    alice.keys("/query bob\r")
    alice.keys("first\r")
    alice.host.field.up()
    alice.keys("!")
    bob.keys("/nick rob\r")
    assert alice.host.field.target == Target(Aim.EDIT, "@rob", 2)
    alice.keys("\r")
    assert alice.host.field.text == "first!", "rob is to be chosen again"
    alice.host.go("@rob")
    alice.keys("\r")
    alice.keys("\r")
    assert bob.session.timeline("@alice").messages[2].text == "first!"
    alice.host.field.up()
    alice.keys("!")
    alice.host.go("#lobby")
    alice.host.field.aim(Target(Aim.REPLY, "#lobby", 1))
    alice.keys("an answer")
    alice.world.restart(empty=True)
    connect(bob)
    connect(alice)
    assert (alice.host.field.text, alice.host.field.target) == ("an answer", None)
    assert [(one.line.text, one.target) for one in alice.host.drafts.all.values()] == [("first!!", None)]


def test_a_draft_for_somebody_who_was_never_written_to_is_in_the_list() -> None:
    alice, _ = seats("alice", "bob")
    alice.keys("/query bob\r")
    alice.keys("dear bob")
    alice.host.go("#lobby")
    assert alice.rooms == ["#lobby", "@bob             ✎"]
    alice.host.go("@bob")
    assert (alice.host.field.text, alice.host.prompt_text) == ("dear bob", "@bob> ")


def test_drafts_are_written_when_another_conversation_is_chosen(drafts: Path) -> None:
    (alice,) = seats("alice", drafts=drafts)
    alice.keys("/join #dev\r")
    alice.keys("for dev")
    alice.host.go("#lobby")
    alice.host.go("#dev")
    again = started_again(alice, drafts)
    assert {place: one.line.text for place, one in again.host.drafts.all.items()} == {"#dev": "for dev"}
    assert again.host.field.text == ""


def test_a_long_paste_becomes_a_file_or_a_message() -> None:
    alice, bob = seats("alice", "bob", max_file=1_000)
    alice.host.field.take([Pasted(PASTE)])
    assert bob.session.timeline("#lobby").messages == {}
    assert alice.host.escape()
    alice.keys(" @bo")
    assert alice.host.field.offer != Offer()
    alice.keys("\x17\x7f\r")
    alice.keys("f")
    assert alice.host.prompt_text == "File name [paste.txt]: "
    assert alice.host.escape()
    assert alice.host.field.text == PASTE
    alice.keys("\r")
    alice.keys("f")
    alice.keys("\rthe log\r")
    assert (alice.host.field.text, alice.host.prompt_text) == ("", "#lobby> ")
    alice.host.field.take([Pasted(PASTE)])
    alice.keys("\r")
    first, second = bob.session.timeline("#lobby").messages.values()
    assert [(file.name, file.size) for file in first.files] == [("paste.txt", len(PASTE) + 1)]
    assert (first.text, second.text) == ("the log", PASTE)


def test_a_paste_stays_if_its_room_is_lost_before_the_file_has_a_name() -> None:
    alice, bob = seats("alice", "bob", max_file=1_000)
    for one in (alice, bob):
        one.keys("/join #dev\r")
    bob.host.field.take([Pasted(PASTE)])
    bob.keys("f")
    alice.keys("/kick #dev bob\r")
    bob.keys("\r\r")
    assert bob.host.field.text == PASTE
    assert any("not sent: you were removed from #dev" in row for row in bob.log)
    assert bob.session.unaccepted == []


def test_a_paste_that_the_chat_does_not_take_as_a_file_stays() -> None:
    (alice,) = seats("alice")
    alice.host.field.take([Pasted(PASTE)])
    alice.keys("f")
    assert any("This chat takes no files." in row for row in alice.log)
    assert (alice.host.field.text, alice.host.prompt_text) == (PASTE, "#lobby> ")


def test_a_text_of_several_messages_is_sent_in_parts_after_one_question() -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("why?\r")
    alice.host.field.aim(Target(Aim.REPLY, "#lobby", 1))
    alice.host.field.take([Pasted("word " * 1_000)])
    alice.keys("\r")
    found = list(bob.session.timeline("#lobby").messages.values())
    assert [len(one.text) for one in found] == [4, 3_999, 999]
    assert [one.reply_to for one in found] == [0, 1, 0]


def test_only_texts_for_others_are_told_as_typing() -> None:
    (alice,) = seats("alice")
    alice.keys("hello\r")
    tells: list[object] = []
    alice.session.typed = lambda place, text, now: tells.append(text)  # type: ignore[method-assign, assignment]
    alice.host.field.up()
    press(alice, " again")
    alice.host.escape()
    press(alice, "/topic x")
    press(alice, "\x15")
    press(alice, "s/hello/hi")
    alice.host.field.load_draft(None)
    alice.host.ask_where()
    press(alice, "lob")
    alice.host.escape()
    tells.clear()
    press(alice, "a draft")
    press(alice, "\x02")
    assert tells == ["a draft"]
    tells.clear()
    alice.host.field.load_draft(None)
    press(alice, "/join #dev\r")
    alice.keys("for dev")
    alice.host.go("#lobby")
    press(alice, "")
    alice.host.go("#dev")
    press(alice, "")
    assert tells == [], "a draft that is only looked at is not being typed"
