"""The widget of the log, with Textual's pilot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from transcripts import put_in_front, said, transcript

from client.screen.log.gaps import Wish
from client.screen.log.layout import Layout
from client.screen.log.view import LogView


class Stage(App[None]):
    """A log of the messages from 100 to 150."""

    def __init__(self) -> None:
        super().__init__(ansi_color=True)
        self.transcript = transcript(*map(said, range(100, 151)))
        self.wishes: set[Wish] = set()
        self.moves: list[bool] = []
        self.shown = Layout(self.transcript)
        self.log_view = LogView(lambda: self.shown, self.wishes.update, lambda: self.moves.append(True))

    def compose(self) -> ComposeResult:
        yield self.log_view

    def rows(self) -> list[str]:
        return [self.log_view.render_line(y).text.rstrip() for y in range(self.log_view.size.height)]


def run(work: Callable[[Stage, Pilot[Any]], Awaitable[None]]) -> None:
    async def whole() -> None:
        app = Stage()
        async with app.run_test(size=(60, 12)) as pilot:
            await pilot.pause()
            await work(app, pilot)

    asyncio.run(whole())


def test_it_scrolls_by_pages_and_asks_for_older_messages_without_a_jump() -> None:
    async def work(app: Stage, pilot: Pilot[Any]) -> None:
        assert app.rows()[-1].endswith("text 150")
        app.log_view.page(-1)
        assert app.rows()[-1].endswith("text 139")
        for _ in range(3):
            app.log_view.page(-1)
        before = app.rows()
        assert Wish(before=100) in app.wishes
        put_in_front(app.transcript, *map(said, range(50, 100)))
        app.log_view.redraw()
        assert app.rows()[1:] == before[1:]  # but the line for the day
        app.log_view.to_end()
        assert app.rows()[-1].endswith("text 150")
        assert len(app.moves) == 5

    run(work)


def test_what_something_else_stands_on_is_not_shown() -> None:
    async def work(app: Stage, pilot: Pilot[Any]) -> None:
        for covered, last in ((0, 150), (1, 149), (10, 140), (12, 0), (13, 0)):
            app.log_view.covered = covered
            app.log_view.redraw()
            assert app.shown.last_shown == last

    run(work)


def test_few_messages_stand_at_the_bottom_and_a_resize_keeps_the_place() -> None:
    async def work(app: Stage, pilot: Pilot[Any]) -> None:
        app.log_view.page(-2)
        top = app.shown.top
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert app.shown.top == top
        app.shown = Layout(transcript(said(1)))
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert [bool(row) for row in app.rows()] == [False] * 17 + [True] * 3

    run(work)
