"""Searching on the full screen, and walking through the hits."""

from __future__ import annotations

import pytest
from screen_stage import Table, tables

from client.screen.selecting.selection import Selection
from client.screen.tones import Meaning
from messages.requests import Leave

CTRL_F, F3, SHIFT_F3, F4 = "\x06", "\x1bOR", "\x1b[1;2R", "\x1bOS"
DOWN, END = "\x1b[B", "\x1b[F"


def talk() -> list[Table]:
    """Alice, and bob who has said much here and something in #dev."""
    alice, bob = tables("alice", "bob")
    for one in (alice, bob):
        one.keys("/join #dev\r")
    bob.keys("the plan of dev\r")
    for one in (alice, bob):
        one.host.go("#lobby")
    for number in range(1, 61):
        bob.session.send("#lobby", f"plan {number}" if number % 20 == 0 else f"number {number}")
    for _ in range(4):
        alice.settle()
    assert alice.log
    return [alice, bob]


def chosen_hit(one: Table) -> str:
    """The hit that stands out in the sheet."""
    rows = one.host.sheets.rows(90, one.host.sheets.height(90, 16))
    found = [row for row in rows[1:] if row and all(tone.reverse for _, tone in row)]
    return "".join(text for text, _ in found[0]).rstrip() if found else ""


def test_hits_are_walked_through_with_the_log_behind_them_and_escape_goes_back() -> None:
    alice, _ = talk()
    alice.press("\x1b[1;2A" * 2)
    before = alice.log
    alice.press(CTRL_F)
    assert alice.host.prompt_text == "Search #lobby: "
    alice.press("plan\r")
    assert alice.sheet()[0].startswith("── Search plan in:#lobby: 1 of 3 ──")
    assert alice.sheet()[-1] == "There are no older hits."
    assert chosen_hit(alice).endswith(" bob   │ plan 60")
    assert alice.chosen == ["plan 60"]
    alice.press(DOWN)
    assert (chosen_hit(alice)[-7:], alice.chosen) == ("plan 40", ["plan 40"])
    assert "number 39" in alice.texts
    assert "number 41" in alice.texts
    alice.press("n")
    alice.press("x" + F3 + SHIFT_F3)
    assert alice.chosen == ["plan 40"]
    alice.press("\x1b")
    assert alice.sheet() == []
    assert alice.log == before
    assert alice.chosen == []


def test_the_words_stand_out_whatever_their_case_and_accents() -> None:
    alice, bob = tables("alice", "bob")
    bob.keys("Déjà vu, dejavu\r")
    alice.press(CTRL_F + "deja\r")
    row = alice.host.sheets.rows(90, 2)[1]
    assert [text for text, tone in row if tone.meaning is Meaning.HIT] == ["Déjà"]


def test_a_search_everywhere_goes_to_other_conversations_with_enter_and_selects_the_message() -> None:
    alice, bob = talk()
    alice.press(F4 + "plan dev\r")
    assert chosen_hit(alice).startswith("#dev 20")
    assert alice.state.here == "#lobby"
    alice.press("\r")
    assert alice.state.here == "#dev"
    assert isinstance(alice.host.sheets.top, Selection)
    assert alice.chosen == ["the plan of dev"]
    alice.press("r")
    alice.keys("agreed\r")
    bob.host.go("#dev")
    assert bob.texts[-1] == "agreed"


@pytest.mark.parametrize("keys", ["\x1b[70;6u", "\x1b[102;6u", "\x1b[27;6;70~"])
def test_terminals_send_ctrl_shift_f_in_several_ways(keys: str) -> None:
    (alice,) = tables("alice")
    alice.press(keys)
    assert alice.host.prompt_text == "Search everywhere: "


def test_ctrl_f_moves_the_cursor_if_something_is_typed() -> None:
    (alice,) = tables("alice")
    alice.press("ab\x01" + CTRL_F + "x")
    assert alice.host.field.text == "axb"
    assert alice.host.prompt_text == "#lobby> "


def test_the_next_hit_is_gone_to_without_the_sheet_until_escape_ends_the_search() -> None:
    alice, _ = talk()
    alice.press("/search plan\r")
    alice.press("\rn")
    assert alice.chosen == ["plan 40"]
    assert isinstance(alice.host.sheets.top, Selection)
    alice.press("N")
    assert alice.chosen == ["plan 60"]
    alice.press("q" + F3)
    assert alice.chosen == ["plan 40"]
    assert alice.host.sheets.top is None
    alice.press("draft")
    assert alice.chosen == [], "it stands out until the next key"
    alice.press("\x15" + F3 + F3)
    assert alice.state.here == "#dev"
    alice.press(F3)
    assert "no older hits" in "".join(alice.log) + alice.state.hint
    alice.press("\x1b")
    alice.press(F3)
    assert alice.host.prompt_text == "Search #dev: "


