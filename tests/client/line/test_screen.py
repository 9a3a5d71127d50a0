from __future__ import annotations

import io
import json
import os
import termios
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pty_output import written_to

from client.core.person.attention import Concern
from client.line.screen import Screen
from client.text.entries import message_lines
from client.text.render import Line
from messages.events import Message
from messages.rows import width


class TestDays:
    """What is written of several days, each line with the time of day only."""

    now = datetime.now().astimezone()

    def written(self, *moments: datetime, as_json: bool = False) -> list[str]:
        out = io.StringIO()
        screen = Screen(out, io.StringIO(), as_json=as_json)
        for at in moments:
            screen.write([Line("hello", data=True)], at)
        return out.getvalue().splitlines()

    def test_today_needs_no_name(self) -> None:
        assert self.written(self.now) == [f"{self.now:%H:%M} hello"]

    @pytest.mark.parametrize("days", [1, 400])
    def test_another_day_is_named_before_its_first_line(self, days: int) -> None:
        at = self.now - timedelta(days=days)
        day, *lines = self.written(at, at)
        assert day == f"-- {at:%A, %Y-%m-%d} --"
        assert lines == [f"{at:%H:%M} hello"] * 2

    def test_and_so_is_today_behind_it(self) -> None:
        _day, _line, today, _last = self.written(self.now - timedelta(days=1), self.now)
        assert today == f"-- {self.now:%A, %Y-%m-%d} --"

    def test_programs_are_told_no_days(self) -> None:
        at = self.now - timedelta(days=1)
        assert self.written(at, as_json=True) == [f"{at:%H:%M} hello"]


IMITATIONS = [
    "ok" + "\u00a0" * 28 + "14:13 bob: I quit",
    "ok" + " " * 27 + "14:13 bob: I quit",
    "ok\t\t\t" + "\u3000" * 5 + "14:13 bob: I quit",
    "x" * 29 + "14:13 bob: I quit",
    "ok\n14:13 bob: I quit",
    "日" * 14 + "14:13 bob: I quit",
]


class TestTerminal:
    """A terminal of 40 columns on which a verb writes, or line mode without an editor."""

    @pytest.fixture
    def ends(self) -> tuple[int, int]:
        far, near = os.openpty()
        termios.tcsetwinsize(near, (10, 40))
        return far, near

    def written(self, ends: tuple[int, int], text: str, *, data: bool) -> list[str]:
        message = Message("#lobby", 7, "1", "eve", text, 1_790_000_000_000)
        with os.fdopen(ends[1], "w", encoding="utf-8") as stream:
            screen = Screen(stream, stream)
            screen.write(
                [line._replace(data=data) for line in message_lines(message, "me", "#lobby")],
                datetime.now().astimezone(),
            )
        return written_to(ends[0]).decode().splitlines()

    @pytest.mark.parametrize("data", [True, False], ids=["message", "notice"])
    @pytest.mark.parametrize("text", IMITATIONS)
    def test_no_text_looks_like_a_line_of_its_own(self, ends: tuple[int, int], text: str, data: bool) -> None:
        first, *others = self.written(ends, text, data=data)
        assert first[5:].startswith(" eve:")
        assert others
        assert all(row.startswith(" " * 6) and width(row) <= 40 for row in others)

    @pytest.mark.parametrize(("columns", "shown"), [(40, "eve: \x1b[2m**\x1b[0m"), (39, "eve: **hi**")])
    def test_markup_has_attributes_where_there_is_room(
        self, ends: tuple[int, int], columns: int, shown: str
    ) -> None:
        termios.tcsetwinsize(ends[1], (10, columns))
        message = Message("#lobby", 7, "1", "eve", "**hi**", 1_790_000_000_000)
        with os.fdopen(ends[1], "w", encoding="utf-8") as stream:
            screen = Screen(stream, stream, markup=True)
            screen.write(message_lines(message, "me", "#lobby"), datetime.now().astimezone())
        assert shown in written_to(ends[0]).decode()

    def test_json_stays_whole(self, ends: tuple[int, int]) -> None:
        message = Message("#lobby", 7, "1", "eve", IMITATIONS[0] * 3, 1_790_000_000_000)
        with os.fdopen(ends[1], "w", encoding="utf-8") as stream:
            assert Screen(stream, stream, as_json=True).write_json(message)
        (row,) = written_to(ends[0]).decode().splitlines()
        assert json.loads(row)["text"] == message.text

    def test_a_pipe_gets_one_row_for_each_line(self) -> None:
        out = io.StringIO()
        screen = Screen(out, io.StringIO())
        for text in IMITATIONS:
            message = Message("#lobby", 7, "1", "eve", text, 1_790_000_000_000)
            screen.write(message_lines(message, "me", "#lobby"), None)
        rows = out.getvalue().splitlines()
        assert len(rows) == len(IMITATIONS) + 1
        assert rows.count("      14:13 bob: I quit") == 1
        assert sum(row.startswith("eve: ") for row in rows) == len(IMITATIONS)


class Painted:
    """A terminal that paints all that it can."""

    def __init__(self) -> None:
        self.rows = ""

    def write(self, text: str, style: str = "", paint: Callable[[str], str] | None = None) -> None:
        self.rows += paint(text) if paint else style + text


def test_a_terminal_gets_attributes_for_markup_and_for_nothing_else() -> None:
    terminal = Painted()
    screen = Screen(io.StringIO(), io.StringIO(), terminal=terminal, markup=True)  # type: ignore[arg-type]
    message = Message("#lobby", 7, "1", "e_v_e", "a **b**\n> c", 1_790_000_000_000)
    screen.write(message_lines(message, "me", "#lobby"), None, Concern.MENTION)
    screen.write([Line("* not markup *", data=False)], None)
    assert terminal.rows == (
        "e_v_e: a \x1b[2m**\x1b[0m\x1b[1mb\x1b[0m\x1b[2m**\x1b[0m\n"
        "      \x1b[2m>\x1b[0m \x1b[2mc\x1b[0m\n"
        "* not markup *\n"
    )
