"""The full screen during a burst of 5,000 messages: how long a typed key takes to be seen.

Run it with `python -m benchmarks.screen_burst`. Another client sends the messages as fast as the broker
takes them, and keys are typed meanwhile, one after the other. `--client PROGRAM` measures the chat-client of
another checkout; several of them take turns.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import BROKER, CLIENT, Output, choose_endpoint, private_environment, running
from benchmarks.screen_terminal import OnTerminal

_MESSAGES = 5_000
_KEYS = "QXZWVYUG"
"""Characters that stand in no message, name or control sequence."""

_QUIET_SECONDS, _MOST_SECONDS = 0.5, 60.0
_TEXT = "the quick brown fox jumps over the lazy dog and says a few words more, %d\n"
_LAST = b"that was all!"


@dataclass(slots=True)
class Burst:
    """What was measured, in seconds; `written` in bytes."""

    echoes: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    written: list[int] = field(default_factory=list)


def measure(client: str, found: Burst, environment: dict[str, str]) -> None:
    """Add the figures of one burst."""
    endpoint = choose_endpoint()
    broker = [*BROKER, "--bind", endpoint, "--memory", "--no-rate-limit", "--no-admin"]
    sender = [*CLIENT, "--connect", endpoint, "-n", "bob", "send", "#lobby", "-"]
    lines = b"".join(b"%s" % (_TEXT % number).encode() for number in range(_MESSAGES)) + _LAST + b"\n"
    with running(broker, environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as listening:
        Output(listening).wait_for(b"Listening", 15.0)
        with (
            OnTerminal(client, endpoint, environment) as screen,
            tempfile.TemporaryFile() as text,
        ):
            text.write(lines)
            text.seek(0)
            screen.read_until(b"Connected", 10.0)
            screen.drain(_QUIET_SECONDS)
            with running(sender, environment, stdin=text.fileno(), stdout=subprocess.DEVNULL):
                _type(screen, found)


def _type(screen: OnTerminal, found: Burst) -> None:
    """Type until the last message is on the screen."""
    begin, total = time.perf_counter(), 0
    end, number, seen = begin + _MOST_SECONDS, 0, False
    while not seen and time.perf_counter() < end:
        key = _KEYS[number % len(_KEYS)].encode()
        number += 1
        pressed = time.perf_counter()
        screen.write(key)
        output = screen.read_until(key, 5.0)
        found.echoes.append(time.perf_counter() - pressed)
        output += screen.drain_for(0.01 + random.random() * 0.02)
        total += len(output)
        seen = _LAST in output
    found.shown.append(time.perf_counter() - begin)
    found.written.append(total)


def _report(client: str, burst: Burst) -> None:
    echoes = sorted(burst.echoes)
    p99 = echoes[max(int(len(echoes) * 0.99 + 0.5) - 1, 0)]
    print(client)
    print(f"  keys typed                 {len(echoes):8}")
    print(f"  echo of a key, median ms   {statistics.median(echoes) * 1_000:8.1f}")
    print(f"  echo of a key, p99 ms      {p99 * 1_000:8.1f}   wanted: 50")
    print(f"  echo of a key, longest ms  {echoes[-1] * 1_000:8.1f}")
    print(f"  last message shown, s      {statistics.median(burst.shown):8.2f}")
    print(f"  bytes written              {statistics.median(burst.written):8.0f}")


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--client", action="append", help="the chat-client to measure; repeatable")
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args(arguments)
    clients = options.client or [str(Path(sys.executable).parent / "chat-client")]
    found = {client: Burst() for client in clients}
    with private_environment() as environment:
        for _ in range(options.rounds):
            for client, burst in found.items():
                measure(client, burst, environment | {"TERM": "xterm-256color", "LANG": "C.UTF-8"})
    for client, burst in found.items():
        _report(client, burst)


if __name__ == "__main__":
    main()
