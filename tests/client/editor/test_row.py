import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.editor.row import fit, shown
from messages.rows import width


def test_a_row_that_fits_is_shown_whole():
    assert fit("> ", "hello", 2, 80) == ("> hello", 4)


def test_a_full_row_leaves_the_last_column_to_the_cursor():
    assert fit("> ", "abcdefg", 7, 10) == ("> abcdefg", 9)
    assert fit("> ", "abcdefghij", 0, 10) == ("> abcdefg", 2)


def test_a_long_text_moves_by_half_a_row_and_then_stands_still():
    seen = [fit("", "abcdefghijklmnop"[:n], n, 9) for n in range(7, 15)]
    assert seen == [
        ("abcdefg", 7),
        ("abcdefgh", 8),
        ("efghi", 5),
        ("efghij", 6),
        ("efghijk", 7),
        ("efghijkl", 8),
        ("ijklm", 5),
        ("ijklmn", 6),
    ]


def test_what_stands_behind_the_cursor_is_shown_as_far_as_it_fits():
    assert fit("", "abcdefghijklmnop", 10, 9) == ("efghijkl", 6)


def test_a_wide_character_at_the_left_edge_is_left_out_with_its_marks():
    assert fit("", "日\u0301bcd", 5, 4) == ("bcd", 3)
    assert fit("", "日\u0301bc", 4, 4) == ("bc", 2)
    assert fit("", "a日\u0301bc", 5, 5) == ("bc", 2)


def test_the_end_of_a_long_prompt_gets_half_of_the_row():
    assert fit("#a-very-long-room> ", "hi", 2, 11) == ("oom> hi", 7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\nb\tc", "a⏎b⇥c"), ("\x1b[2J", "\\x1b[2J"), ("\u202eabc", "\\u202eabc"), ("日本", "日本")],
)
def test_nothing_shown_drives_a_terminal(text, expected):
    assert shown(text) == expected


@settings(deadline=None)
@given(st.text(), st.text(), st.data(), st.integers(-1, 40))
def test_a_row_always_fits(prompt, text, data, columns):
    cursor = data.draw(st.integers(0, len(text)))
    row, column = fit(prompt, text, cursor, columns)
    assert width(row) <= max(columns - 1, 0)
    assert 0 <= column <= width(row)