def test_older_hits_come_when_one_goes_on_behind_the_last_one() -> None:
    alice, bob = tables("alice", "bob")
    for number in range(1, 71):
        bob.session.send("#lobby", f"plan {number}")
    for _ in range(4):
        alice.settle()
    alice.press("/search plan\r")
    assert " 1 of 50+ " in alice.sheet()[0]
    alice.press(END)
    assert chosen_hit(alice).endswith("plan 21")
    assert alice.sheet()[-1] == "There may be older hits; go on down to get them."
    alice.press(DOWN)
    assert chosen_hit(alice).endswith("plan 20")
    assert alice.chosen == ["plan 20"]
    assert " 51 of 70 " in alice.sheet()[0]


def test_hits_are_shown_as_they_are_now() -> None:
    alice, bob = talk()
    alice.press("/search plan\r")
    alice.session.timeline("#lobby")._forget_before(50)
    bob.keys("/edit 40 changed plan\r")
    bob.keys("/delete 20\r")
    bob.press("y")
    alice.settle()
    rows = alice.sheet()
    assert [row.rpartition("│ ")[2] for row in rows if "#lobby" in row] == [
        "plan 60",
        "changed plan",
        "deleted",
    ]
    assert "~ │ changed plan" in rows[2]


def test_a_narrow_sheet_indents_what_others_wrote() -> None:
    alice, _ = talk()
    alice.press("/search plan\r")
    head, text = alice.sheet(30)[1:3]
    assert head.startswith("#lobby 0")
    assert text == " plan 60"


def test_what_is_typed_meanwhile_is_not_taken_by_the_hits() -> None:
    alice, _ = talk()
    alice.press("/search plan\rjoin us")
    assert alice.host.sheets.top is None
    assert any("F3 shows it" in row for row in alice.log)
    alice.press("\x15" + F3)
    assert " 1 of 4" in alice.sheet()[0]


def test_the_sheet_says_what_the_broker_tells_of_the_search() -> None:
    alice, _ = talk()
    alice.member.cut()
    alice.press(CTRL_F + "plan\r")
    assert alice.sheet()[1:] == ["Waiting for the connection …"]
    alice.member.connect()
    alice.settle()
    assert chosen_hit(alice).endswith("plan 60")
    alice.press("/")
    alice.press("nowhere\r")
    assert alice.sheet()[1:] == ["Nothing was found."]
    alice.press("/")
    alice.press("after:someday\r")
    assert alice.state.hint.startswith("Someday is not a time; ")


def test_a_conversation_that_was_left_is_not_gone_to() -> None:
    alice, _ = talk()
    alice.press(F4 + "plan dev\r")
    alice.session.ask(Leave, room="#dev")
    alice.settle()
    alice.press("\r")
    assert alice.state.here == "#lobby"
    assert "You are not in #dev any more" in "".join(alice.log) + alice.state.hint


def test_hits_follow_a_new_name() -> None:
    alice, bob = tables("alice", "bob")
    for number in range(1, 61):
        bob.session.send("@alice", f"plan {number}")
    for _ in range(3):
        alice.settle()
    alice.keys("/query bob\r")
    assert alice.log
    alice.press(CTRL_F + "plan\r")
    bob.keys("/nick robert\r")
    assert alice.sheet()[0].startswith("── Search plan in:@robert: 1 of 50+ ")
    alice.press(END + DOWN)
    assert chosen_hit(alice).endswith("plan 10")
    alice.press("\r")
    assert (alice.state.here, alice.chosen) == ("@robert", ["plan 10"])


def test_the_sheet_closes_with_the_place_and_with_the_log() -> None:
    alice, _ = talk()
    alice.press(CTRL_F + "plan\r")
    alice.host.go("#dev")
    assert alice.sheet() == []
    alice.press(CTRL_F + "plan\r")
    assert alice.sheet()
    alice.world.restart(empty=True)
    alice.member.connect()
    alice.settle()
    assert alice.sheet() == []
    alice.press(F3)
    assert alice.host.prompt_text.startswith("Search #")


def test_what_is_typed_after_a_search_in_vain_is_a_text_again() -> None:
    (alice,) = tables("alice")
    alice.press("/search nothing\r")
    assert alice.sheet()[-1] == "Nothing was found."
    alice.press("well")
    assert (alice.sheet(), alice.host.field.text) == ([], "well")
    alice.press("\x15" + CTRL_F + "nothing\r")
    alice.press("\r")
    assert alice.sheet() == []
