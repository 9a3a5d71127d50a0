"""The operator's screen, with Textual's pilot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from eventually import DEADLINE
from looks import look, peer
from textual.pilot import Pilot
from textual.widgets import Static

from broker.top.board import View
from broker.top.screen.app import TopScreen
from broker.top.screen.dialogs import Question
from messages.base import Request
from messages.moderation import Ban, Kick
from messages.observing import PeerOrder


class FixedFiles:
    def __init__(self) -> None:
        self.numbers = {"chat_broker_database_bytes": 5_000.0}

    def start(self) -> None: ...

    def end(self) -> None: ...


class FakeWatcher:
    """Does not ask a broker, but notes what it would ask."""

    def __init__(self) -> None:
        self.looked = 0
        self.acted: list[tuple[type[Request], dict[str, Any]]] = []
        self.problem = ""

    def look_now(self) -> None:
        self.looked += 1

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def act(self, kind: type[Request], fields: dict[str, Any]) -> str:
        self.acted.append((kind, fields))
        return self.problem


class Stage:
    """A screen, and what its user does and sees."""

    def __init__(self) -> None:
        self.view = View()
        self.view.history.add(look(5.0, peer(1, "alice"), peer(2, "bob"), peer(3)))
        self.watcher = FakeWatcher()
        self.app = TopScreen(Path(), 1.0, self.view, FixedFiles())  # type: ignore[arg-type]
        self.app.watcher = self.watcher  # type: ignore[assignment]
        self.pilot: Pilot[int]

    @property
    def lines(self) -> list[str]:
        board = self.app._board
        return [board.render_line(y).text.rstrip() for y in range(board.size.height)]

    def play(self, scene: Callable[[], Awaitable[None]], size: tuple[int, int] = (80, 24)) -> None:
        async def run() -> None:
            async with self.app.run_test(size=size) as self.pilot:
                await scene()

        asyncio.run(asyncio.wait_for(run(), 3 * DEADLINE))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def question(self) -> str:
        assert isinstance(self.app.screen, Question)
        return " ".join(str(one.render()) for one in self.app.screen.query(Static))


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_s_sorts_by_another_column_and_the_slash_finds(stage: Stage) -> None:
    async def scene() -> None:
        assert any(line.startswith("name") and "in/s*" in line for line in stage.lines)
        await stage.press("s")
        assert (stage.view.order, stage.watcher.looked) == (PeerOrder.TROUBLED, 1)
        assert any("state*" in line for line in stage.lines)
        await stage.press("S", "S")
        assert stage.view.order is PeerOrder.ADDRESS
        await stage.press("slash", "b", "o", "enter")
        assert (stage.view.find, stage.watcher.looked) == ("bo", 4)
        assert stage.lines[-1].startswith("3 of 3 with bo")
        await stage.press("slash", "x", "escape")
        assert stage.view.find == "bo"
        await stage.press("escape")
        assert stage.view.find == ""

    stage.play(scene)


def test_a_user_is_kicked_only_after_a_question(stage: Stage) -> None:
    async def scene() -> None:
        await stage.press("down", "k")
        assert stage.question().startswith("Kick bob from the chat?")
        await stage.press("escape")
        assert stage.watcher.acted == []
        await stage.press("k", "s", "p", "a", "m", "enter")
        assert stage.watcher.acted == [(Kick, {"name": "bob", "reason": "spam"})]
        assert stage.lines[-1] == "bob is kicked from the chat"
        stage.watcher.problem = "no user has this name; check it; nothing was done"
        await stage.press("k", "enter")
        assert stage.lines[-1] == stage.watcher.problem
        await stage.press("down", "k")
        assert stage.lines[-1] == "nobody has logged in on this connection; B bans its address"

    stage.play(scene)


def test_a_wrong_time_of_a_ban_is_said_in_the_question(stage: Stage) -> None:
    async def scene() -> None:
        await stage.press("b", "2", "x", "enter")
        assert "2x is not a duration" in stage.question()
        await stage.press("backspace", "h", "tab", *"spam", "enter")
        assert stage.watcher.acted == [(Ban, {"name": "alice", "seconds": 7_200, "reason": "spam"})]
        await stage.press("end", "B", "enter")
        assert stage.watcher.acted[1:] == [(Ban, {"address": "10.0.0.3/32", "reason": ""})]

    stage.play(scene)


def test_it_fits_into_every_size_and_shows_help(stage: Stage) -> None:
    async def scene() -> None:
        stage.app.show()
        for columns, rows in ((20, 8), (200, 60), (60, 16)):
            await stage.pilot.resize_terminal(columns, rows)
            await stage.pilot.pause()
            assert len(stage.lines) == rows
            assert stage.lines[0].startswith("chat-broker")
        assert any("database 5.0 kB" in line for line in stage.lines)
        await stage.press("question_mark")
        assert "kick the chosen user" in str(stage.app.screen.query_one(Static).render())
        await stage.press("x")
        stage.view.trouble = "no answer since 12:00:00; waiting for the broker"
        stage.app.show()
        assert stage.lines[0].endswith("waiting for the broker")

    stage.play(scene)


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("ctrl+c", 130)])
def test_it_ends_with_a_code(stage: Stage, key: str, code: int) -> None:
    stage.play(lambda: stage.press(key))
    assert stage.app.return_value == code
