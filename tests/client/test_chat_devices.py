"""Chat and AsyncChat: members, sessions, typing, and what the broker can do."""

from __future__ import annotations

import asyncio

from eventually import DEADLINE
from house import House

from client.async_chat import AsyncChat
from client.chat import Chat
from client.core.events import TypingChanged
from messages.version import __version__


def test_a_program_sees_members_sessions_and_who_types(tcp_house: House) -> None:
    house = tcp_house
    house.open()
    with Chat(house.url, name="bob", timeout=DEADLINE, context=house._shared) as bob:
        assert bob.welcome is not None
        assert bob.welcome.version == __version__
        assert bob.welcome.limits is not None
        assert "typing" in bob.welcome.abilities
        assert [member.name for member in bob.members("#lobby")] == ["bob"]
        assert [session.current for session in bob.sessions()] == [True]

        async def work() -> None:
            async with AsyncChat(house.url, name="alice", timeout=DEADLINE, context=house._shared) as alice:
                assert [one.name for one in await alice.members("#lobby")] == ["bob", "alice"]
                await alice.typing("#lobby")
                assert alice.welcome is not None
                (own,) = await alice.sessions()
                await alice.end_session(own.session)

        asyncio.run(asyncio.wait_for(work(), 3 * DEADLINE))
        changed = (event for event in bob.events(timeout=DEADLINE) if isinstance(event, TypingChanged))
        assert next(changed) == TypingChanged("#lobby", ("alice",))
        assert next(changed) == TypingChanged("#lobby", ())
        bob.typing("#lobby", on=False)
        bob.end_session(1)
