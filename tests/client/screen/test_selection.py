"""Selecting messages by keys, and acting on them."""

from __future__ import annotations

from screen_stage import Seat, Table, seats, tables

from client.screen.selecting.selection import Selection
from client.screen.sheets.sheet import singly
from client.screen.terminal import Keys
from client.screen.tones import text_of


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
    assert any(row.startswith("🆗  bob") for row in rows)
    assert any(row.startswith("bob  got it 1") and ", read it 1" in row for row in rows), rows
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
    for key, told in (("d", "Refused: you are not in this room"), ("p", "You were removed from #dev")):
        bob.press(f"\x1b[15~{key}")
        if key == "d":
            assert bob.sheet()[1] == "Delete message 1, “in dev”?"
            bob.press("y")
        assert told in " ".join(bob.log)
