"""What can be done with a person."""

from __future__ import annotations

import pytest
from screen_stage import Seat, seats

from client.editor.keyboard import Action
from client.screen.dialogs.people import Person, ask_deed, ask_person, deeds_with
from client.screen.sheets.confirm import Confirm
from client.screen.tones import text_of


def room() -> tuple[Seat, Seat]:
    """Alice, who has opened a room, and bob, who is in it."""
    alice, bob = seats("alice", "bob")
    for one in (alice, bob):
        one.keys("/join #dev\r")
    alice.settle()
    return alice, bob


def sheet(seat: Seat) -> str:
    return "\n".join(text_of(row) for row in seat.host.sheets.rows(70, 14))


def say_yes(seat: Seat) -> None:
    top = seat.host.sheets.top
    assert isinstance(top, Confirm)
    top.take(Action.ENTER)
    seat.settle()


def test_only_who_has_a_higher_role_moderates() -> None:
    alice, bob = room()
    assert {"kick", "ban", "mute", "make operator"} <= {one.name for one in deeds_with(alice.host, "bob")}
    assert {one.name for one in deeds_with(bob.host, "alice")} == {
        "message",
        "mention",
        "whois",
        "ignore",
        "unignore",
    }
    assert [one.name for one in deeds_with(bob.host, "bob")] == ["whois"]


def test_a_ban_asks_for_how_long_and_why_and_whether_it_is_meant() -> None:
    alice, bob = room()
    alice.keys("half a word")
    ask_person(alice.host)
    alice.keys("bob\r")
    alice.keys("ban\r")
    assert "Ban bob from #dev" in sheet(alice)
    alice.keys("90m\r")
    assert "The reason is shown to everybody" in sheet(alice)
    alice.keys("3 times spam\r")
    assert "Ban bob from #dev for 90m (3 times spam)?" in sheet(alice)
    assert bob.state.here == "#dev"
    say_yes(alice)
    assert any("bob is banned from #dev for 90m" in row for row in alice.log)
    assert any("3 times spam" in row for row in bob.log)
    assert alice.host.field.text == "half a word"


def test_a_duration_can_be_chosen_and_a_wrong_one_is_told() -> None:
    alice, _ = room()
    Person(alice.host, "bob").mute()
    alice.keys("9999d\r")
    assert "Write a duration as 10m, 1h30m or 7d" in sheet(alice)
    assert alice.host.field.text == "9999d"
    alice.keys("\x15ever\r")
    alice.keys("\r")
    assert "Mute bob in #dev for ever?" in sheet(alice)
    alice.host.escape()
    assert alice.host.sheets.top is None


def test_a_reason_that_is_too_long_can_be_corrected() -> None:
    alice, _ = room()
    Person(alice.host, "bob").kick()
    alice.keys(f"{'x' * 301}\r")
    assert len(alice.host.field.text) == 301
    assert "300 characters" in sheet(alice)
    alice.keys("\x15spam\r")
    assert "Kick bob from #dev (spam)?" in sheet(alice)


def test_roles_are_given_after_a_question() -> None:
    alice, bob = room()
    ask_deed(alice.host, "bob")
    alice.keys("make mod\r")
    assert "Make bob moderator of #dev?" in sheet(alice)
    bob.host.go("#lobby")
    say_yes(alice)
    assert any("you are now moderator of #dev" in row for row in bob.log), "it is shown where bob looks"
    assert [one.name for one in deeds_with(alice.host, "bob") if "make" in one.name]


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("/ban bob 1h rude", "Ban bob from #dev for 1h (rude)?"),
        ("/sessions end 7", "End your session 7? Its device does not come back by itself."),
        ("/resetkeys bob", "Free the name bob?"),
        ("/revoke SHA256:UiUB9OemP2Hdd21+1oKRBMgVAiTJW5bZXRioJUnsVdM", "Revoke your key SHA256:UiUB9Oem"),
    ],
)
def test_a_typed_command_that_cannot_be_undone_is_asked_about(line: str, question: str) -> None:
    alice, _ = room()
    alice.keys(f"{line}\r")
    assert question in sheet(alice)
    alice.host.escape()
    assert alice.host.sheets.top is None
    alice.keys("/ban #dev bob 99999d\r")
    assert any("rite the duration as 10m" in row for row in alice.log)
    assert alice.host.sheets.top is None, "what is wrong is not asked about"


def test_a_typed_kick_is_done_at_once() -> None:
    alice, bob = room()
    alice.keys("/kick bob\r")
    assert alice.host.sheets.top is None
    assert any("removed" in row or "kicked" in row for row in bob.log)


def test_whether_the_other_one_is_away_stands_above_the_conversation() -> None:
    alice, bob = seats("alice", "bob")
    bob.keys("/away at lunch\r")
    alice.keys("/query bob\r")
    assert alice.state.topics["@bob"] == "away: at lunch"
