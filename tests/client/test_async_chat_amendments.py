"""AsyncChat amends messages and chooses what rings, as Chat does."""

from __future__ import annotations

import asyncio

from eventually import DEADLINE
from house import House

from client.async_chat import AsyncChat
from messages.notices import NoticeLevel


def test_messages_are_amended_and_notices_chosen_in_an_asyncio_loop(house: House) -> None:
    house.open()

    async def work() -> None:
        async with AsyncChat(house.url, name="alice", timeout=DEADLINE, context=house._shared) as alice:
            seq = (await alice.send("#lobby", "helo")).seq
            answer = await alice.send("#lobby", "to myself", reply_to=seq)
            assert await alice.edit("#lobby", seq, "hello") == 3
            assert await alice.react("#lobby", seq, "👍") == 4
            assert await alice.pin("#lobby", seq) == 5
            assert [message.text for message in await alice.pins("#lobby")] == ["hello"]
            timeline = alice.timeline("#lobby")
            assert (timeline.messages[seq].text, timeline.pinned) == ("hello", {seq})
            assert timeline.messages[answer.seq].reply_to == seq
            assert await alice.delete("#lobby", seq) == 6
            assert await alice.notify("#lobby", NoticeLevel.NONE) is NoticeLevel.NONE
            assert await alice.keywords(["deploy"]) == ["deploy"]
            assert await alice.quiet_hours() == ([], None)
            assert timeline.messages[seq].deleted

    asyncio.run(asyncio.wait_for(work(), 3 * DEADLINE))
