"""What is shown while the full screen loads."""

from __future__ import annotations

import asyncio

import pyte
import pytest
from linked import World
from screen_stage import Seat

from client.screen.tty.curtain import curtain, widths_of


@pytest.mark.parametrize("columns", [120, 80, 60, 20])
def test_it_looks_as_what_is_drawn_first(columns: int) -> None:
    async def drawn() -> list[str]:
        world = World("alice")
        app = Seat(world, world.members[0]).app()
        async with app.run_test(size=(columns, 8)) as pilot:
            await pilot.pause()
            assert app.screen._compositor.render_strips()[-1].text.lstrip(" │").startswith("no connection")
            app.query_one("#status").visible = False
            await pilot.pause()
            return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]

    screen = pyte.Screen(columns, 8)
    pyte.Stream(screen).feed(curtain(columns, 8, "#lobby> "))
    assert [row.rstrip() for row in screen.display] == asyncio.run(drawn())


def test_it_has_the_widths_of_the_settings() -> None:
    screen = pyte.Screen(120, 4)
    widths = widths_of({"conversations-width": 30, "members-width": 0})
    pyte.Stream(screen).feed(curtain(120, 4, "#lobby> ", widths))
    assert [row.index("\u2502") for row in screen.display] == [29] * 4
    assert screen.display[2][30:38] == "#lobby> "
