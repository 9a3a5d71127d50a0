"""The full screen follows its settings at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from eventually import eventually_in_loop
from screen_stage import seats

from client.core.person.notices import Level
from client.screen.app import ChatScreen
from client.screen.following import follow
from client.screen.painting.pane import Pane
from client.screen.settings.table import MEMBERS_WIDTH, THEME
from client.screen.settings.themes import Depth
from client.screen.terminal import Keys
from client.screen.tones import text_of
from client.views.highlight import Means


class Stage:
    """Alice's screen with a settings file, and bob, whose screen is not drawn."""

    def __init__(self, file: Path, depth: Depth = Depth.MANY) -> None:
        self.alice, self.bob = seats("alice", "bob")
        self.app: ChatScreen = self.alice.app()
        self.settings = self.alice.state.settings
        self.settings.file = file
        self._depth = depth

    async def run(self, work: Callable[[], Awaitable[None]], columns: int = 110) -> None:
        follow(self.app, self.settings, self._depth)
        async with self.app.run_test(size=(columns, 16)) as self.pilot:
            await self.drawn()
            await work()

    async def drawn(self) -> None:
        self.app._change()
        await eventually_in_loop(lambda: not self.app._frame_due, "a frame is drawn")
        await self.pilot.pause()  # panes that have another size now are laid out

    async def type(self, keys: str) -> None:
        self.app.press_keys(Keys(self.app.key_table).feed(keys)[0])
        self.alice.settle()
        await self.drawn()

    async def soon(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds: Textual lays panes out a moment after they have changed."""
        await eventually_in_loop(holds, "it is drawn")

    def shows(self, pane: str) -> list[str]:
        one = self.app.query_one(f"#{pane}", Pane)
        return [one.render_line(y).text.rstrip() for y in range(one.size.height)] if one.display else []

    def widths(self) -> list[int]:
        """Return the columns of the conversations and of the members."""
        panes = [self.app.query_one(f"#{name}") for name in ("rooms", "members")]
        return [pane.size.width if pane.display else 0 for pane in panes]

    def said(self) -> str:
        """Return the row of the log with a message."""
        return next(row for row in self.shows("log") if row.endswith("│ hello"))

    def grounds(self) -> set[object]:
        """Return the backgrounds of all panes."""
        return {
            segment.style.bgcolor.number if segment.style and segment.style.bgcolor else None
            for pane in self.app.query(Pane)
            for y in range(pane.size.height)
            for segment in pane.render_line(y)
        }


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "config.toml")


def test_a_theme_is_drawn_at_once_and_everywhere(stage: Stage) -> None:
    async def work() -> None:
        await stage.soon(lambda: stage.grounds() == {None})
        await stage.type("/set theme dark\r")
        await stage.soon(lambda: stage.grounds() == {234})
        await stage.type("/set theme light\r")
        await stage.soon(lambda: stage.grounds() == {231})
        await stage.type("/set theme default\r")
        await stage.soon(lambda: stage.grounds() == {None})

    asyncio.run(stage.run(work))


def test_a_theme_of_the_file_is_that_of_the_first_frame_and_there_may_be_no_colours(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "config.toml", Depth.NONE)
    stage.settings._given[THEME.name] = ("dark", stage.settings.source(THEME))

    async def work() -> None:
        await stage.soon(lambda: stage.grounds() == {None})
        await stage.type("/set theme\r")
        await stage.soon(
            lambda: (
                "no colours here: NO_COLOR is"
                in " ".join(" ".join(stage.shows("log")).replace("┆", "").split())
            )
        )

    asyncio.run(stage.run(work))


def test_panes_get_wider_fold_away_and_come_back_by_their_keys(stage: Stage) -> None:
    async def work() -> None:
        await stage.soon(lambda: stage.widths() == [22, 20])
        await stage.type("/set conversations-width 30\r/set members-width 0\r")
        await stage.soon(lambda: stage.widths() == [30, 0])
        await stage.type("\x1b[19~")
        await stage.soon(lambda: stage.widths() == [30, MEMBERS_WIDTH.default])
        await stage.type("/set conversations-width 60\r")
        await stage.soon(lambda: stage.widths()[0] == 110 // 3)

    asyncio.run(stage.run(work))


def test_keys_are_set_at_once_and_the_help_shows_them(stage: Stage) -> None:
    async def work() -> None:
        await stage.type("/set keys.rooms ctrl-g f10\r")
        await stage.type("\x07")
        await stage.soon(lambda: stage.widths()[0] == 0)
        await stage.type("\x1b[21~")
        await stage.soon(lambda: stage.widths()[0] > 0)
        await stage.type("/set keys.rooms ctrl-a\r")
        await stage.soon(
            lambda: "┆ Ctrl-A is needed for typing; choose another key." in stage.shows("log")[-1]
        )
        await stage.type("\x1bOP")
        sheet = stage.alice.host.sheets.top
        assert sheet is not None
        assert any(text_of(row).split()[:2] == ["Ctrl-G,", "F10"] for row in sheet.body(90, 90))

    asyncio.run(stage.run(work))


def test_what_is_offered_can_be_turned_off(stage: Stage) -> None:
    async def work() -> None:
        await stage.type("@b")
        assert stage.alice.host.field.offer.candidates == ["@bob "]
        await stage.type("\x15/set popup off\r@b")
        assert not stage.alice.host.field.offer.candidates
        await stage.type("\t")
        assert stage.alice.host.field.text == "@bob "
        await stage.type("\x15/set popup on\r@b")
        assert stage.alice.host.field.offer.candidates == ["@bob "]

    asyncio.run(stage.run(work))


def test_times_and_receipts_are_shown_as_set(stage: Stage) -> None:
    async def work() -> None:
        await stage.type("hello\r")
        await stage.soon(lambda: stage.said().split()[1:] == ["alice", "✓", "│", "hello"])
        await stage.type("/set receipts off\r")
        await stage.soon(lambda: stage.said().split()[1:] == ["alice", "│", "hello"])
        await stage.type("/set times off\r")
        await stage.soon(lambda: stage.said().split() == ["alice", "│", "hello"])
        await stage.type("/set times 12h\r")
        await stage.soon(lambda: stage.said().partition(" alice")[0].strip()[-2:] in ("am", "pm"))

    asyncio.run(stage.run(work))


@pytest.mark.parametrize(("typing", "told", "shown"), [("tell", 1, 0), ("show", 0, 1)])
def test_typing_is_told_and_shown_as_set(stage: Stage, typing: str, told: int, shown: int) -> None:
    async def work() -> None:
        await stage.type(f"/set typing {typing}\r")
        await stage.type("hel")
        assert len(stage.bob.session.typists("#lobby")) == told
        stage.bob.keys("hel")
        stage.bob.host.tell_typing()
        stage.bob.settle()
        await stage.drawn()
        await stage.soon(lambda: "".join(stage.shows("status")).count("bob types") == shown)

    asyncio.run(stage.run(work))


def test_what_rings_and_how_is_set(stage: Stage) -> None:
    async def work() -> None:
        await stage.type("/set bell off\r/set notices none\r")
        assert stage.alice.state.attention.bell is Level.OFF
        assert stage.app._attracting.ringer.means is Means.NONE

    asyncio.run(stage.run(work))


def test_all_settings_are_shown_in_a_sheet_that_escape_closes(stage: Stage) -> None:
    async def work() -> None:
        await stage.type("/set\r")
        await stage.soon(lambda: bool(stage.shows("sheet")))
        assert stage.shows("sheet")[1].split()[:3] == ["theme", "terminal", "default:"]
        stage.app.pressing.escape()
        await stage.drawn()
        await stage.soon(lambda: stage.shows("sheet") == [])

    asyncio.run(stage.run(work))
