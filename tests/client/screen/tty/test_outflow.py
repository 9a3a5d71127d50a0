"""What is written to a terminal that may be slow."""

from __future__ import annotations

import asyncio
import os
import select
import tty
from collections.abc import Callable

import pyte
import pytest
from eventually import DEADLINE

from client.screen.tty.outflow import ANSWER, QUERY, Outflow, shortened

LARGE = "x" * 100_000
"""More than the system keeps for a terminal that is not read."""


def read_until(far: int, text: bytes) -> bytes:
    heard = b""
    while not heard.endswith(text) and len(heard) < len(LARGE):
        assert select.select([far], [], [], DEADLINE)[0]
        heard += os.read(far, 65_536)
    return heard


def with_terminal(work: Callable[[Outflow, int], None]) -> None:
    async def whole() -> None:
        far, near = os.openpty()
        os.set_blocking(far, False)
        try:
            outflow = Outflow(near)
            work(outflow, far)
            outflow.close()
        finally:
            os.close(near)
            os.close(far)

    asyncio.run(whole())


def test_what_the_terminal_does_not_take_waits_without_blocking_and_can_be_dropped() -> None:
    def work(outflow: Outflow, far: int) -> None:
        outflow.write("one")
        assert outflow.is_flowing
        assert outflow.is_clear
        outflow.write(LARGE)
        assert not outflow.is_flowing
        assert not outflow.is_clear
        outflow.drop()
        outflow.write("restored")
        outflow.close()
        heard = read_until(far, b"restored")
        assert heard.startswith(b"onexxx")
        assert heard.endswith(b"\x18\x1b[0m\x1b[?2026lrestored")
        assert len(heard) < len(LARGE)

    with_terminal(work)


def test_a_terminal_that_gives_signs_is_waited_for_after_each_frame_but_not_after_a_key() -> None:
    def work(outflow: Outflow, far: int) -> None:
        outflow.ask()
        read_until(far, QUERY.encode())
        outflow.answered()
        outflow.write("k")
        assert outflow.is_clear
        outflow.write("f" * 2_000)
        assert outflow.is_flowing
        assert not outflow.is_clear
        assert read_until(far, QUERY.encode()).count(b"f") == 2_000
        outflow.answered()
        assert outflow.is_clear
        outflow._queued = lambda: 300  # type: ignore[method-assign]
        assert not outflow.is_clear, "a serial line still sends"
        outflow._queued = lambda: 200  # type: ignore[method-assign]
        outflow.write("f" * 2_000)
        assert not outflow.is_clear
        assert outflow._asked_at is not None
        outflow._asked_at -= 3.1
        assert outflow.is_clear, "a sign that was lost is not waited for"

    with_terminal(work)


def test_a_terminal_that_gives_no_sign_gets_few_frames_at_once() -> None:
    def work(outflow: Outflow, far: int) -> None:
        outflow.ask()
        outflow.write("f" * 7_000)
        assert outflow.is_clear
        outflow.write("f" * 7_000)
        assert not outflow.is_clear

    with_terminal(work)


@pytest.mark.parametrize(
    "text",
    [
        f"a{' ' * 30}b\r\n\x1b[2;1H{' ' * 40}",
        f"\x1b[7m{' ' * 20}\x1b[0m{' ' * 19}|",
        f"\x1b[1;38;5;161mno {' ' * 15} one\x1b[0m{' ' * 12}\x1b[2m│\x1b[0m",
        f"\x1b[0m{' ' * 39}|",
    ],
)
def test_blanks_cost_few_bytes_and_look_the_same(text: str) -> None:
    looks = []
    for one in (text, shortened(text)):
        screen = pyte.Screen(40, 4)
        stream = pyte.Stream(screen)
        stream.feed(f"\x1b[1;1H{'#' * 40}\x1b[2;1H{'#' * 40}\x1b[1;1H{one}")
        looks.append([[screen.buffer[y][x] for x in range(40)] for y in range(4)])
    assert looks[0] == looks[1]
    assert len(shortened(text)) < len(text)


def test_an_answer_that_comes_at_the_end_is_not_left_to_the_shell() -> None:
    async def work() -> None:
        far, near = os.openpty()
        tty.setraw(near)
        try:
            outflow = Outflow(near)
            outflow.ask()
            os.write(far, ANSWER.encode())
            outflow.drop()
            outflow.take_late_answer(near)
            assert not select.select([near], [], [], 0)[0]
            outflow.answered()
            os.write(far, b"typed for the shell")
            outflow.take_late_answer(near)
            assert os.read(near, 100) == b"typed for the shell"
            outflow.close()
        finally:
            os.close(near)
            os.close(far)

    asyncio.run(work())
