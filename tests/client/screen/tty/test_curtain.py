"""What is shown while the full screen loads."""

from __future__ import annotations

import asyncio

import pyte
import pytest
from linked import World
from screen_stage import Seat

from client.screen.tty.curtain import curtain


@pytest.mark.parametrize("columns", [120, 80, 60, 20])
def test_it_looks_as_what_is_drawn_first(columns: int) -> None:
    async def drawn() -> list[str]:
        world = World("alice")
        app = Seat(world, world.members[0]).app()
        async with app.run_test(size=(columns, 8)) as pilot:
            await pilot.pause()
            return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]

    screen = pyte.Screen(columns, 8)
    pyte.Stream(screen).feed(curtain(columns, 8, "#lobby> "))
    assert [row.rstrip() for row in screen.display] == asyncio.run(drawn())
