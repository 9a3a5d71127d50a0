"""What is typed in the composer."""

from __future__ import annotations

from client.editor.inputs import Interrupt, TypedLine
from client.editor.keyboard import Action, KeyDecoder, Pasted, Typed
from client.screen.composer.field import Field, LastOwn
from client.screen.composer.meaning import Aim, Draft, Means, Meant, Target


def field(*candidates: str, last_own: LastOwn = lambda: None) -> Field:
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


EDIT = Target(Aim.EDIT, "#lobby", 7)


def test_up_in_an_empty_composer_edits_the_last_message() -> None:
    one = field(last_own=lambda: (EDIT, "teh"))
    one.mark = 3
    one.up()
    assert (one.text, one.target) == ("teh", EDIT)
    one.up()
    typed(one, "\x10")
    assert one.text == "teh", "the history is not for a message that is there"
    assert one.take([Action.ENTER]) == [Meant("teh", target=EDIT)]
    assert (one.text, one.target) == ("", None)
    typed(one, "\x10")
    assert one.text == "/edit 7 teh"
    nothing = field()
    nothing.up()
    assert nothing.text == "older"


def test_what_was_typed_stands_back_while_a_message_is_edited() -> None:
    one = field()
    typed(one, "half a thou")
    one.aim(EDIT, "old\ntext")
    typed(one, "!")
    one.aim(Target(Aim.EDIT, "#lobby", 8), "other")
    draft = one.take_draft()
    assert (one.text, one.target) == ("", None)
    one.load_draft(draft)
    assert (one.text, one.target) == ("other", Target(Aim.EDIT, "#lobby", 8))
    assert one.escape()
    assert (one.text, one.target) == ("half a thou", None)
    one.aim(Target(Aim.EDIT, "#lobby", 8), "other")
    typed(one, "\x15")
    assert (one.text, one.target) == ("", Target(Aim.EDIT, "#lobby", 8))
    assert one.take([Action.ENTER]) == [Meant("", target=Target(Aim.EDIT, "#lobby", 8))]
    typed(one, "\x03")
    assert (one.text, one.target) == ("half a thou", None)


def test_an_answer_takes_what_is_typed_and_commands_are_still_commands() -> None:
    reply = Target(Aim.REPLY, "#lobby", 5)
    one = field()
    typed(one, "yes")
    one.aim(reply)
    assert one.take([Action.ENTER]) == [Meant("yes", target=reply)]
    one.aim(reply)
    typed(one, "/who")
    assert one.take([Action.ENTER]) == [TypedLine("/who")]
    assert one.target == reply
    typed(one, "keep")
    assert one.escape()
    assert (one.text, one.target) == ("keep", None)


LINES = "\n".join(["line"] * 21)


def test_a_long_paste_is_not_sent_without_an_answer() -> None:
    one = field()
    one.take([Pasted(LINES)])
    assert one.long is not None
    assert one.take([Action.ENTER]) == [Meant(LINES, pasted=True)]
    assert one.text == ""
    one.take([Pasted(LINES)])
    assert one.escape()
    assert (one.long, one.text) == (None, LINES)
    assert one.take([Action.ENTER]) == []
    assert one.take([Typed("!")]) == []
    assert (one.long, one.text) == (None, f"{LINES}!")
    assert one.take([Action.ENTER, Typed("f")]) == [Meant(f"{LINES}!", pasted=True, means=Means.FILE)]
    assert one.text == f"{LINES}!", "it stays until it is sent"
    one.load_draft(None)
    one.take([Pasted(LINES[:-5])])
    assert one.long is None


def test_a_text_of_several_messages_is_asked_about_also_if_typed() -> None:
    one = field()
    one.take([Typed("word " * 1_000)])
    assert one.take([Action.ENTER]) == []
    assert one.long is not None
    assert [text for row in one.long.rows() for text, _ in row if text.strip()] == [
        " Text of 5,000 characters",
        " Enter ",
        "2 messages",
        " f     ",
        "a file",
        " Esc   ",
        "keep editing",
    ]
    assert one.take([Action.ENTER]) == [Meant("word " * 1_000, means=Means.PARTS)]
    one.take([Typed("/topic " + "x" * 5_000)])
    assert one.take([Action.ENTER]) == [TypedLine("/topic " + "x" * 5_000)]


def test_a_paste_that_has_no_room_becomes_a_file_or_nothing() -> None:
    one = field()
    one.take([Typed("see:")])
    one.take([Pasted("x" * 30_000)])
    assert one.text == "see:"
    assert one.take([Action.ENTER, Typed("x")]) == []
    assert one.take([Typed("f")]) == [Meant("see:" + "x" * 30_000, means=Means.FILE)]
    one.take([Pasted("x" * 30_000)])
    assert one.take([Action.INTERRUPT]) == []
    assert (one.long, one.text) == (None, "see:")


def test_a_paste_into_an_edit_or_an_answer_to_a_question_is_part_of_it() -> None:
    one = field(last_own=lambda: (EDIT, "old"))
    one.up()
    one.take([Pasted("\n" + LINES)])
    assert one.take([Action.ENTER]) == [Meant("old\n" + LINES, pasted=True, target=EDIT)]
    one.is_answer = True
    one.take([Pasted(LINES)])
    assert one.take([Action.ENTER]) == [TypedLine(LINES, pasted=True)]


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
    assert (one.offer.candidates, one.offer.chosen) == (["@alice ", "@albert "], None)
    typed(one, "\t")
    assert (one.text, one.offer.chosen) == ("@alice ", 0)
    one.down()
    assert (one.text, one.offer.chosen) == ("@albert ", 1)
    one.up()
    assert one.escape()
    assert not one.escape()
    assert not one.offer.candidates
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


def test_ctrl_c_leaves_an_edit_so_that_what_is_typed_next_replaces_nothing() -> None:
    one = field(last_own=lambda: (EDIT, "old"))
    one.up()
    assert one.take([Action.INTERRUPT, Typed("new"), Action.ENTER]) == [TypedLine("new")]
