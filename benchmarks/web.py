"""Many people with a browser each, at one gateway: memory, idle time, one message to all, coming back.

    python -m benchmarks.web

Starts a broker with `--web` and, in a process of its own, pages of guests, as a password costs the broker
11 ms. They all look at #lobby. Then a terminal says something there. Prints the figures beside those that are
wanted. The shares and the milliseconds of gateway and broker are their processor time, from `/proc`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import (
    BROKER,
    ProgramFailed,
    allow_many_connections,
    choose_port,
    exit_on_signals,
    private_environment,
    running,
    wait_for_port,
)
from benchmarks.web_pages import MARK
from client.chat import Chat
from messages.names import LOBBY

_SECONDS = 300.0
"""The most seconds that any one thing takes."""

_SETTLE = 0.005
"""Seconds for each person until notices that people have come, and receipts of a message, are over."""

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Spread:
    """How many milliseconds after it was sent a message was in the first page, in half of them, and in all.

    `gateway` and `broker` are the milliseconds of processor time that they used, with all receipts.
    """

    first: float
    median: float
    last: float
    gateway: float
    broker: float


@dataclass(frozen=True)
class Figures:
    """The figures. Memory is in bytes; the shares are of a core."""

    people: int
    login_seconds: float
    login_gateway: float
    memory: int
    idle: float
    idle_broker: float
    spreads: list[Spread]
    back_seconds: float


class Pages:
    """The process of the pages, and what it tells."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def told(self, key: str) -> dict[str, Any]:
        """Return the next thing that it tells with this key."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if key in (said := json.loads(line)):
                return dict(said)
        raise ProgramFailed("the process of the pages has ended")


def _cpu(pid: int) -> float:
    """Return the processor seconds of a process, without its children's."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _gateway_of(broker: int, other_than: int = 0) -> int:
    """Return the process of the gateway, which is the broker's child."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        children = [one.read_text() for one in Path(f"/proc/{broker}/task").glob("*/children")]
        found = [int(pid) for pid in " ".join(children).split() if int(pid) != other_than]
        if found:
            return found[0]
        time.sleep(0.05)
    raise ProgramFailed("the broker has started no gateway")


@contextmanager
def _started(people: int) -> Iterator[tuple[subprocess.Popen[bytes], str, int]]:
    """Start a broker with a gateway for so many; give it, its endpoint, and the gateway's port."""
    port, web = choose_port(), choose_port()
    with private_environment() as environment, tempfile.TemporaryDirectory(prefix="chat-benchmark-") as data:
        command = [
            *(*BROKER, "--bind", f"tcp://127.0.0.1:{port}", "--data", data, "--log-level", "warning"),
            *("--web", f"127.0.0.1:{web}", "--web-guests", "--cap", f"guests={people + 10}"),
        ]
        environment["CHAT_WEB_PROXIES"] = "127.0.0.1"
        with running(command, environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as broker:
            wait_for_port(broker, port)
            wait_for_port(broker, web)
            yield broker, f"tcp://127.0.0.1:{port}", web


def _spread(chat: Chat, pages: Pages, number: int, gateway: int, broker: int, settle: float) -> Spread:
    """Send a message to all pages, and see when they have it."""
    before = _cpu(gateway), _cpu(broker)
    sent_at = time.monotonic()
    chat.send(LOBBY, f"{MARK}{number} the quick brown fox jumps over the lazy dog")
    said = pages.told("text")
    times = ((said[key] - sent_at) * 1_000 for key in ("first", "median", "last"))
    _wait(chat, settle)
    used = (_cpu(gateway) - before[0], _cpu(broker) - before[1])
    return Spread(*times, *(seconds * 1_000 for seconds in used))


def _wait(chat: Chat, seconds: float) -> None:
    """Let time go by for the terminal too."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        next(chat.events(timeout=left), None)


def run(people: int, idle: float, messages: int) -> Figures:
    """Start all, and measure."""
    allow_many_connections()
    with ExitStack() as stack:
        broker, endpoint, port = stack.enter_context(_started(people))
        gateway = _gateway_of(broker.pid)
        crowd = [sys.executable, "-m", "benchmarks.web_pages", f"http://127.0.0.1:{port}", str(people)]
        chat = stack.enter_context(Chat(endpoint, name="terminal", timeout=30.0))
        used, begun = _cpu(gateway), time.monotonic()
        process = stack.enter_context(
            running(crowd, dict(os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        )
        pages = Pages(process)
        pages.told("signed_in")
        login_seconds, login_gateway = time.monotonic() - begun, _cpu(gateway) - used
        pages.told("open")
        _wait(chat, _SETTLE * people)
        before = time.monotonic(), _cpu(gateway), _cpu(broker.pid)
        _wait(chat, idle)
        lasted = time.monotonic() - before[0]
        shares = (_cpu(gateway) - before[1]) / lasted, (_cpu(broker.pid) - before[2]) / lasted
        settle = _SETTLE * people
        spreads = [_spread(chat, pages, one, gateway, broker.pid, settle) for one in range(messages)]
        memory = _resident(gateway)
        os.kill(gateway, signal.SIGKILL)
        begun = time.monotonic()
        pages.told("open")
        return Figures(
            *(people, login_seconds, login_gateway / people, memory, *shares),
            *(spreads, time.monotonic() - begun),
        )


def _print(figures: Figures) -> None:
    middle = [
        statistics.median(getattr(one, name) for one in figures.spreads)
        for name in ("first", "median", "last", "gateway", "broker")
    ]
    rate = figures.people / figures.login_seconds
    sys.stdout.write(
        f"{figures.people:,} people signed in, {rate:.0f} a second, each for "
        f"{figures.login_gateway * 1_000:.1f} ms of the gateway's processor time\n"
        f"memory of the gateway: {figures.memory / 1e6:.0f} MB   wanted: 300\n"
        f"idle: gateway {figures.idle:.1%} of a core   wanted: 2%   broker {figures.idle_broker:.1%}\n"
        f"one message: in the first page after {middle[0]:.0f} ms, in half of them after {middle[1]:.0f} ms, "
        f"in all after {middle[2]:.0f} ms   wanted: 500\n"
        f"processor time for it: gateway {middle[3]:.0f} ms, broker {middle[4]:.0f} ms\n"
        f"all back {figures.back_seconds:.1f} s after kill -9 of the gateway   wanted: 15\n"
    )


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000, help="(default %(default)s)")
    parser.add_argument("--idle", type=float, default=60.0, help="seconds (default %(default)s)")
    parser.add_argument("--messages", type=int, default=5, help="(default %(default)s)")
    options = parser.parse_args()
    if min(options.people, options.messages) < 1 or options.idle < 0:
        parser.error("people and messages must be at least 1, and idle must not be negative")
    exit_on_signals()
    _print(run(options.people, options.idle, options.messages))


if __name__ == "__main__":
    main()
