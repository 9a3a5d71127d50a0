import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.editor.editor import Clear, Editor, EndOfInput, Interrupt, Suspend, TypedLine
from client.editor.inputs import LINE_LIMIT
from messages.rows import width

PEOPLE = ["bob", "bobby", "carol"]
LEFT, UP, DOWN, DELETE, BACK_TAB = "\x1b[D", "\x1b[A", "\x1b[B", "\x1b[3~", "\x1b[Z"
ENTER, BACKSPACE, ESCAPE, TAB = "\r", "\x7f", "\x1b", "\t"
CTRL_A, CTRL_C, CTRL_D, CTRL_G, CTRL_L, CTRL_R, CTRL_U, CTRL_Z = "\x01\x03\x04\x07\x0c\x12\x15\x1a"
PASTE = "\x1b[200~{}\x1b[201~".format


def complete(text, cursor):
    word = text[:cursor].split(" ")[-1]
    return [f"{name} " for name in PEOPLE if name.startswith(word)]


@pytest.fixture
def editor():
    return Editor(complete)


def entering(*lines):
    editor = Editor(complete)
    for line in lines:
        editor.feed(line + ENTER)
    return editor


def test_enter_gives_the_line_and_begins_another(editor):
    assert editor.feed("hello") == []
    assert editor.feed(f" you{ENTER}next") == [TypedLine("hello you")]
    assert editor.text == "next"
    assert editor.cursor == 4


def test_an_empty_line_is_a_line(editor):
    assert editor.feed(ENTER) == [TypedLine("")]


def test_keys_edit_at_the_cursor(editor):
    editor.feed(f"helo{LEFT}l{CTRL_A}{DELETE}H")
    assert editor.view(80, "> ") == ("> Hello", 3)


def test_a_newline_that_comes_with_what_was_typed_is_enter(editor):
    assert editor.feed("typed by a program\nand more\n") == [
        TypedLine("typed by a program"),
        TypedLine("and more"),
    ]
    assert editor.feed("\n") == [TypedLine("")]


def test_ctrl_j_and_alt_enter_break_the_line(editor):
    editor.feed("/me a")
    editor.feed("\n")
    assert editor.feed(f"b\x1b\rc{ENTER}") == [TypedLine("/me a\nb\nc", pasted=False)]


def test_ctrl_d_ends_the_input_on_an_empty_line_only(editor):
    assert editor.feed(f"ab{CTRL_A}{CTRL_D}") == []
    assert editor.text == "b"
    assert editor.feed(CTRL_D + CTRL_D) == [EndOfInput()]


def test_ctrl_c_clears_the_line_first(editor):
    assert editor.feed(f"ab{CTRL_C}") == []
    assert editor.text == ""
    assert editor.feed(CTRL_C) == [Interrupt(again=True)]
    editor.feed(f"x{BACKSPACE}")
    assert editor.feed(CTRL_C) == [Interrupt(again=False)]
    assert editor.feed(CTRL_C) == [Interrupt(again=True)]


def test_ctrl_c_is_told_although_a_hidden_text_is_cleared(editor: Editor) -> None:
    editor.is_secret = True
    assert editor.feed("secret" + CTRL_C) == [Interrupt(again=False)]
    assert editor.text == ""


def test_a_hidden_text_is_only_what_is_typed(editor: Editor) -> None:
    editor.feed(f"older{ENTER}")
    editor.is_secret = True
    editor.feed(f"\x10{CTRL_R}old")
    assert editor.feed(ENTER) == [TypedLine("old")]


def test_other_keys_are_told(editor):
    assert editor.feed(f"a{CTRL_L}{CTRL_Z}{CTRL_G}") == [Clear(), Suspend()]
    assert editor.text == "a"


def test_several_pasted_lines_are_one_line_when_entered(editor):
    assert editor.feed(PASTE("/one\rtwo\r")) == []
    assert editor.view(80, "> ") == ("> /one⏎two", 10)
    assert editor.feed(ENTER) == [TypedLine("/one\ntwo", pasted=True)]
    assert editor.feed(PASTE("/quit\r") + ENTER) == [TypedLine("/quit", pasted=False)]


