"""The application, with Textual's pilot and without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from eventually import eventually_in_loop
from screen_stage import seats
from textual.pilot import Pilot

from client.screen.app import ChatScreen
from client.screen.painting.pane import Pane
from client.screen.terminal import Keys


class Stage:
    """Alice's screen, and bob, whose screen is not drawn."""

    def __init__(self) -> None:
        self.alice, self.bob = seats("alice", "bob")
        self.app: ChatScreen = self.alice.app()

    def shows(self, pane: str) -> list[str]:
        one = self.app.query_one(f"#{pane}", Pane)
        return [one.render_line(y).text.rstrip() for y in range(one.size.height)] if one.display else []

    async def type(self, keys: str) -> None:
        decoder = Keys()
        self.app.press_keys(decoder.feed(keys)[0] + decoder.pause())
        self.alice.settle()
        await self.drawn()

    async def drawn(self) -> None:
        self.app._change()
        await eventually_in_loop(lambda: not self.app._frame_due, "a frame is drawn")


def run(work: Callable[[Stage, Pilot[Any]], Awaitable[None]], size: tuple[int, int] = (110, 20)) -> None:
    async def whole() -> None:
        stage = Stage()
        async with stage.app.run_test(size=size) as pilot:
            await stage.drawn()
            await work(stage, pilot)

    asyncio.run(whole())


def test_people_talk_and_all_panes_show_it() -> None:
    async def work(stage: Stage, pilot: Pilot[Any]) -> None:
        await stage.type("hello bob\r")
        stage.bob.keys("hello @alice\r")
        await stage.drawn()
        assert stage.shows("log")[-1].endswith("bob     │ hello @alice")
        assert stage.shows("rooms")[0].split() == ["!#lobby", "@1", "1│"]
        assert stage.shows("members")[:3] == ["│2 of 2 here", "│ alice", "│ bob"]
        assert stage.shows("status") == ["complete to 2 | 1 for you"]
        await stage.type("/topic we talk\r")
        assert stage.shows("topic") == ["#lobby  we talk"]
        assert stage.shows("composer") == ["#lobby>"]
        assert stage.shows("status") == ["complete to 2"]

    run(work)


def test_keys_scroll_choose_conversations_and_fold_panes() -> None:
    async def work(stage: Stage, pilot: Pilot[Any]) -> None:
        for number in range(40):
            stage.bob.keys(f"number {number}\r")
        await stage.drawn()
        await stage.type("\x1b[5~\x1b[5~")
        assert "more below, Esc" in stage.shows("status")[0]
        await stage.type("\x1b")
        assert stage.shows("log")[-1].endswith("number 39")
        await stage.type("\x1b[1;5H")
        assert any(row.endswith("number 0") for row in stage.shows("log"))
        await stage.type("/join #dev\r")
        assert stage.shows("topic") == ["#dev"]
        await stage.type("draft\x1b2")
        assert stage.shows("topic") == ["#lobby"]
        await stage.type("\x1b[1;3A")
        assert stage.shows("composer") == ["#dev> draft"]
        await stage.type("\x1b[19~\x1b[18~")
        await pilot.pause()
        assert stage.shows("members") == stage.shows("rooms") == []
        await stage.type("\x1b[19~\x1b[18~")
        await pilot.pause()
        await stage.drawn()
        assert stage.shows("members")[0] == "│1 of 1 here"
        await stage.type("\x1bOP")
        await pilot.pause()
        await stage.drawn()
        assert any("this help" in row for row in stage.shows("sheet"))
        await stage.type("kick")
        assert stage.shows("sheet")[0].startswith("── Help: kick ")
        assert any("/kick [#ROOM] NAME [REASON]" in row for row in stage.shows("sheet"))
        await stage.type("\x1b")
        await pilot.pause()
        await stage.drawn()
        assert stage.shows("sheet") == []
        assert stage.shows("composer") == ["#dev> draft"]

    run(work)


