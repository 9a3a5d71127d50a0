"""Selecting messages by keys, and acting on them."""

from __future__ import annotations

import re

import pytest
from screen_stage import Seat, Table, seats, tables

from client.screen.bars import status_row
from client.screen.selecting.selection import Selection
from client.screen.sheets.sheet import singly
from client.screen.terminal import Keys
from client.screen.tones import text_of
from messages.events import Message


def begin(seat: Seat) -> Selection:
    assert seat.log
    selection = Selection(seat.host)
    seat.host.sheets.open(selection)
    return selection


def press(seat: Seat, keys: str) -> None:
    """Press keys as the application hands them out."""
    decoder = Keys()
    sheets = seat.host.sheets
    for one in singly(decoder.feed(keys)[0] + decoder.pause(), sheets):
        if not sheets.take(one):
            seat.host.take_inputs(seat.host.field.take([one]))  # type: ignore[list-item]
            if sheets.top is not None:
                sheets.top.typed(seat.host.field.text)
    seat.settle()


def chosen_rows(seat: Seat) -> list[str]:
    """The rows that stand out in the log."""
    rows = seat.state.update().view(70, 14)
    return [text_of(row).rstrip() for row in rows if row and all(tone.reverse for _, tone in row)]


def test_keys_move_through_messages_and_the_log_follows() -> None:
    alice, bob = seats("alice", "bob")
    for number in range(1, 41):
        bob.keys(f"number {number}\r")
    selection = begin(alice)
    assert [row.split("│ ")[1] for row in chosen_rows(alice)] == ["number 40"]
    assert "more below" not in text_of(status_row(alice.state, alice.session, 70))
    press(alice, "\x1b[A\x1b[A")
    assert [row.split("│ ")[1] for row in chosen_rows(alice)] == ["number 38"]
    press(alice, "\x1b[H")
    assert [row.split("│ ")[1] for row in chosen_rows(alice)] == ["number 1"]
    bob.keys("number 41\r")
    assert [row.split("│ ")[1] for row in chosen_rows(alice)] == ["number 1"], "new messages move nothing"
    press(alice, "\x1b[6~")
    assert len(chosen_rows(alice)) == 1
    press(alice, "jj k")
    assert len(selection.messages) == 1
    press(alice, "\x1b[F")
    assert [row.split("│ ")[1] for row in chosen_rows(alice)] == ["number 41"]
    press(alice, "q")
    assert not selection.is_open
    assert chosen_rows(alice) == []
    assert alice.state.layout.stays_at_end


def test_a_selected_message_is_answered_edited_pinned_and_reacted_to() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("mine\r")
    bob.keys("theirs\r")
    begin(alice)
    press(alice, "r")
    alice.keys("an answer\r")
    assert any(row.split() == ["answers", "│", "bob:", "theirs"] for row in bob.log)
    begin(alice)
    alice.keys("half a line")
    press(alice, "kke")
    assert (alice.host.prompt_text, alice.host.field.text) == ("edit 1> ", "mine")
    alice.keys("\x15changed\r")
    assert alice.host.field.text == "half a line"
    alice.keys("\x15")
    assert any(row.endswith("│ changed") for row in bob.log)
    begin(alice)
    press(alice, "kp")
    assert alice.session.timeline("#lobby").pinned == {2}
    begin(alice)
    press(alice, "k+ok\r")
    assert any(row.split() == ["reacted", "│", "🆗", "1"] for row in bob.log)
    begin(alice)
    press(alice, "k+\r")
    assert not any("reacted" in row for row in bob.log), "the reaction that stands first is the one given"


def test_others_messages_are_not_edited() -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("theirs\r")
    begin(alice)
    press(alice, "e")
    assert alice.host.field.text == ""
    assert any("You can edit only what you have said" in row for row in alice.log)


