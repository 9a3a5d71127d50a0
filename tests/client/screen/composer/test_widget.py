"""The widget of the composer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.pilot import Pilot

from client.editor.keyboard import KeyDecoder
from client.screen.composer.field import Field
from client.screen.composer.widget import ComposerView


class Stage(App[None]):
    CSS = "ComposerView { height: 1; dock: bottom; }"

    def __init__(self) -> None:
        super().__init__(ansi_color=True)
        self.field = Field(lambda text, cursor: [])
        self.composer = ComposerView(self.field)
        self.composer.prompt = "#lobby> "
        self.regions: list[Region] = []

    def compose(self) -> ComposeResult:
        yield Vertical(self.composer)

    async def type(self, pilot: Pilot[Any], keys: str) -> list[str]:
        self.field.take(KeyDecoder().feed(keys))
        self.composer.redraw()
        await pilot.pause()
        self.composer.redraw()
        return [self.composer.render_line(y).text.rstrip() for y in range(self.composer.size.height)]


def run(work: Callable[[Stage, Pilot[Any]], Awaitable[None]], size: tuple[int, int] = (40, 12)) -> None:
    async def whole() -> None:
        app = Stage()
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await work(app, pilot)

    asyncio.run(whole())


def test_it_grows_to_a_third_of_the_screen_and_follows_the_cursor() -> None:
    async def work(app: Stage, pilot: Pilot[Any]) -> None:
        assert await app.type(pilot, "one") == ["#lobby> one"]
        assert app.cursor_position == (len("#lobby> one"), 11)
        assert await app.type(pilot, "\x1b\rtwo") == ["#lobby> one", "        two"]
        shown = await app.type(pilot, "\x1b\rthree\x1b\rfour\x1b\rfive")
        assert [row.split()[-1] for row in shown] == ["two", "three", "four", "five"]
        app.field.up()
        app.field.up()
        app.field.up()
        app.field.up()
        assert (await app.type(pilot, ""))[0] == "#lobby> one"
        assert await app.type(pilot, "\x15\x04" + "\x0b" * 9) != []
        assert app.composer.size.height >= 1

    run(work)


def test_a_typed_character_draws_only_what_changes() -> None:
    async def work(app: Stage, pilot: Pilot[Any]) -> None:
        await app.type(pilot, "hello")
        old = app.composer._rows[0]
        app.field.take(KeyDecoder().feed("!"))
        (new,) = app.composer._lines(40)
        assert app.composer.changed_part(0, old, new) == Region(len("#lobby> hello"), 0, 2, 1)

    run(work)


def test_a_long_prompt_leaves_room_and_a_question_is_shown_whole() -> None:
    async def work(app: Stage, pilot: Pilot[Any]) -> None:
        assert await app.type(pilot, "hi") == ["> hi"]
        app.composer.prompt, app.composer.is_question = "Send it as 3 messages, y or n? ", True
        assert await app.type(pilot, "") == ["Send it as 3", "messages, y or n?", "> hi"]

    run(work, (20, 12))
