"""The screen follows a broker that goes and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
import zmq
from eventually import DEADLINE, eventually_in_loop

from broker.directory.admin_socket import socket_path
from broker.shell.errors import NoBrokerError
from broker.top.board import View
from broker.top.channel import AsyncChannel
from broker.top.watching import Watcher
from messages.moderation import Kick
from messages.observing import Observe


def complete(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 3 * DEADLINE))


def test_a_broker_that_goes_and_comes_back_is_followed(
    stages: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.top.watching.RETRY_SECONDS", 0.02)
    monkeypatch.setattr("broker.top.channel._LOOK_MS", 20)

    kind, directory = type(stages[0]), stages[0].directory

    async def watch() -> None:
        view = View()
        watcher = Watcher(directory, 0.02, view, int)
        task = asyncio.create_task(watcher.run())
        await eventually_in_loop(lambda: view.history.rates, "two looks")
        started = view.history.last.started if view.history.last else 0
        stages.pop().stop()
        await eventually_in_loop(lambda: "no answer since" in view.trouble, "it is missed")
        stages.append(kind(directory))
        await eventually_in_loop(lambda: not view.trouble, "it is back")
        assert view.history.last is not None
        assert view.history.last.started >= started
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    complete(watch())


def test_a_change_of_what_is_wanted_is_asked_for_at_once(stages: list[Any]) -> None:
    async def watch() -> None:
        view, changes = View(), []
        watcher = Watcher(stages[0].directory, 3_600.0, view, lambda: changes.append(view.find))
        task = asyncio.create_task(watcher.run())
        await eventually_in_loop(lambda: changes, "the first look")
        view.find = "bob"
        watcher.look_now()
        await eventually_in_loop(lambda: len(changes) > 1, "the second look")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    complete(watch())


def test_an_action_that_is_refused_says_why(stages: list[Any], tmp_path: Path) -> None:
    async def act() -> None:
        watcher = Watcher(stages[0].directory, 1.0, View(), int)
        refused = await watcher.act(Kick, {"name": "nobody"})
        assert refused == "no user has this name; check it; nothing was done"
        gone = Watcher(tmp_path, 1.0, View(), int)
        assert "no broker answers" in await gone.act(Kick, {"name": "bob"})

    complete(act())


def test_a_broker_that_hangs_or_is_of_another_version_is_named(short_path: Path) -> None:
    async def ask() -> None:
        async with AsyncChannel(short_path, seconds=0.0) as channel:
            with pytest.raises(NoBrokerError, match="has not answered"):
                await channel.ask(Observe)
            router.recv_multipart()
        async with AsyncChannel(short_path) as channel:
            asked = asyncio.create_task(channel.ask(Observe))
            while not router.poll(0):
                await asyncio.sleep(0)
            sender, _ = router.recv_multipart()
            router.send_multipart([sender, b'{"type":"from-tomorrow","re":"1"}'])
            with pytest.raises(NoBrokerError, match="another version"):
                await asked

    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.linger = 0
        router.bind(f"ipc://{socket_path(short_path)}")
        complete(ask())
