from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.core.sending.long_texts import LINE_LIMIT, TextTooLong, check_length, split_text
from messages.limits import MAX_TEXT


def test_a_text_as_long_as_a_message_is_one() -> None:
    check_length("#dev", "x" * MAX_TEXT)
    assert split_text("x" * MAX_TEXT) == ["x" * MAX_TEXT]


@pytest.mark.parametrize(
    ("length", "sentence"),
    [
        (4_001, "this text has 4,001 characters, 1 more than a message may have"),
        (LINE_LIMIT, "this text has 20,000 characters or more; a message may have 4,000"),
    ],
)
def test_the_sentence_says_how_long_it_is(length: int, sentence: str) -> None:
    with pytest.raises(TextTooLong) as refused:
        check_length("#dev", "x" * length)
    assert str(refused.value) == sentence
    assert refused.value.is_whole == (length < LINE_LIMIT)


def test_it_is_cut_between_lines_rather_than_words() -> None:
    text = "a b " * 900 + "\n" + "c d " * 900
    assert split_text(text) == [("a b " * 900).strip(), ("c d " * 900).strip()]


def test_a_letter_keeps_its_marks() -> None:
    first, second = split_text("a" * (MAX_TEXT - 1) + "e\u0301" + "b" * 10)
    assert (first[-1], second[:2]) == ("a", "e\u0301")


@given(st.lists(st.text(alphabet="ab \n\u0301", min_size=1, max_size=3_000), max_size=8))
def test_nothing_but_blanks_is_lost_and_each_part_can_be_a_message(pieces: list[str]) -> None:
    text = "".join(pieces)
    parts = split_text(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part) <= MAX_TEXT for part in parts)
    assert all(part.strip() for part in parts[:-1])
