"""Opening an AsyncChat: once, again after a failure, and what cannot be done before."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from driven import message
from eventually import DEADLINE
from house import House

from client.async_chat import AsyncChat
from client.chat_steps import ChatClosed
from client.transport import aio
from messages.names import LOBBY
from messages.requests import Join


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 3 * DEADLINE))


def chat(house: House, name: str, **options: Any) -> AsyncChat:
    return AsyncChat(house.url, name=name, **{"timeout": DEADLINE, "context": house._shared, **options})


def test_without_a_broker_it_says_why_and_before_it_is_open_that_it_is_not(all_sockets_closed: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    async def work() -> None:
        alice = AsyncChat(f"127.0.0.1:{port}", name="alice", timeout=0.1)
        with pytest.raises(ChatClosed, match="not open yet"):
            await alice.send(LOBBY, "hello")
        with pytest.raises(ChatClosed, match="connection refused, no broker listens there"):
            await alice.open()
        with pytest.raises(ValueError, match="cannot connect to this"):
            await AsyncChat("tcp://*:9009", name="alice").open()

    run(work())


def test_what_was_refused_because_it_is_not_open_is_not_done_later(tcp_house: House) -> None:
    tcp_house.open()

    async def work() -> None:
        alice = chat(tcp_house, "alice")
        early: list[Callable[[], Awaitable[object]]] = [
            lambda: alice.send(LOBBY, "hello"),
            lambda: alice.ask(Join, room="#dev"),
            lambda: anext(alice.messages()),
        ]
        for method in early:
            with pytest.raises(ChatClosed, match="not open yet"):
                await method()
        with pytest.raises(ChatClosed, match="not open yet"):
            alice.read(message(1))
        assert not alice._steps.session.unanswered
        async with alice:
            assert (await alice.send(LOBBY, "now")).seq == 1

    run(work())


def test_it_is_opened_once(tcp_house: House) -> None:
    tcp_house.open()

    async def work() -> None:
        alice = chat(tcp_house, "alice")
        opening = asyncio.ensure_future(alice.open())
        await asyncio.sleep(0)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="open already"):
                await alice.open()
            await opening
        assert aio.shared_context.holders == 1
        await alice.close()
        with pytest.raises(ChatClosed, match="this chat is closed"):
            await alice.open()

    run(work())


def test_after_a_failure_it_can_be_opened_again(tcp_house: House) -> None:
    tcp_house.open()
    tcp_house.shut()

    async def work() -> None:
        alice = chat(tcp_house, "alice", timeout=0.1)
        with pytest.raises(ChatClosed, match="no broker listens there"):
            await alice.open()
        with pytest.raises(ChatClosed, match="not open yet"):
            await alice.send(LOBBY, "hello")
        await asyncio.get_running_loop().run_in_executor(None, tcp_house.open)
        alice._timeout = DEADLINE
        async with alice:
            assert (await alice.send(LOBBY, "now")).seq == 1

    run(work())


def test_more_sessions_than_the_process_may_have_are_refused_with_a_sentence(
    tcp_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tcp_house.open()
    monkeypatch.setattr(aio, "most_connections", lambda: 1)

    async def work() -> None:
        async with chat(tcp_house, "alice"):
            with pytest.raises(ChatClosed, match="this process may have 1 connections"):
                await chat(tcp_house, "bob").open()

    run(work())
