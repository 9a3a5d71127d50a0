import pytest

from client.editor.buffer import Buffer
from client.editor.inputs import LINE_LIMIT, TypedLine


def holding(marked):
    """A buffer with this text, the cursor where the bar is."""
    buffer = Buffer()
    before, _, after = marked.partition("|")
    buffer.load(TypedLine(before + after))
    buffer.cursor = len(before)
    return buffer


def marked(buffer):
    return f"{buffer.text[: buffer.cursor]}|{buffer.text[buffer.cursor :]}"


@pytest.mark.parametrize(
    ("before", "work", "after"),
    [
        ("ab|", Buffer.left, "a|b"),
        ("|ab", Buffer.left, "|ab"),
        ("e\u0301|", Buffer.left, "|e\u0301"),
        ("a|b", Buffer.right, "ab|"),
        ("ab|", Buffer.right, "ab|"),
        ("ab|c", Buffer.home, "|abc"),
        ("a|bc", Buffer.end, "abc|"),
        ("one, two_2 |", Buffer.word_left, "one, |two_2 "),
        ("one, |two", Buffer.word_left, "|one, two"),
        ("|one, two", Buffer.word_right, "one|, two"),
        ("one|, two", Buffer.word_right, "one, two|"),
        ("ab|c", Buffer.backspace, "a|c"),
        ("|c", Buffer.backspace, "|c"),
        ("a👍\U0001f3fd|", Buffer.backspace, "a|"),
        ("a🇩🇪🇫🇷|", Buffer.backspace, "a🇩🇪|"),
        ("a|🇩🇪🇫🇷", Buffer.delete, "a|🇫🇷"),
        ("🇩🇪|", Buffer.left, "|🇩🇪"),
        ("|🇩🇪", Buffer.right, "🇩🇪|"),
        ("one cafe\u0301|", Buffer.kill_word_left, "one |"),
        ("|cafe\u0301s", Buffer.word_right, "cafe\u0301s|"),
        ("❤\ufe0f|", Buffer.word_left, "|❤\ufe0f"),
        ("a|bc", Buffer.delete, "a|c"),
        ("a|", Buffer.delete, "a|"),
        ("a|bc", Buffer.break_line, "a\n|bc"),
        ("ab|cd", Buffer.kill_to_end, "ab|"),
        ("ab|cd", Buffer.kill_to_start, "|cd"),
        ("say one, two.|!", Buffer.kill_word_left, "say one, |!"),
        ("say |one, two", Buffer.kill_word_right, "say |, two"),
        ("say one,two  |!", Buffer.kill_to_blank, "say |!"),
        ("ab|cd", Buffer.transpose, "acb|d"),
        ("abc|", Buffer.transpose, "acb|"),
        ("|abc", Buffer.transpose, "|abc"),
        ("a|", Buffer.transpose, "a|"),
        ("|", Buffer.transpose, "|"),
        ("e\u0301👍|", Buffer.transpose, "👍e\u0301|"),
        ("say one, t|wo now", Buffer.transpose_words, "say two, one| now"),
        ("one two.|", Buffer.transpose_words, "two one|."),
        ("one|", Buffer.transpose_words, "one|"),
        ("say| one two", Buffer.upper, "say ONE| two"),
        ("o|NE two", Buffer.lower, "one| two"),
        ("say| oNE two", Buffer.capitalise, "say One| two"),
        ("one|", Buffer.upper, "one|"),
    ],
)
def test_editing(before, work, after):
    buffer = holding(before)
    work(buffer)
    assert marked(buffer) == after


@pytest.mark.parametrize(
    ("before", "kill", "killed"),
    [
        ("ab|cd", Buffer.kill_to_end, "cd"),
        ("ab|cd", Buffer.kill_to_start, "ab"),
        ("one two|", Buffer.kill_word_left, "two"),
        ("|one two", Buffer.kill_word_right, "one"),
        ("a b,c|", Buffer.kill_to_blank, "b,c"),
    ],
)
def test_what_was_taken_out_last_can_be_put_in_again(before, kill, killed):
    buffer = holding(before)
    kill(buffer)
    buffer.load(TypedLine(""))
    buffer.kill_to_end()  # takes out nothing, and so forgets nothing
    buffer.yank()
    buffer.yank()
    assert buffer.text == killed * 2


def test_what_was_taken_out_bit_by_bit_comes_back_as_one():
    buffer = holding("one two three|, four")
    buffer.kill_word_left()
    buffer.kill_word_left()
    buffer.kill_to_end()
    buffer.yank()
    assert marked(buffer) == "one two three, four|"
    buffer.kill_word_left()
    buffer.yank()
    buffer.home()
    buffer.kill_word_right()
    buffer.yank()
    buffer.yank()
    assert marked(buffer) == "oneone| two three, four"


def test_undo_takes_back_words_pastes_and_kills_one_by_one():
    buffer = holding("|")
    for char in "one two":
        buffer.insert(char)
    buffer.paste("a\nb")
    for char in "!?":
        buffer.insert(char)
    buffer.kill_to_blank()
    for left in ("one twoa\nb!?|", "one twoa\nb|", "one two|", "one |", "|", "|"):
        buffer.undo()
        assert marked(buffer) == left
    assert not buffer.line.pasted


def test_undo_does_not_bring_back_an_entered_text():
    buffer = holding("secret|")
    buffer.load(TypedLine(""))
    buffer.undo()
    assert buffer.text == ""


def test_only_so_many_changes_are_kept():
    buffer = holding("|")
    for _ in range(300):
        buffer.paste("x")
    for _ in range(300):
        buffer.undo()
    assert len(buffer.text) == 200


def test_there_is_room_for_so_much_and_no_more():
    buffer = holding("x" * (LINE_LIMIT - 2) + "|y")
    buffer.insert("abc")
    assert marked(buffer)[-3:] == "a|y"
    buffer.insert("b")
    assert len(buffer.text) == LINE_LIMIT
    buffer.replace(0, 1, "12")
    assert buffer.text.startswith("1x")


def test_a_paste_of_several_lines_makes_a_pasted_line():
    buffer = Buffer()
    buffer.insert("see: ")
    buffer.paste("a\nb")
    buffer.insert("!")
    assert buffer.line == TypedLine("see: a\nb!", pasted=True)


def test_a_paste_within_a_line_is_like_typing():
    buffer = Buffer()
    buffer.paste("/quit")
    buffer.break_line()
    assert buffer.line == TypedLine("/quit\n", pasted=False)


def test_a_pasted_line_that_has_become_one_or_none_is_an_ordinary_line():
    buffer = Buffer()
    buffer.paste("a\nb")
    buffer.backspace()
    buffer.backspace()
    assert buffer.line == TypedLine("a")
    buffer.backspace()
    buffer.break_line()
    assert buffer.line == TypedLine("\n")


def test_the_word_before_the_cursor_begins_behind_a_blank():
    assert holding("tell @bo|b").word_start() == 5
    assert holding("tell\n|").word_start() == 5
    assert holding("#lo|").word_start() == 0