def test_deleting_asks_first_by_key_and_by_command() -> None:
    alice, _ = seats("alice", "bob")
    for text in ("one", "two", "three", "four"):
        alice.keys(f"{text}\r")
    begin(alice)
    press(alice, "dn")
    assert alice.log[-1].endswith("│ four")
    press(alice, "dx")
    assert alice.log[-1].endswith("│ four"), "another letter is no yes"
    press(alice, "d\x1b[Ay")
    assert alice.log[-1].endswith("│ deleted")
    begin(alice)
    press(alice, "k k d\r")
    assert [row.split("│ ")[1] for row in alice.log if "│" in row] == ["one", "deleted", "deleted", "deleted"]
    alice.keys("/delete 1\r")
    assert text_of(alice.host.sheets.rows(60, 5)[1]) == "Delete message 1, “one”?"
    press(alice, "\x03")
    assert any(row.endswith("│ one") for row in alice.log)
    alice.keys("/delete 1\r")
    press(alice, "\r")
    assert not any(row.endswith("│ one") for row in alice.log)


def test_texts_are_copied_one_bare_several_with_their_senders() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("mine\r")
    bob.keys("theirs\r")
    copied: list[str] = []
    alice.host.copy = lambda text: copied.append(text) or "Copied."  # type: ignore[func-returns-value]
    begin(alice)
    press(alice, "c")
    begin(alice)
    press(alice, " k c")
    assert copied == ["theirs", "alice: mine\nbob: theirs"]


def test_who_has_a_message_and_since_when() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("mine\r")
    assert bob.log
    bob.state.seen()
    bob.keys("+:ok:\r")
    alice.settle()
    begin(alice)
    press(alice, "w")
    rows = [text_of(row).strip() for row in alice.host.sheets.rows(80, 12)]
    assert any(row.startswith("reacted  🆗  bob") for row in rows)
    assert any(re.fullmatch(r"bob  got it \d\d:\d\d:\d\d, read it \d\d:\d\d:\d\d", row) for row in rows), rows
    press(alice, "q")
    assert isinstance(alice.host.sheets.top, Selection)


def test_enter_offers_what_can_be_done_and_escape_takes_it_back() -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("theirs\r")
    alice.keys("half a line")
    selection = begin(alice)
    press(alice, "\r")
    assert alice.host.prompt_text == "Do: "
    alice.host.escape()
    assert alice.host.prompt_text == "#lobby> "
    assert alice.host.field.text == "half a line"
    press(alice, "\rpin\r")
    assert alice.session.timeline("#lobby").pinned == {1}
    assert not selection.is_open


def test_a_message_that_is_not_here_is_fetched_and_shown() -> None:
    alice, bob = seats("alice", "bob")
    for number in range(1, 301):
        bob.keys(f"number {number}\r")
    bob.keys("/reply 5 late\r")
    timeline = alice.session.timeline("#lobby")
    timeline._forget_before(290)
    begin(alice)
    press(alice, "g")
    alice.settle()
    assert [row.split("│ ")[1] for row in chosen_rows(alice)] == ["number 5"]
    assert any(row.endswith("number 4") for row in alice.log)
    assert any(row.endswith("number 6") for row in alice.log)


def test_what_is_copied_has_nothing_that_was_not_shown() -> None:
    (alice,) = seats("alice")
    copied: list[str] = []
    alice.host.copy = lambda text: copied.append(text) or "Copied."  # type: ignore[func-returns-value]
    for seq, text in enumerate(
        ("ls\u202e\x1b[201~\n", "two\nalice: yes"), alice.state.update().transcript.last + 1
    ):
        alice.session.receive(Message("#lobby", seq, f"i{seq}", "bob", text, 0), alice.world.seconds)
    alice.settle()
    begin(alice)
    press(alice, "kc")
    begin(alice)
    press(alice, " k c")
    assert copied == [
        "ls\\u202e\\x1b[201~",
        "bob: ls\\u202e\\x1b[201~\n      \nbob: two\n      alice: yes",
    ]


@pytest.mark.parametrize("keys", ["+", "\rpin"])
def test_what_is_chosen_after_the_person_went_elsewhere_is_done_nowhere(keys: str) -> None:
    (alice,) = seats("alice")
    alice.keys("here\r")
    alice.keys("/join #other\r")
    alice.keys("there\r")
    alice.keys("/join #lobby\r")
    begin(alice)
    press(alice, keys)
    alice.host.go("#other")
    press(alice, "\r")
    for place in ("#lobby", "#other"):
        assert not any(one.reactions for one in alice.session.timeline(place).messages.values())
        assert not alice.session.timeline(place).pinned
    assert alice.state.here == "#other"
    alice.host.go("#lobby")
    press(alice, "y")
    assert alice.host.field.text in ("", "y")


