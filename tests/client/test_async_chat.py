"""AsyncChat beside Chat: the same methods in an asyncio loop, many of them in one process."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from operator import attrgetter
from typing import Any, cast

import pytest
from eventually import DEADLINE
from house import House, texts
from linked_loop import LONG, until_idle

import client
from broker.security.keys import make_keys
from client.async_chat import AsyncChat
from client.chat import Chat
from client.chat_steps import ChatClosed
from client.core.events import LoggedIn, Lost
from client.transport import aio
from messages.errors import ChatError, ErrorCode
from messages.events import Message
from messages.keys import key_to_address
from messages.names import LOBBY
from messages.replies import UserList
from messages.requests import Leave, Who

MANY = 40


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 3 * DEADLINE))


def chat(house: House, name: str, **options: Any) -> AsyncChat:
    return AsyncChat(house.url, name=name, **{"timeout": DEADLINE, "context": house._shared, **options})


async def take(messages: AsyncIterator[Message], number: int) -> list[str]:
    return [(await anext(messages)).text for _ in range(number)]


def test_programs_talk_as_with_chat(house: House) -> None:
    house.open()

    async def work() -> None:
        async with chat(house, "alice") as alice, chat(house, "bob") as bob:
            sent = await alice.send("@bob", "hello")
            assert (sent.conversation, sent.seq) == ("@bob", 1)
            message = await anext(bob.messages(timeout=DEADLINE))
            assert (message.sender, message.text) == ("alice", "hello")
            bob.read(message)
            assert await alice.wait_delivered(sent, timeout=DEADLINE)
            users = await alice.ask(Who)
            assert isinstance(users, UserList)
            assert sorted(user.name for user in users.users) == ["alice", "bob"]
            assert [event async for event in alice.messages(timeout=0.0)] == []

    run(work())


def test_refusals_and_time_outs_are_those_of_chat(tcp_house: House) -> None:
    tcp_house.open()

    async def work() -> None:
        async with chat(tcp_house, "alice") as alice:
            with pytest.raises(ChatError) as caught:
                await alice.send("#nowhere", "hello")
            assert caught.value.code is ErrorCode.NO_SUCH_ROOM
            with pytest.raises(ChatError):
                await alice.ask(Leave, room="#nowhere")
            with pytest.raises(ChatError, match="in use"):
                async with chat(tcp_house, "alice"):
                    pass
            tcp_house.shut()
            with pytest.raises(TimeoutError):
                await alice.send(LOBBY, "later", timeout=0.02)
            await alice.close(timeout=0.05)
            with pytest.raises(ChatClosed, match="this chat is closed"):
                await alice.send(LOBBY, "too late")

    run(work())


def test_it_comes_back_to_a_broker_that_was_restarted(house: House) -> None:
    house.open(heartbeat=100)

    async def work() -> None:
        loop = asyncio.get_running_loop()
        async with chat(house, "alice") as alice:
            await loop.run_in_executor(None, house.shut)
            await loop.run_in_executor(None, lambda: house.open(heartbeat=100))
            told = []
            async for event in alice.events(timeout=DEADLINE):
                told.append(type(event))
                if isinstance(event, LoggedIn) and event.again:
                    break
            assert told[-2:] == [Lost, LoggedIn]
            assert (await alice.send(LOBBY, "back")).accepted

    run(work())


def test_a_burst_arrives_whole_and_in_order(house: House) -> None:
    house.open()

    async def work() -> None:
        async with chat(house, "alice") as alice, chat(house, "bob") as bob:
            for start in range(0, 400, 100):
                sending = (alice.send("@bob", f"text {number}") for number in range(start, start + 100))
                await asyncio.gather(*sending)
            assert await take(bob.messages(timeout=DEADLINE), 400) == [f"text {n}" for n in range(400)]

    run(work())


def test_a_receipt_does_not_wait_for_the_next_method(house: House) -> None:
    house.open(heartbeat=LONG)

    async def work() -> None:
        async with chat(house, "alice") as alice, chat(house, "bob") as bob:
            await until_idle(bob._connection)
            sent = await alice.send("@bob", "hello")
            assert await take(bob.messages(), 1) == ["hello"]
            assert await alice.wait_delivered(sent, timeout=DEADLINE)

    run(work())


@pytest.mark.parametrize("broken", ["_connection.link.send", "_connection.link.receive", "_steps.take"])
def test_an_error_while_the_loop_serves_is_raised_by_the_method_that_waits(
    tcp_house: House, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    tcp_house.open()

    def fail(*_: object) -> None:
        raise MemoryError("no room")

    async def work() -> None:
        alice = chat(tcp_house, "alice", context=None)
        await alice.open()
        waiting = asyncio.ensure_future(anext(alice.messages()))
        await asyncio.sleep(0)
        *owner, name = broken.split(".")
        monkeypatch.setattr(attrgetter(".".join(owner))(alice), name, fail)
        await asyncio.get_running_loop().run_in_executor(None, tcp_house.shut)  # says goodbye
        with pytest.raises(MemoryError, match="no room"):
            await waiting
        with pytest.raises(MemoryError, match="no room"):
            await alice.send(LOBBY, "hello")
        with pytest.raises(MemoryError, match="no room"):
            await alice.close()
        assert aio.shared_context.holders == 0

    run(work())


def test_many_sessions_share_one_loop_and_one_context(tcp_house: House) -> None:
    tcp_house.open()

    async def work() -> None:
        chats = [chat(tcp_house, f"user{number}") for number in range(MANY)]
        await asyncio.gather(*(each.open() for each in chats))
        assert aio.shared_context.holders == MANY
        with tcp_house.chat("speaker") as speaker:
            said = [f"text {number}" for number in range(20)]
            for text in said:
                await asyncio.get_running_loop().run_in_executor(None, speaker.send, LOBBY, text)
            heard = await asyncio.gather(*(take(each.messages(timeout=DEADLINE), 20) for each in chats))
            assert heard == [said] * MANY
            await chats[0].send("@speaker", "all are here")
            assert texts(speaker, 1) == ["all are here"]
        await asyncio.gather(*(each.close() for each in chats))
        assert aio.shared_context.holders == 0

    run(work())


def test_a_cancelled_task_leaves_the_others_as_they_are(tcp_house: House) -> None:
    tcp_house.open()

    async def work() -> None:
        async with chat(tcp_house, "alice") as alice, chat(tcp_house, "bob") as bob:
            waiting = asyncio.ensure_future(anext(bob.messages()))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await alice.send("@bob", "still there?")
            assert await take(bob.messages(timeout=DEADLINE), 1) == ["still there?"]

    run(work())


def test_another_broker_in_the_place_of_the_known_one_is_found_out_while_the_loop_goes_on(
    tcp_house: House,
) -> None:
    tcp_house.open()
    key = key_to_address(make_keys().public)
    host = tcp_house.url.removeprefix("tcp://")

    async def work() -> None:
        async with chat(tcp_house, "alice") as alice, chat(tcp_house, "bob") as bob:
            deceived = asyncio.ensure_future(
                AsyncChat(f"chat://{host}?key={key}", name="carol", timeout=DEADLINE).open()
            )
            while not deceived.done():
                await alice.send("@bob", "hello")
                assert await take(bob.messages(timeout=DEADLINE), 1) == ["hello"]
            with pytest.raises(ChatClosed, match="THE SERVER THERE DOES NOT ENCRYPT"):
                await deceived

    run(work())


def signature(method: object) -> tuple[list[inspect.Parameter], str]:
    """Return the parameters and the result of a method, as a caller of both kinds of chat sees them."""
    seen = inspect.signature(cast(Callable[..., object], method))
    result = str(seen.return_annotation).replace("AsyncChat", "Chat").replace("AsyncIterator", "Iterator")
    return list(seen.parameters.values()), result


def test_it_has_the_methods_of_chat_with_the_same_arguments_and_results_and_open() -> None:
    blocking, awaited = (
        {name: getattr(kind, name) for name in vars(kind) if not name.startswith("_")}
        for kind in (Chat, AsyncChat)
    )
    assert set(awaited) == {*blocking, "open"}
    assert signature(AsyncChat.__init__) == signature(Chat.__init__)
    for name, method in blocking.items():
        if callable(method):
            assert signature(awaited[name]) == signature(method), name


def test_the_package_offers_it() -> None:
    assert client.AsyncChat is AsyncChat


def test_who_waits_for_events_learns_that_the_chat_is_closed(house: House) -> None:
    house.open()

    async def work() -> None:
        chats = [chat(house, f"waiter{number}") for number in range(10)]
        await asyncio.gather(*(each.open() for each in chats))
        waits = [asyncio.ensure_future(anext(each.messages())) for each in chats]
        await asyncio.gather(*(each.close() for each in chats))
        assert {type(each) for each in await asyncio.gather(*waits, return_exceptions=True)} == {ChatClosed}

    run(work())
