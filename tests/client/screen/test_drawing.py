"""When the full screen is drawn, with a terminal that has room or not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from eventually import eventually_in_loop
from screen_stage import seats

from client.screen.app import ChatScreen
from client.screen.drawing import DrawnApp


def test_after_a_time_without_room_the_newest_is_drawn_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = SimpleNamespace(is_clear=True, is_flowing=True, listen=lambda *_: None)
    drawn: list[bool] = []
    draw = ChatScreen._draw

    def noted(app: ChatScreen, *, whole: bool = False) -> None:
        drawn.append(whole)
        draw(app, whole=whole)

    async def work() -> None:
        alice, bob = seats("alice", "bob")
        app = alice.app()
        log = app.log_view
        async with app.run_test(size=(80, 14)) as pilot:
            app._change()
            await eventually_in_loop(lambda: not app._frame_due, "the first frame is drawn")
            await pilot.pause()
            drawn.clear()
            terminal.is_clear = False
            bob.keys("the newest\r")
            app._display(app.screen, None)
            app._frame()
            assert app._frame_due
            assert not drawn
            terminal.is_clear = True
            await eventually_in_loop(lambda: not app._frame_due, "all is drawn")
            assert drawn[0], "all of it, as something was not written"
            assert any(
                log.render_line(y).text.rstrip().endswith("the newest") for y in range(log.size.height)
            )

    monkeypatch.setattr(DrawnApp, "terminal", terminal)
    monkeypatch.setattr(ChatScreen, "_draw", noted)
    asyncio.run(work())


def test_a_frame_that_comes_before_a_new_layout_draws_emoji_too() -> None:
    async def work() -> None:
        alice, bob = seats("alice", "bob")
        app = alice.app()
        async with app.run_test(size=(80, 14)) as pilot:
            bob.keys("party 🎉\r")
            app._change()
            await eventually_in_loop(lambda: not app._frame_due, "the message is drawn")
            await pilot.pause()
            app.toggle("rooms")
            app._draw(whole=True)

    asyncio.run(work())