def test_a_pasted_line_from_the_history_is_still_pasted():
    editor = entering(PASTE("/one\ntwo"), "typed")
    assert editor.feed(UP + UP + ENTER) == [TypedLine("/one\ntwo", pasted=True)]


def test_up_and_down_go_through_the_history():
    editor = entering("one", "two")
    editor.feed(f"dra{UP}{UP}{UP}")
    assert editor.text == "one"
    editor.feed(f"{DOWN}{DOWN}ft{DOWN}")
    assert editor.text == "draft"


def test_a_cleared_line_leaves_the_history():
    editor = entering("one", "two")
    editor.feed(f"{UP}{UP}{CTRL_C}{UP}")
    assert editor.text == "two"


def test_what_is_shown_is_harmless(editor):
    editor.feed("a\u202eb")
    assert editor.view(80, "\x1b[31m> ") == ("\\x1b[31m> a\\u202eb", 18)


# Search


def test_ctrl_r_shows_what_it_finds_and_enter_takes_it():
    editor = entering("deploy one", "lunch", "deploy two")
    editor.feed(f"x{CTRL_R}dep")
    assert editor.view(80, "> ") == ("search 'dep': deploy two", 24)
    editor.feed(CTRL_R)
    assert editor.view(80, "> ") == ("search 'dep': deploy one", 24)
    assert editor.feed(ENTER) == []
    assert editor.view(80, "> ") == ("> deploy one", 12)
    editor.feed(DOWN)
    assert editor.text == "lunch"
    editor.feed(DOWN + DOWN)
    assert editor.text == "x"


def test_a_search_shows_the_line_until_it_finds_something_and_says_what_it_does_not_find():
    editor = entering("one")
    editor.feed(f"ab{CTRL_R}")
    assert editor.view(80, "> ") == ("search '': ab", 13)
    editor.feed("xy")
    assert editor.view(80, "> ") == ("no line has 'xy': ab", 20)
    editor.feed(f"{BACKSPACE}{BACKSPACE}on")
    assert editor.view(80, "> ") == ("search 'on': one", 16)


@pytest.mark.parametrize("cancel", [CTRL_G, CTRL_C, ESCAPE])
def test_a_search_can_be_cancelled(cancel):
    editor = entering("one")
    assert editor.feed(f"ab{LEFT}{CTRL_R}on") == []
    assert editor.feed(cancel) == []
    assert editor.view(80, "> ") == ("> ab", 3)
    assert editor.feed(ENTER) == [TypedLine("ab")]


def test_other_keys_end_a_search_and_do_their_work():
    editor = entering("one", "two")
    editor.feed(f"{CTRL_R}on{LEFT}{LEFT}X")
    assert editor.view(80, "> ") == ("> oXne", 4)
    editor.feed(f"{CTRL_U}{CTRL_R}zzz{CTRL_A}")
    assert editor.text == "ne"
    editor.feed(CTRL_R + "tw" + PASTE("!"))
    assert editor.text == "two!"


# Completion


def test_tab_completes_a_word(editor):
    editor.feed(f"hi c{TAB}!")
    assert editor.text == "hi carol !"


def test_tab_completes_within_the_line(editor):
    editor.feed(f"c and me{CTRL_A}\x06{TAB}")
    assert editor.view(80, "") == ("carol  and me", 6)


def test_tab_takes_what_several_have_in_common_and_then_each(editor):
    seen = []
    editor.feed("b")
    for _ in range(4):
        editor.feed(TAB)
        seen.append(editor.text)
    assert seen == ["bob", "bob ", "bobby ", "bob "]
    editor.feed(BACK_TAB)
    assert editor.text == "bobby "


def test_any_other_key_ends_completing(editor):
    editor.feed(f"b{TAB}{TAB}{TAB}{BACKSPACE}{TAB}")
    assert editor.text == "bobby "
    editor.feed(f"c{TAB}")
    assert editor.text == "bobby carol "


def test_behind_a_completed_word_the_next_is_completed(editor):
    editor.feed(f"c{TAB}{TAB}")
    assert editor.text == "carol bob "


def test_tab_without_a_candidate_does_nothing(editor):
    editor.feed(f"xyz{TAB}")
    assert editor.text == "xyz"


