"""Many encrypted sessions in one process and one asyncio loop, as a gateway would have them.

    python -m benchmarks.sessions

Logs all of them in to a broker of its own, has each get messages in the lobby, and prints how long that took,
how long the loop stood still while nothing happened, and what a session needs of memory and descriptors.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import zmq

from benchmarks.processes import choose_endpoint, exit_on_signals, read_resident, running_broker
from broker.security.keys import load_or_make
from client.core.events import LoggedIn
from client.transport.aio import AsyncConnection
from client.transport.link import new_session
from client.trust import Trust
from messages.events import Message
from messages.keys import KeyPair
from messages.names import LOBBY

_AT_ONCE = 100
"""Logins that are on their way at the same time."""

_SECONDS = 120.0
"""All of it must take no longer."""

_LOOKS_IN = 0.005
"""Seconds between two looks at whether the loop stands still."""


@dataclass(frozen=True)
class Figures:
    """What was measured. Times are seconds, memory is bytes."""

    logged_in: int
    delivered: int
    login_seconds: float
    delivery_seconds: float
    idle_stall: float
    cpu_share: float
    memory_each: float
    descriptors_each: float


class Member:
    """One session, and what it has got."""

    def __init__(self, number: int) -> None:
        self.session = new_session(f"user{number}")
        self.session.login(f"user{number}")
        self.texts: list[str] = []
        self.ready = asyncio.Event()
        self.connection: AsyncConnection | None = None

    async def open(self, url: str, broker_key: str) -> None:
        """Connect with a key of its own, and wait until it is logged in."""
        public, secret = zmq.curve_keypair()
        keys = KeyPair(public.decode(), secret.decode())
        trust = Trust(url, broker_key, keys, Path("known_brokers"), 1)
        self.connection = await AsyncConnection.open(self.session, url, self._changed, trust=trust)
        await self.ready.wait()

    def _changed(self) -> None:
        while (event := self.session.next_event()) is not None:
            self.session.handed_over(event)
            if isinstance(event, LoggedIn):
                self.ready.set()
            elif isinstance(event, Message):
                self.texts.append(event.text)

    async def close(self) -> None:
        """Close without logging out."""
        if self.connection is not None:
            await self.connection.close()


async def measure(url: str, broker_key: str, members: int, messages: int, idle: float) -> Figures:
    """Log `members` and a speaker in, have `messages` said, and stand idle for so many seconds."""
    speaker, crowd = Member(0), [Member(number) for number in range(1, members + 1)]
    try:
        await speaker.open(url, broker_key)
        memory, descriptors = read_resident(os.getpid()), _descriptors()
        begun = time.perf_counter()
        for start in range(0, members, _AT_ONCE):
            some = crowd[start : start + _AT_ONCE]
            await asyncio.gather(*(member.open(url, broker_key) for member in some))
        login_seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        expected = [f"text {number}" for number in range(messages)]
        for text in expected:
            speaker.session.send(LOBBY, text)
        if speaker.connection is not None:
            speaker.connection.wake()
        while any(len(member.texts) < messages for member in crowd):
            await asyncio.sleep(_LOOKS_IN)
        delivery_seconds = time.perf_counter() - begun
        stall, share = await _stand_idle(idle)
        return Figures(
            logged_in=sum(member.ready.is_set() for member in crowd),
            delivered=sum(member.texts == expected for member in crowd) * messages,
            login_seconds=login_seconds,
            delivery_seconds=delivery_seconds,
            idle_stall=stall,
            cpu_share=share,
            memory_each=(read_resident(os.getpid()) - memory) / members,
            descriptors_each=(_descriptors() - descriptors) / members,
        )
    finally:
        await asyncio.gather(*(member.close() for member in (speaker, *crowd)))


async def _stand_idle(seconds: float) -> tuple[float, float]:
    """Return by how much the loop was late at most, and the share of a CPU that it used."""
    begun, used = time.perf_counter(), time.process_time()
    worst = 0.0
    while (now := time.perf_counter()) - begun < seconds:
        await asyncio.sleep(_LOOKS_IN)
        worst = max(worst, time.perf_counter() - now - _LOOKS_IN)
    return worst, (time.process_time() - used) / (time.perf_counter() - begun)


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def run(members: int, messages: int, idle: float) -> Figures:
    """Start a broker that encrypts, and measure."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # for the broker, which has connections too
    with tempfile.TemporaryDirectory(prefix="chat-benchmark-") as directory:
        key_file = Path(directory) / "curve.key"
        key = load_or_make(key_file).public
        endpoint = choose_endpoint()
        options = ["--memory", "--curve", "--key", str(key_file)]
        with running_broker(endpoint, options):
            return asyncio.run(
                asyncio.wait_for(measure(endpoint, key, members, messages, idle), _SECONDS + idle)
            )


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sessions", description=__doc__)
    parser.add_argument("--sessions", type=int, default=1_000, help="(default %(default)s)")
    parser.add_argument("--messages", type=int, default=20, help="that each gets (default %(default)s)")
    parser.add_argument("--idle", type=float, default=20.0, help="seconds (default %(default)s)")
    options = parser.parse_args()
    if min(options.sessions, options.messages) < 1 or options.idle < 0:
        parser.error("there must be sessions and messages, and the time must not be negative")
    exit_on_signals()
    told = run(options.sessions, options.messages, options.idle)
    sys.stdout.write(
        f"{told.logged_in:,} sessions with CURVE logged in after {told.login_seconds:.1f} s\n"
        f"{told.delivered:,} deliveries in {told.delivery_seconds:.2f} s\n"
        f"idle: the loop stood still for {told.idle_stall * 1000:.0f} ms at most, "
        f"{told.cpu_share:.1%} of a CPU\n"
        f"each session: {told.memory_each / 1000:.0f} KB, {told.descriptors_each:.2f} descriptors\n"
    )


if __name__ == "__main__":
    main()
