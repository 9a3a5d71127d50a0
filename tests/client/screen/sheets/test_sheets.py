"""Sheets: what they show, and which keys they take."""

from __future__ import annotations

import pytest

from client.editor.keyboard import Action, Pasted, Typed
from client.screen.keys import ScreenKey
from client.screen.sheets.chooser import Choice, Chooser, ranked
from client.screen.sheets.confirm import Confirm
from client.screen.sheets.sheet import Sheets, singly
from client.screen.sheets.texts import Text
from client.screen.tones import PLAIN, text_of


def names(letters: str, *offered: str) -> list[str]:
    return [one.name for one in ranked(letters, [Choice(name) for name in offered])]


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("", ["#development", "#lobby", "@bob", "/join"]),
        ("ob", ["#lobby", "@bob"]),
        ("dlp", ["#development"]),
        ("/jo", ["/join"]),
        ("LOB", ["#lobby"]),
        ("xyz", []),
    ],
)
def test_choices_that_begin_with_the_letters_come_before_those_that_have_them(
    letters: str, found: list[str]
) -> None:
    assert names(letters, "#development", "#lobby", "@bob", "/join") == found


def test_beginnings_of_words_come_before_letters_in_order() -> None:
    assert names("ops", "#open-places", "#web-ops", "#ops") == ["#ops", "#web-ops", "#open-places"]


def test_a_chooser_moves_and_starts_anew_with_other_letters() -> None:
    chooser = Chooser("Where", lambda: [Choice("alpha"), Choice("beta"), Choice("gamma")])
    assert chooser.take(ScreenKey.DOWN)
    assert not chooser.take(Action.COMPLETE), "Tab completes what is typed"
    assert chooser.take(Action.NEWER)
    assert chooser.take(ScreenKey.DOWN)
    assert chooser.chosen == Choice("gamma")
    assert not chooser.take(Typed("a"))
    chooser.typed("a")
    assert chooser.chosen == Choice("alpha")
    chooser.take(ScreenKey.DOWN)
    chooser.typed("a ")
    assert chooser.chosen == Choice("beta"), "a blank changes nothing"
    chooser.typed("zz")
    assert chooser.chosen is None
    assert [text_of(row) for row in chooser.body(30, 5)] == ["nothing has these letters"]


def test_only_yes_and_enter_confirm() -> None:
    said: list[str] = []
    for press in (Action.ENTER, Typed("y"), Typed("n"), Action.INTERRUPT, ScreenKey.DOWN):
        confirm = Confirm("Sure?", lambda press=press: said.append(str(press)))  # type: ignore[misc]
        assert confirm.take(press)
        assert confirm.is_open == (press is ScreenKey.DOWN)
    assert said == [str(Action.ENTER), str(Typed("y"))]


@pytest.mark.parametrize("press", [Typed("typing"), Pasted("a text")])
def test_whoever_goes_on_to_type_confirms_nothing_and_loses_nothing(press: Typed | Pasted) -> None:
    said: list[str] = []
    sheets = Sheets()
    sheets.open(Text("Below", list))
    sheets.open(Confirm("Sure?", lambda: said.append("yes"), otherwise=lambda: said.append("no")))
    taken = [sheets.take(one) for one in singly([press], sheets)]
    assert said == ["no"]
    assert not any(taken), "all of it goes to the composer"


def test_a_question_before_anything_else_is_not_answered_by_other_letters() -> None:
    confirm = Confirm("Sure?", lambda: None, stays=True)
    confirm.body(40, 5)  # it is drawn
    assert confirm.take(Typed("x"))
    assert confirm.is_open
    assert [confirm.take(one) for one in (*map(Typed, "henry"), Action.ENTER)] == [True] * 6
    assert confirm.is_open, "somebody has typed their name"
    assert confirm.take(Action.ENTER)
    assert not confirm.is_open


def test_a_long_question_scrolls_and_keeps_its_keys_in_sight() -> None:
    confirm = Confirm("one two three four five six seven eight nine ten", lambda: None)
    shown = [[text_of(row) for row in confirm.body(12, 3)]]
    confirm.take(ScreenKey.PAGE_DOWN)
    shown.append([text_of(row) for row in confirm.body(12, 3)])
    assert shown == [
        ["one two", "three four", "y / n, Up/Down"],
        ["three four", "five six", "y / n, Up/Down"],
    ]


def test_a_long_text_scrolls_and_typing_goes_on_to_the_composer() -> None:
    text = Text("Long", lambda: [[(f"row {number}", PLAIN)] for number in range(30)])
    sheets = Sheets()
    sheets.open(text)
    assert sheets.height(40, 11) == 11
    assert [text_of(row) for row in sheets.rows(40, 11)][1:3] == ["row 0", "row 1"]
    assert sheets.take(ScreenKey.PAGE_DOWN)
    assert text_of(sheets.rows(40, 11)[1]) == "row 9"
    assert sheets.take(ScreenKey.LAST)
    assert text_of(sheets.rows(40, 11)[-1]) == "row 29"
    assert not sheets.take(Typed("h"))
    assert sheets.top is None


def test_a_sheet_shows_its_title_and_leaves_the_one_below() -> None:
    sheets = Sheets()
    assert sheets.rows(30, 5) == []
    sheets.open(Text("Below", lambda: [[("below", PLAIN)]]))
    sheets.open(Text("Above", lambda: [[("above", PLAIN)]]))
    assert "Above" in text_of(sheets.rows(30, 5)[0])
    assert sheets.escape()
    assert "Below" in text_of(sheets.rows(30, 5)[0])
    assert sheets.escape()
    assert not sheets.escape()


def test_what_stands_out_stays_chosen_while_others_come_and_go() -> None:
    names = ["bob", "carol"]
    chooser = Chooser("Who", lambda: [Choice(name) for name in names])
    chooser.take(ScreenKey.DOWN)
    chooser.body(40, 5)
    names.insert(0, "anna")
    assert chooser.chosen == Choice("carol")
    chooser.take(ScreenKey.UP)
    assert chooser.chosen == Choice("bob")
    names.remove("bob")
    assert chooser.chosen is None
    chooser.body(40, 5)
    assert chooser.chosen == Choice("carol")
    chooser.typed("an")
    assert chooser.chosen == Choice("anna")


def test_what_is_broken_off_a_row_of_a_table_is_indented() -> None:
    text = Text("Settings", lambda: [[("theme  the colours of it all", PLAIN)]], indent=4)
    assert [text_of(row) for row in text.body(20, 9)] == ["theme  the", "    colours of it", "    all"]


def test_a_word_beside_a_name_that_begins_with_the_letters_comes_before_letters_within() -> None:
    offered = [Choice("x", ":the_one:"), Choice("y", ":heart:"), Choice("z", ":red_heart: :hearts:")]
    assert [one.name for one in ranked(":hea", offered)] == ["y", "z"]
    assert [one.name for one in ranked("he", offered)] == ["y", "z", "x"]