KEYS = st.one_of(
    st.sampled_from(
        [UP, DOWN, LEFT, DELETE, ENTER, BACKSPACE, TAB, BACK_TAB, CTRL_R, CTRL_D, PASTE("a\n👍")]
    ),
    st.sampled_from(["\x1b[1;5D", "\x1b[1;5C", "\x1bb", "\x1bd", "\x1b\x7f", "\x1b[", "\x1b[20", "\x1bO"]),
    st.sampled_from([chr(code) for code in range(32)]),
    st.sampled_from(["b", "日本", "👩\u200d👩\u200d👧", "e\u0301", "❤\ufe0f", "\u202e", "word and ", "\x9b"]),
    st.text(st.characters(codec=None, categories=None)),
)


@given(st.lists(KEYS, max_size=40), st.integers(0, 30), st.text())
def test_no_keys_make_it_fail(keys, columns, prompt):
    editor = Editor(complete)
    for key in keys:
        for happened in editor.feed(key):
            assert isinstance(happened, TypedLine | EndOfInput | Interrupt | Clear | Suspend)
        assert 0 <= editor.cursor <= len(editor.text) <= LINE_LIMIT
        row, column = editor.view(columns, prompt)
        assert 0 <= column <= width(row) <= max(columns - 1, 0)
        assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in row)


class TestMarks:
    def test_a_line_has_the_mark_of_when_it_was_begun(self, editor):
        editor.mark = 1
        editor.feed("hel")
        editor.mark = 2
        begun, after = editor.feed(f"lo{ENTER}next{ENTER}")
        assert (begun.mark, after.mark) == (1, 2)

    @pytest.mark.parametrize("clearing", [CTRL_U, CTRL_C, BACKSPACE * 3])
    def test_one_that_was_cleared_is_begun_anew(self, editor, clearing):
        editor.mark = 1
        editor.feed("hel")
        editor.mark = 2
        (line,) = editor.feed(f"{clearing}new{ENTER}")
        assert line.mark == 2

    def test_one_from_the_history_is_begun_now(self, editor):
        editor.feed(f"old{ENTER}")
        editor.mark = 2
        (line,) = editor.feed(UP + ENTER)
        assert (line.text, line.mark) == ("old", 2)


class TestLinesPutBack:
    def test_it_is_the_line_being_typed_with_its_mark(self, editor):
        (line,) = editor.feed(f"hello{ENTER}")
        editor.mark = 5
        assert editor.put_back(TypedLine(line.text, mark=3))
        assert (editor.text, editor.cursor) == ("hello", 5)
        (again,) = editor.feed(f" you{ENTER}")
        assert (again.text, again.mark) == ("hello you", 3)

    @pytest.mark.parametrize("keys", ["", CTRL_A, LEFT * 3, "more" + LEFT])
    def test_ctrl_u_clears_all_of_it_wherever_the_cursor_is(self, editor, keys):
        editor.mark = 4
        assert editor.put_back(TypedLine("the salary\nlist is", pasted=True, mark=3))
        editor.feed(keys + CTRL_U)
        assert editor.text == ""
        (line,) = editor.feed(f"new{ENTER}")
        assert (line.text, line.pasted, line.mark) == ("new", False, 4)

    def test_ctrl_u_clears_other_lines_up_to_the_cursor(self, editor):
        assert editor.put_back(TypedLine("hello"))
        editor.feed(f"{CTRL_U}one two{LEFT * 3}{CTRL_U}")
        assert editor.text == "two"

    def test_it_is_not_put_in_the_place_of_another(self, editor):
        editor.feed("another")
        assert not editor.put_back(TypedLine("hello"))
        assert editor.text == "another"

    def test_a_hidden_line_takes_none(self, editor):
        editor.is_secret = True
        assert not editor.put_back(TypedLine("hello"))


def test_one_who_leaves_can_only_interrupt_and_suspend(editor):
    editor.feed(f"draft{CTRL_R}d")
    editor.leave()
    assert editor.text == ""
    assert editor.feed(f"more{ENTER}{CTRL_D}{CTRL_Z}{CTRL_C}") == [Suspend(), Interrupt(again=False)]