def test_a_confirmed_deletion_deletes_nothing_in_another_log() -> None:
    (alice,) = seats("alice")
    alice.keys("old\r")
    begin(alice)
    press(alice, "d")
    alice.world.restart(empty=True)
    alice.member.connect()
    for _ in range(4):
        alice.settle()
    alice.session.send("#lobby", "new")
    alice.settle()
    press(alice, "y")
    assert [one.text for one in alice.session.timeline("#lobby").messages.values()] == ["new"]


def test_keys_act_on_what_is_there_although_it_was_not_drawn_since() -> None:
    (alice,) = seats("alice")
    for number in range(1, 31):
        alice.keys(f"number {number}\r")
    begin(alice)
    alice.session.timeline("#lobby")._forget_before(29)
    press(alice, "\x1b[5~")
    assert [row.split("│ ")[1] for row in chosen_rows(alice)] == ["number 29"]


def test_no_key_of_the_selection_ends_the_screen_of_somebody_who_was_removed() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("/join #other\r")
    bob.keys("/join #other\r")
    bob.keys("mine\r")
    alice.keys("/kick bob\r")
    alice.settle()
    assert bob.host.composer.place is None
    begin(bob)
    for key in "d+pstwg":
        press(bob, key)
        bob.host.escape()
    assert bob.log


@pytest.mark.parametrize("keys", ["p", "+\r"])
def test_a_key_does_nothing_elsewhere_while_the_person_is_on_their_way(keys: str) -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("here\r")
    bob.keys("/join #other\r")
    bob.keys("there\r")
    begin(alice)
    alice.host.run("/join #other")
    presses = Keys().feed(keys)[0]
    for one in presses:
        if not alice.host.sheets.take(one):
            alice.host.take_inputs(alice.host.field.take([one]))  # type: ignore[list-item]
    alice.settle()
    for place in ("#lobby", "#other"):
        timeline = bob.session.timeline(place)
        assert not timeline.pinned
        assert not any(one.reactions for one in timeline.messages.values())


def in_two_rooms() -> tuple[Table, Table]:
    """Return two people in #dev, with a message of bob's there, and one in the lobby."""
    alice, bob = tables("alice", "bob")
    bob.press("in the lobby\r")
    for one in (alice, bob):
        one.press("/join #dev\r")
    bob.press("in dev\r")
    assert alice.log
    return alice, bob


def test_nothing_is_done_to_a_message_of_another_conversation() -> None:
    alice, bob = in_two_rooms()
    for keys in ("+\x1b[1;3B\r", "\x1b[1;3Br", "\x1b[1;3Bp", "\r\x1b[1;3Bpin\r", "\r\x1b[1;3Breply\r"):
        alice.host.go("#dev")
        alice.press("\x1b[15~")
        alice.press(keys)
        assert alice.state.here == "#lobby"
        assert alice.host.field.target is None
        alice.press("\x15")
    alice.host.go("#dev")
    alice.member.cut()
    alice.press("/join #lobby\r")
    alice.press("\x1b[15~p")
    alice.member.connect()
    alice.settle()
    assert alice.state.here == "#lobby"
    messages = bob.session.timeline("#lobby").messages
    assert not messages[1].reactions
    assert alice.session.timeline("#lobby").pinned == set()


def test_who_was_removed_can_select_and_is_told_what_cannot_be_done() -> None:
    alice, bob = in_two_rooms()
    alice.press("/kick #dev bob\r")
    for key, told in (("d", "Refused: you are not in this room"), ("p", "Not done: you were removed")):
        bob.press(f"\x1b[15~{key}")
        if key == "d":
            assert bob.sheet()[1] == "Delete message 1, “in dev”?"
            bob.press("y")
        assert told in " ".join(bob.log)
