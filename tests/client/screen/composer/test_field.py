"""What is typed in the composer."""

from __future__ import annotations

from collections.abc import Callable

from client.editor.inputs import Interrupt, TypedLine
from client.editor.keyboard import Action, KeyDecoder, Pasted, Typed
from client.screen.composer.field import Draft, Field


def field(*candidates: str, last_own: Callable[[], str] = lambda: "") -> Field:
    one = Field(lambda text, cursor: [*candidates], [TypedLine("older")], last_own=last_own)
    one.columns = 20
    return one


def typed(one: Field, keys: str) -> None:
    one.take(KeyDecoder().feed(keys))


def test_up_and_down_move_through_the_rows_and_then_the_history() -> None:
    one = field()
    typed(one, "abc\x1b\rdefgh\x1b\rij")
    assert one.text == "abc\ndefgh\nij"
    one.up()
    assert one.cursor == len("abc\nde")
    one.down()
    one.up()
    typed(one, "\x05")
    one.up()
    assert one.cursor == len("abc")
    one.down()
    assert one.cursor == len("abc\ndefgh"), "it keeps its column over a shorter row"
    one.up()
    one.up()
    assert one.text == "older"
    one.down()
    assert one.text == "abc\ndefgh\nij"


def test_up_in_an_empty_composer_edits_the_last_message() -> None:
    one = field(last_own=lambda: "/edit 7 teh")
    one.mark = 3
    one.up()
    assert one.text == "/edit 7 teh"
    assert one.take([Action.ENTER]) == [TypedLine("/edit 7 teh")]
    assert one.take_draft().line.mark == 3
    typed(one, "\x10")
    assert one.text == "/edit 7 teh", "Ctrl-P is for the history"
    nothing = field()
    nothing.up()
    assert nothing.text == "older"


def test_a_paste_into_an_edit_does_not_make_it_a_text_for_all() -> None:
    one = field(last_own=lambda: "/edit 7 old")
    one.up()
    one.take([Pasted("\nand\nmore")])
    assert one.take([Action.ENTER]) == [TypedLine("/edit 7 old\nand\nmore")]
    one.take([Pasted("/edit 7 said\nto all")])
    assert one.take([Action.ENTER]) == [TypedLine("/edit 7 said\nto all", pasted=True)]


def test_a_draft_comes_back_with_its_cursor_and_mark() -> None:
    one = field()
    one.mark = 5
    typed(one, "hello\x02\x02")
    draft = one.take_draft()
    assert (one.text, one.cursor) == ("", 0)
    one.mark = 9
    typed(one, "other")
    one.load_draft(draft)
    assert (one.text, one.cursor) == ("hello", 3)
    (line,) = one.take([Action.ENTER])
    assert isinstance(line, TypedLine)
    assert line.mark == 5
    one.load_draft(None)
    assert one.take_draft() == Draft(TypedLine(""), 0)


def test_choices_are_offered_and_escape_leaves_them() -> None:
    one = field("@alice ", "@albert ")
    typed(one, "al\t")
    assert one.text == "@al"
    assert one.choices is not None
    assert (one.choices.candidates, one.choices.chosen) == (["@alice ", "@albert "], None)
    typed(one, "\t")
    assert (one.text, one.choices.chosen if one.choices else 0) == ("@alice ", 0)
    assert one.escape()
    assert not one.escape()
    assert one.choices is None
    assert one.text == "@alice "


def test_home_and_end_go_to_the_ends_of_the_line_first() -> None:
    one = field()
    typed(one, "ab\x1b\rcd\x02\x01")
    assert one.cursor == 3
    typed(one, "\x01")
    assert one.cursor == 0
    typed(one, "\x05")
    assert one.cursor == 2
    typed(one, "\x05")
    assert one.cursor == 5


def test_a_paste_of_several_lines_is_one_text() -> None:
    one = field()
    one.take([Pasted("/quit\nreally")])
    assert one.take([Action.ENTER]) == [TypedLine("/quit\nreally", pasted=True)]


def test_ctrl_c_clears_first_and_then_asks_to_leave() -> None:
    one = field()
    one.take([Typed("x")])
    assert one.take([Action.INTERRUPT]) == []
    assert one.take([Action.INTERRUPT]) == [Interrupt(again=True)]


def test_a_secret_is_not_shown_and_a_search_shows_its_hit() -> None:
    one = field()
    one.is_secret = True
    typed(one, "password")
    assert one.shown == (None, "", 0)
    one.is_secret = False
    one.load_draft(None)
    typed(one, "\x12old")
    assert one.shown == ("search 'old': ", "older", 5)
    one.up()
    assert one.escape()
    assert one.shown == (None, "", 0)
