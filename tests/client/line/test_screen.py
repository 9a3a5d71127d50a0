from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest

from client.line.screen import Screen
from client.text.render import Line


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
