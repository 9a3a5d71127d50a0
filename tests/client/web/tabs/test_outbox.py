"""What waits for a tab: in order, in few frames, and bounded."""

from __future__ import annotations

import asyncio
import json

from client.web.protocol.tells import Done, Notice
from client.web.tabs.outbox import MOST_BYTES, Backlog, Outbox


def test_what_waits_goes_in_order_in_one_frame() -> None:
    frames: list[str] = []

    async def send(frame: str) -> None:
        frames.append(frame)
        if len(frames) == 1:
            outbox.put(Done("3"))
            outbox.close()
            outbox.put(Done("4"))

    outbox = Outbox(Backlog())
    outbox.put(Done("1"))
    outbox.put(Notice("2\nlines"))
    asyncio.run(outbox.run(send))
    assert [[json.loads(line)["type"] for line in frame.split("\n")] for frame in frames] == [
        ["done", "notice"],
        ["done"],
    ]


def test_a_tab_that_does_not_read_is_given_up() -> None:
    async def blocked() -> bool:
        outbox = Outbox(Backlog())
        writing = asyncio.ensure_future(outbox.run(lambda _frame: asyncio.Event().wait()))  # type: ignore[arg-type, return-value]
        for _ in range(MOST_BYTES // 1_000 + 1):
            outbox.put(Notice("x" * 1_000))
            await asyncio.sleep(0)
        writing.cancel()
        return outbox.too_slow and outbox.closing.is_set()

    assert asyncio.run(blocked())


def test_what_waits_for_all_is_bounded_and_those_who_read_stay() -> None:
    async def crowd() -> tuple[list[bool], int, int]:
        backlog, most = Backlog(1_000_000), 0
        slow, quick = [Outbox(backlog) for _ in range(20)], Outbox(backlog)
        reading: list[str] = []

        async def read(frame: str) -> None:
            reading.append(frame)

        tasks = [asyncio.ensure_future(quick.run(read))]
        tasks += [asyncio.ensure_future(one.run(lambda _frame: asyncio.Event().wait())) for one in slow]  # type: ignore[arg-type, return-value]
        for _ in range(100):
            for one in (*slow, quick):
                one.put(Notice("x" * 1_000))
            await asyncio.sleep(0)
            most = max(most, backlog.size)
        for one in (*slow, quick):
            one.leave()
        for task in tasks:
            task.cancel()
        assert most <= 1_000_000
        assert not quick.too_slow
        return [one.too_slow for one in slow], len(reading), backlog.size

    given_up, read, left = asyncio.run(crowd())
    assert any(given_up)
    assert (read, left) == (100, 0)


def test_what_was_sent_last_counts_until_more_can_be_sent() -> None:
    async def blocked() -> tuple[int, int]:
        backlog, gate = Backlog(), asyncio.Event()
        outbox = Outbox(backlog)

        async def send(_frame: str) -> None:
            if backlog.size < 2_000:
                return
            await gate.wait()

        writing = asyncio.ensure_future(outbox.run(send))
        outbox.put(Notice("x" * 1_000))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first = backlog.size
        outbox.put(Notice("x" * 1_000))
        await asyncio.sleep(0)
        gate.set()
        outbox.close()
        await writing
        return first // 1_000, backlog.size // 1_000

    assert asyncio.run(blocked()) == (1, 1)
