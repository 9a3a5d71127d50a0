"""The whole screen as it was looked at and found good, in a few states and sizes.

`CHAT_SNAPSHOTS=write` writes the files anew; look at the difference then.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from eventually import eventually_in_loop
from screen_stage import Seat, seats

from client.screen.app import ChatScreen
from client.screen.terminal import Keys
from messages.requests import Topic

_FILES = Path(__file__).parent / "snapshots"
_CODE = "**look** at this:\x1b\r```python\x1b\rdef f():\x1b\r    return 1\x1b\r```\r"


def talk(alice: Seat, bob: Seat) -> None:
    """Let the log have one of each thing that it shows."""
    bob.session.ask(Topic, room="#lobby", topic="a quiet place")
    alice.keys("/join #dev\r")
    bob.keys("/join #dev\r")
    bob.keys("in another room, @alice\r")
    alice.host.go("#lobby")
    bob.keys("/join #lobby\r")
    for line in ("good morning", "is anybody here?", _CODE):
        bob.keys(f"{line}\r")
    alice.keys("/reply 2 I am\r")
    alice.keys("/react 3 👍\r")
    bob.keys("s/return 1/return 2/\r")
    alice.keys("/pin 3\r")
    alice.keys("日本語 and https://example.org/page\r")
    alice.keys("/clear\r")
    alice.keys("half a thought")
    bob.settle()


def whole(app: ChatScreen) -> str:
    """Return the text of the screen."""
    strips = app.screen._compositor.render_strips()
    rows = ("".join(piece.text for piece in strip if not piece.control) for strip in strips)
    return "\n".join(row.rstrip() for row in rows) + "\n"


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("talk", (110, 24), ""),
        ("small", (50, 16), ""),
        ("least", (20, 8), ""),
        ("palette", (80, 20), "\x1bOQpin"),
        ("selection", (80, 20), "\x1b[15~\x1b[A "),
        ("search", (80, 20), "\x1bORanybody\r"),
        ("help", (80, 20), "\x1bOPreply"),
    ],
)
def test_the_screen_looks_as_it_did(in_utc: None, name: str, size: tuple[int, int], keys: str) -> None:
    alice, bob = seats("alice", "bob")
    talk(alice, bob)
    app = alice.app()
    file = _FILES / f"{name}.txt"

    async def shows() -> str:
        async with app.run_test(size=size) as pilot:
            decoder = Keys()
            for part in keys.split("|"):
                app.press_keys(decoder.feed(part)[0] + decoder.pause())
                alice.settle()
            app._change()
            await settled(app, pilot.pause)
            return whole(app)

    shown = asyncio.run(shows())
    if os.environ.get("CHAT_SNAPSHOTS") == "write":
        file.write_text(shown, "utf-8")
    assert shown == file.read_text("utf-8")


async def settled(app: ChatScreen, pause: Callable[[], Awaitable[object]]) -> None:
    """Wait until frames change nothing any more: panes get their heights in the frame before."""
    before = ""
    for _ in range(10):
        await eventually_in_loop(lambda: not app._frame_due, "a frame is drawn")
        await pause()
        now = whole(app)
        if now == before:
            return
        before = now
        app._change()
    raise AssertionError(f"it goes on to change: {before}")
