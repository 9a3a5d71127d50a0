from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from torture.figures import figure

from client.text.entries import message_lines
from client.text.styles import Run, Style, attributes, paint
from messages.events import Message
from messages.rows import width, wrap_all

SGR = re.compile(r"\x1b\[[0-9;]*m")
texts = st.text(
    st.sampled_from("*_~`>[]()\\-1. \n\tab日é") | st.characters(codec="utf-8"), min_size=1, max_size=60
)


def test_runs_become_attributes_and_a_blank_has_what_its_neighbours_share() -> None:
    runs = [Run("a "), Run("b c", Style.BOLD), Run(" "), Run("d", Style.BOLD | Style.ITALIC), Run(" e")]
    assert paint("a b c d e", runs) == "a \x1b[1mb c \x1b[0m\x1b[1;3md\x1b[0m e"
    assert paint("a b\n  c d\n  e", runs) == ("a \x1b[1mb\x1b[0m\n  \x1b[1mc \x1b[0m\x1b[1;3md\x1b[0m\n  e")


def test_marks_are_dim_and_what_is_around_a_text_stays() -> None:
    assert attributes(Style.MARK | Style.BOLD) == "\x1b[2m"
    assert attributes(Style.PLAIN) == ""
    around = paint("ab", [Run("a"), Run("b", Style.CODE)], "\x1b[1m")
    assert around == "\x1b[1ma\x1b[0m\x1b[1m\x1b[36mb\x1b[0m"


@given(texts, st.integers(8, 50))
@settings(deadline=None, max_examples=figure(80, 5_000))
def test_a_painted_message_is_the_plain_one_with_attributes_alone(text: str, columns: int) -> None:
    message = Message("#lobby", 7, "x", "bob", text, 0)
    for line in message_lines(message, "alice", "#lobby"):
        rows = wrap_all(f"12:00 {line.text}", columns)
        painted = paint(rows, line.runs("12:00 "))
        assert SGR.sub("", painted) == rows
        assert all(width(row) <= columns for row in rows.split("\n"))
        for row in painted.split("\n"):
            last = [*SGR.findall(row), "\x1b[0m"][-1]
            assert last == "\x1b[0m"
