"""Resizing again and again while messages come."""

from __future__ import annotations

import asyncio
import random

from eventually import eventually_in_loop
from screen_stage import Seat, seats
from textual import events
from textual.geometry import Size

from client.screen.app import ChatScreen
from client.screen.painting.pane import Pane

SIZES = 200


def shown(app: ChatScreen) -> dict[str, list[str]]:
    """Return the rows of all panes."""
    panes = [pane for pane in app.query(Pane) if pane.display]
    return {
        str(pane.id): [pane.render_line(y).text.rstrip() for y in range(pane.size.height)] for pane in panes
    }


async def drawn(app: ChatScreen) -> None:
    app._change()
    await eventually_in_loop(lambda: not app._frame_due, "a frame is drawn")


async def fresh(seat: Seat, size: tuple[int, int]) -> dict[str, list[str]]:
    """Return what a screen shows that had this size from the beginning."""
    seat.state.layout.drop_rows()
    app = seat.app()
    async with app.run_test(size=size):
        await drawn(app)
        return shown(app)


def test_after_a_storm_of_sizes_the_screen_is_as_if_there_had_been_none() -> None:
    async def whole() -> None:
        alice, bob = seats("alice", "bob")
        app = alice.app()
        chance = random.Random(3)
        sizes = [(chance.randrange(20, 201), chance.randrange(8, 61)) for _ in range(SIZES)]
        async with app.run_test(size=(110, 30)) as pilot:
            for number, size in enumerate([*sizes, (20, 8), (200, 60)]):
                if number % 20 == 0:
                    bob.keys(f"{number} 日本語 👨‍👩‍👧 and a text that needs several rows\r")
                    await pilot.resize_terminal(*size)
                else:  # faster than it can draw
                    app.post_message(events.Resize(Size(*size), Size(*size)))
            await pilot.resize_terminal(90, 24)
            await eventually_in_loop(lambda: app.size == Size(90, 24), "the last size")
            await pilot.pause()
            await drawn(app)
            after = shown(app)
        assert len(alice.session.timeline("#lobby").seqs) == 11
        assert await fresh(alice, (90, 24)) == after
        assert any("200 日本語" in row for row in after["log"])

    asyncio.run(whole())


def test_many_events_are_taken_in_parts_and_confirmed_after_the_last() -> None:
    async def whole() -> None:
        (alice,) = seats("alice")
        app = alice.app()
        parts, bounds, woken = [True, True, False], [], []

        def take(seconds: float) -> bool:
            bounds.append(seconds)
            return parts.pop(0)

        app.host.take_events = take  # type: ignore[method-assign, assignment]
        app._connecting.wake = lambda: woken.append(len(bounds))  # type: ignore[method-assign]
        app._changed()
        assert len(bounds) == 1, "keys are read before the rest"
        await eventually_in_loop(lambda: bool(woken), "all is taken")
        assert woken == [3]
        assert max(bounds) < 0.02

    asyncio.run(whole())
