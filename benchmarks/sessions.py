"""Many encrypted sessions in one process and one asyncio loop, as a gateway has them.

    python -m benchmarks.sessions

Starts a broker, logs all sessions in and sends messages to the lobby. Prints how long that took, how long an
idle loop was blocked, and the memory and descriptors of a session.
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
"""Logins under way at the same time."""

_SECONDS = 120.0
"""The timeout of the whole measurement."""

_POLL = 0.005
"""Seconds between two checks whether the loop is blocked."""


@dataclass(frozen=True)
class Figures:
    """The figures. Times are seconds, memory is bytes."""

    logged_in: int
    delivered: int
    login_seconds: float
    delivery_seconds: float
    idle_stall: float
    cpu_share: float
    memory_each: float
    descriptors_each: float


class Member:
    """One session, and the texts that it received."""

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
    """Log in `members` and a speaker, send `messages`, and stay idle for `idle` seconds."""
    speaker, crowd = Member(0), [Member(number) for number in range(1, members + 1)]
    try:
        await speaker.open(url, broker_key)
        memory, descriptors = read_resident(os.getpid(), alone=True), _descriptors()
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
            await asyncio.sleep(_POLL)
        delivery_seconds = time.perf_counter() - begun
        stall, share = await _stand_idle(idle)
        return Figures(
            logged_in=sum(member.ready.is_set() for member in crowd),
            delivered=sum(member.texts == expected for member in crowd) * messages,
            login_seconds=login_seconds,
            delivery_seconds=delivery_seconds,
            idle_stall=stall,
            cpu_share=share,
            memory_each=(read_resident(os.getpid(), alone=True) - memory) / members,
            descriptors_each=(_descriptors() - descriptors) / members,
        )
    finally:
        await asyncio.gather(*(member.close() for member in (speaker, *crowd)))


async def _stand_idle(seconds: float) -> tuple[float, float]:
    """Return the longest delay of the loop in seconds, and the share of a CPU that it used."""
    begun, used = time.perf_counter(), time.process_time()
    worst = 0.0
    while (now := time.perf_counter()) - begun < seconds:
        await asyncio.sleep(_POLL)
        worst = max(worst, time.perf_counter() - now - _POLL)
    return worst, (time.process_time() - used) / (time.perf_counter() - begun)


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def run(members: int, messages: int, idle: float) -> Figures:
    """Start a broker that encrypts, and measure."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # for the broker's connections too
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
    parser.add_argument(
        "--messages", type=int, default=20, help="messages that each receives (default %(default)s)"
    )
    parser.add_argument("--idle", type=float, default=20.0, help="seconds (default %(default)s)")
    options = parser.parse_args()
    if min(options.sessions, options.messages) < 1 or options.idle < 0:
        parser.error("sessions and messages must be at least 1, and idle must not be negative")
    exit_on_signals()
    figures = run(options.sessions, options.messages, options.idle)
    sys.stdout.write(
        f"{figures.logged_in:,} sessions with CURVE logged in after {figures.login_seconds:.1f} s\n"
        f"{figures.delivered:,} deliveries in {figures.delivery_seconds:.2f} s\n"
        f"idle: the loop was blocked for {figures.idle_stall * 1000:.0f} ms at most, "
        f"{figures.cpu_share:.1%} of a CPU\n"
        f"each session: {figures.memory_each / 1000:.0f} KB, {figures.descriptors_each:.2f} descriptors\n"
    )


if __name__ == "__main__":
    main()
