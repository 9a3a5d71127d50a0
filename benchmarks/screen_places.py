"""The full screen with 500 conversations and 2,000 members: switching, and a frame after one event.

Run it with `python -m benchmarks.screen_places`. The session is joined with a broker's core without sockets,
as in the tests; 2,000 members are made up.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from screen_stage import Seat, seats  # type: ignore[import-not-found]

from client.core.events import Replied
from client.core.person.queries import MembersQuery
from client.screen.app import ChatScreen
from client.screen.terminal import Keys
from messages.events import System, SystemKind
from messages.members import MemberEntry, MemberList
from messages.moderation import Role
from messages.names import LOBBY
from messages.requests import Join

_ROOMS, _MEMBERS, _MESSAGES, _TIMES = 499, 2_000, 1_000, 60
_WANTED = {"switch": 50.0}


def _furnish() -> Seat:
    """Return alice's seat, in many rooms, with others in the lobby, and many messages there."""
    alice, bob = seats("alice", "bob")
    for number in range(_ROOMS):
        alice.session.ask(Join, room=f"#room-{number:03}")
        if number % 50 == 49:
            alice.settle()
    for number in range(_MESSAGES):
        bob.session.send(LOBBY, f"the quick brown fox jumps over the lazy dog, number {number}")
        if number % 100 == 99:
            alice.settle()
    alice.settle()
    users = [f"user-{number * 7 % _MEMBERS:04}" for number in range(_MEMBERS)]
    entries = [MemberEntry(one, at, Role.MEMBER, online=at % 3 > 0) for at, one in enumerate(users, 10)]
    request = MembersQuery("r", LOBBY)
    alice.state.take(Replied(request, MemberList("r", LOBBY, entries, more=False)))
    return alice


def _time(work: Callable[[int], None], before: Callable[[int], None] = lambda _number: None) -> list[float]:
    """Return the milliseconds of each time."""
    times = []
    for number in range(_TIMES):
        before(number)
        begin = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - begin) * 1_000)
    return times


async def _measure() -> dict[str, list[float]]:
    alice = _furnish()
    bob = alice.world.members[1].session
    app: ChatScreen = alice.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app._draw()

        def press(keys: str) -> None:
            app.press_keys(Keys().feed(keys)[0])
            app._draw()

        def come(number: int) -> None:
            kind = SystemKind.JOINED if number % 2 else SystemKind.LEFT
            alice.state.take(System(kind, f"user-{number:04}", "comes or goes"))
            app._draw()

        def hear(number: int) -> None:
            bob.send(LOBBY, f"one more, {number}")
            alice.settle()

        found = {"switch": _time(lambda _: press("\x1b[1;3B"))}
        press("\x1b1")
        found["type a key"] = _time(lambda _: press("a"))
        found["somebody comes or goes"] = _time(come)
        found["a message comes"] = _time(lambda _: app._draw(), hear)
        alice.session._exchange.ignored.set(["somebody"])
        found["a message comes, somebody is ignored"] = _time(lambda _: app._draw(), hear)
        found["nothing comes"] = _time(lambda _: app._draw())
    return found


def main() -> None:
    """Measure, and print the figures."""
    for what, times in asyncio.run(_measure()).items():
        wanted = f"   wanted: {_WANTED[what]:.0f}" if what in _WANTED else ""
        print(f"{what:38} median ms {statistics.median(times):7.2f}   longest {max(times):7.2f}{wanted}")


if __name__ == "__main__":
    main()
