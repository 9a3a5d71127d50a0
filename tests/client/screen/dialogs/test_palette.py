"""The palette: everything in it, and what a choice does."""

from __future__ import annotations

import pytest
from screen_stage import Seat, seats

from client.commands import COMMANDS
from client.screen.dialogs.palette import Palette, needs_arguments
from client.screen.keys import KEYS, ScreenKey
from client.screen.tones import text_of


def palette(seat: Seat) -> tuple[Palette, list[ScreenKey]]:
    pressed: list[ScreenKey] = []
    return Palette(seat.host, pressed.append), pressed


def choose(seat: Seat, one: Palette, letters: str) -> None:
    """Type letters into the open palette, and choose the first that has them."""
    one.open()
    seat.keys(f"{letters}\r")


def test_all_commands_conversations_members_and_keys_are_in_it_once() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("/join #dev\r")
    bob.keys("/join #dev\r")
    names = [one.name for one in palette(alice)[0].choices()]
    wanted = [one.names[0] for one in COMMANDS.listed] + [key.name for key in KEYS]
    wanted += ["#dev", "#lobby", "alice", "bob"]
    assert [name for name in wanted if names.count(name) != 1] == []
    moderation = {
        "kick …",
        "mute …",
        "unmute …",
        "ban …",
        "make moderator …",
        "make operator …",
        "make member …",
    }
    assert set(names) - set(wanted) == moderation, "alice has opened the room"
    assert not moderation & {one.name for one in palette(bob)[0].choices()}


def test_a_command_runs_or_is_put_before_what_it_needs() -> None:
    alice, _ = seats("alice", "bob")
    one, _ = palette(alice)
    choose(alice, one, "whoami")
    assert any("You are alice from" in row for row in alice.log)
    alice.keys("my draft")
    choose(alice, one, "/msg")
    assert alice.host.field.text == "/msg "
    assert any("Ctrl-P brings it back" in row for row in alice.log)
    alice.keys("bob hi\r")
    alice.keys("\x10\x10")
    assert alice.host.field.text == "my draft"


def test_a_draft_comes_back_if_nothing_or_a_conversation_is_chosen() -> None:
    alice, _ = seats("alice", "bob")
    one, _ = palette(alice)
    alice.keys("/join #dev\r")
    alice.keys("my draft")
    one.open()
    assert alice.host.field.text == ""
    alice.host.escape()
    assert alice.host.field.text == "my draft"
    choose(alice, one, "#lob")
    assert alice.state.here == "#lobby"
    assert alice.host.field.text == ""
    alice.host.go("#dev")
    assert alice.host.field.text == "my draft"


def test_what_was_chosen_last_comes_first_and_words_of_the_help_are_found_too() -> None:
    alice, _ = seats("alice", "bob")
    one, pressed = palette(alice)
    choose(alice, one, "topic?")
    assert "nothing has these letters" in text_of(alice.host.sheets.rows(60, 5)[1])
    alice.keys(" and more\r")
    assert not any("and more" in row for row in alice.log), "what is typed then goes nowhere"
    choose(alice, one, "act on it")
    assert pressed == [ScreenKey.SELECT]
    choose(alice, one, "/time")
    assert [found.name for found in one.choices()[:2]] == ["/time", "F5, Ctrl-Up"]
    one.open()
    shown = [text_of(row) for row in alice.host.sheets.rows(60, 5)]
    assert shown[1].startswith(" /time")
    assert "show the broker's time" in shown[1]


def test_a_member_is_chosen_and_then_what_to_do() -> None:
    alice, bob = seats("alice", "bob")
    one, _ = palette(alice)
    alice.keys("hello")
    one.open()
    alice.keys("bob\r")
    alice.keys("mention\r")
    assert alice.host.field.text == "hello @bob "
    assert bob.log[-1] != "hello"


@pytest.mark.parametrize(
    ("name", "needed"),
    [("/leave", False), ("/kick", True), ("/set", False), ("/private", True), ("/history", False)],
)
def test_the_usage_says_whether_arguments_are_needed(name: str, needed: bool) -> None:
    assert needs_arguments(COMMANDS.table[name]) == needed