def test_twenty_columns_and_eight_rows_are_enough(in_utc: None) -> None:
    async def work(stage: Stage, pilot: Pilot[Any]) -> None:
        await stage.type("a few words that are long\r")
        await pilot.resize_terminal(20, 8)
        await pilot.pause()
        await stage.drawn()
        assert stage.shows("log")[-3:] == ["alice 14:13 ✓", " a few words that", " are long"]
        assert stage.shows("composer") == [">"]
        await stage.type("one\x1b\rtwo\x1b\rthree")
        await pilot.pause()
        await stage.drawn()
        assert stage.shows("composer") == ["  two", "  three"]
        for columns in (60, 20, 110, 33, 90):
            await pilot.resize_terminal(columns, 10)
        await pilot.pause()
        await stage.drawn()
        assert stage.shows("rooms")[0].startswith(" #lobby")

    run(work)


def test_what_is_offered_lies_on_the_log_and_moves_nothing() -> None:
    async def work(stage: Stage, pilot: Pilot[Any]) -> None:
        for number in range(20):
            stage.bob.keys(f"number {number}\r")
        await stage.drawn()
        log = stage.shows("log")
        await stage.type("@bo")
        await pilot.pause()
        assert stage.shows("choices") == [" @bob"]
        assert stage.shows("log") == log
        stage.bob.keys("below what is offered\r")
        await stage.drawn()
        stage.alice.state.seen()
        assert stage.alice.state.conversations.of("#lobby").unread == 1
        await stage.type("\x15")
        await stage.drawn()
        stage.alice.state.seen()
        assert stage.alice.state.conversations.of("#lobby").unread == 0
        await stage.type("\x15/topic we ")
        await pilot.pause()
        assert stage.shows("choices") == [" /topic [#ROOM] [TEXT]  show a room's topic, or set it"]
        await stage.type("\x15")
        await pilot.pause()
        assert stage.shows("choices") == []
        await stage.type("/topic x")
        await pilot.pause()
        assert stage.shows("choices")[0].startswith(" /topic"), "it is drawn anew, also at the same height"
        await stage.type("\x15\x1b[200~" + "line\r" * 34 + "\x1b[201~")
        await pilot.pause()
        assert stage.shows("choices")[0] == " Paste of 34 lines, 169 characters"
        await stage.type("\x03")
        stage.app.host.keep_drafts()

    run(work)


def test_a_message_is_edited_in_place_of_the_prompt_also_where_there_is_little_room() -> None:
    async def work(stage: Stage, pilot: Pilot[Any]) -> None:
        await stage.type("teh plan\r")
        await stage.type("\x1b[A")
        assert stage.shows("composer") == ["edit 1> teh plan"]
        await pilot.resize_terminal(20, 8)
        await pilot.pause()
        await stage.drawn()
        assert stage.shows("composer") == ["edit 1> teh plan"]
        await stage.type("\x1b")
        assert stage.shows("composer") == [">"]

    run(work)


def test_leaving_ends_the_program_with_its_exit() -> None:
    async def work(stage: Stage, pilot: Pilot[Any]) -> None:
        await stage.type("/quit\r")
        stage.alice.settle()
        stage.app._settle()
        assert stage.app.return_value is not None
        assert (stage.app.return_value.code, stage.app.return_value.text) == (0, "")
        stage.app._attracting.restore = lambda: restored.append(True)  # type: ignore[method-assign]

    restored: list[bool] = []
    run(work)
    assert restored, "the window has its own title again"


def test_keys_open_the_palette_and_the_members_and_say_who_can_be_kicked() -> None:
    async def work(stage: Stage, pilot: Pilot[Any]) -> None:
        for one in (stage.alice, stage.bob):
            one.keys("/join #dev\r")
        await stage.type("draft\x1bOQ")
        await pilot.pause()
        await stage.drawn()
        assert stage.shows("sheet")[0].startswith("── Commands, conversations, members, keys ")
        await stage.type("f8\r")
        await pilot.pause()
        assert stage.shows("members") == [], "a function of a key is chosen"
        await stage.type("\x1b[19~\x1b[19;2~bob\rkick\rspam\r")
        await pilot.pause()
        await stage.drawn()
        assert "Kick bob from #dev (spam)?" in stage.shows("sheet")
        await stage.type("y")
        assert stage.shows("composer") == ["#dev> draft"]
        assert stage.bob.state.here == "#dev"
        assert any("(spam)" in row or "spam" in row for row in stage.bob.log)

    run(work)
