"""What waits for a tab: in order, in few frames, and bounded."""

from __future__ import annotations

import asyncio
import json

from client.web.protocol.tells import Done, Notice
from client.web.tabs.outbox import MOST_BYTES, Outbox


def test_what_waits_goes_in_order_in_one_frame() -> None:
    frames: list[str] = []

    async def send(frame: str) -> None:
        frames.append(frame)
        if len(frames) == 1:
            outbox.put(Done("3"))
            outbox.close()
            outbox.put(Done("4"))

    outbox = Outbox()
    outbox.put(Done("1"))
    outbox.put(Notice("2\nlines"))
    asyncio.run(outbox.run(send))
    assert [[json.loads(line)["type"] for line in frame.split("\n")] for frame in frames] == [
        ["done", "notice"],
        ["done"],
    ]


def test_a_tab_that_does_not_read_is_given_up() -> None:
    async def blocked() -> bool:
        outbox = Outbox()
        writing = asyncio.ensure_future(outbox.run(lambda _frame: asyncio.Event().wait()))  # type: ignore[arg-type, return-value]
        for _ in range(MOST_BYTES // 1_000 + 1):
            outbox.put(Notice("x" * 1_000))
            await asyncio.sleep(0)
        writing.cancel()
        return outbox.too_slow and outbox.closing.is_set()

    assert asyncio.run(blocked())
