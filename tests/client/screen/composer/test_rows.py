"""The rows of the composer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from client.screen.composer.rows import rows_of, visible


def test_nothing_that_is_typed_controls_the_terminal_and_no_character_is_lost() -> None:
    text = "a\tb\x1b[2J\u202ec\n👨‍👩‍👧"
    shown = visible(text)
    assert len(shown) == len(text)
    assert not any(char in shown for char in "\t\x1b\u202e")
    assert shown.endswith("👨‍👩‍👧")


@given(st.text(st.sampled_from("ab 日\n"), max_size=60), st.integers(2, 20))
def test_each_place_of_the_cursor_is_in_one_row(text: str, columns: int) -> None:
    rows = rows_of(text, columns)
    for cursor in range(len(text) + 1):
        row, cells = rows.place(cursor)
        assert 0 <= row < len(rows.spans)
        assert 0 <= cells < max(columns, 3)
    assert rows.place(len(text))[0] == len(rows.spans) - 1


def test_the_nearest_place_in_a_row_is_not_behind_the_column() -> None:
    rows = rows_of("a日c", 20)
    assert [rows.index_at(0, cells) for cells in range(5)] == [0, 1, 1, 2, 3]
