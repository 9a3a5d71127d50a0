"""What the mouse does, by the pane in which it is."""

from __future__ import annotations

import asyncio

from eventually import eventually_in_loop
from screen_stage import seats

from client.screen.painting.pane import Pane
from client.screen.selecting.selection import Selection
from client.screen.terminal import Keys
from client.screen.tty.mouse import Pointed


def test_clicks_choose_what_is_under_them_and_the_wheel_scrolls() -> None:
    async def work() -> None:
        alice, bob = seats("alice", "bob")
        for number in range(1, 31):
            bob.keys(f"number {number}\r")
        alice.keys("/join #dev\r")
        alice.keys("some words")
        app = alice.app()
        async with app.run_test(size=(110, 12)) as pilot:

            async def drawn() -> None:
                alice.settle()
                app._change()
                await eventually_in_loop(lambda: not app._frame_due, "a frame is drawn")
                await pilot.pause()

            async def point(pane: str, x: int, y: int, wheel: int = 0) -> None:
                region = app.query_one(f"#{pane}", Pane).region
                app._point(Pointed(region.x + x, region.y + y, wheel))
                await drawn()

            def rows(pane: str) -> list[str]:
                shown = app.query_one(f"#{pane}", Pane)
                return [shown.render_line(y).text.rstrip() for y in range(shown.size.height)]

            def words() -> list[str]:
                return [row.partition("│ ")[2] for row in rows("log")]

            await drawn()
            await point("composer", len("#dev> some"), 0)
            app.press_keys(Keys().feed(" more")[0])
            assert alice.host.field.text == "some more words"
            await point("rooms", 2, [row[1:7] for row in rows("rooms")].index("#lobby"))
            assert alice.state.here == "#lobby"
            before = words()
            await point("log", 5, 0, wheel=-1)
            assert words()[3:] == before[:-3]
            wanted = words()[4]
            await point("log", 60, 4)
            assert isinstance(alice.host.sheets.top, Selection)
            assert [message.text for message in alice.host.sheets.top.messages] == [wanted]
            assert wanted in words(), "the sheet has moved nothing away"
            at = words().index(wanted)
            await point("log", 1, at - 1)
            assert alice.host.sheets.top.messages[0].seq == int(wanted.split()[1]) - 1
            await point("sheet", 0, 0, wheel=1)
            assert [message.text for message in alice.host.sheets.top.messages] == [wanted]
            await point("members", 1, 1)
            await point("status", 1, 0)

    asyncio.run(work())


def test_a_click_above_a_short_log_means_nothing() -> None:
    async def work() -> None:
        alice, _ = seats("alice", "bob")
        alice.keys("one\r")
        app = alice.app()
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            app._point(Pointed(3, 2))
            assert alice.host.sheets.top is None
            app._point(Pointed(3, app.log_view.region.bottom - 1))
            assert alice.host.sheets.top is not None
            alice.host.sheets.clear()
            alice.host.ask_where()
            app._point(Pointed(3, app.log_view.region.bottom - 1))
            assert alice.state.layout.chosen is None, "nothing is selected while a question is asked"
            app.use_mouse()  # without a terminal there is none to ask

    asyncio.run(work())
