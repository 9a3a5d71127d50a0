"""Latency: one message on an idle broker, from alice's stdin to bob's stdout, through two real clients."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from statistics import quantiles

from benchmarks.processes import (
    CLIENT,
    Output,
    ProgramFailed,
    choose_endpoint,
    exit_on_signals,
    private_environment,
    running,
    running_broker,
)
from messages.exits import Exit

_READY_SECONDS = 15.0
_MESSAGE_SECONDS = 5.0


def measure(count: int, pause: float) -> list[float]:
    """Return the seconds that each of `count` messages took, with `pause` seconds between them."""
    endpoint = choose_endpoint()
    client = [*CLIENT, "--connect", endpoint, "--name"]
    with (
        running_broker(endpoint),
        private_environment() as alices,
        private_environment() as bobs,
        running([*client, "bob"], bobs, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bob,
        running([*client, "alice"], alices, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as alice,
    ):
        hears = Output(bob)
        _wait_until_both_are_ready(alice, hears)
        return [_time_message(alice, hears, f"hello {number:06}", pause) for number in range(count)]


def _wait_until_both_are_ready(alice: subprocess.Popen[bytes], hears: Output) -> None:
    """Send from alice until bob receives a message, then until he has received the last one."""
    deadline = time.monotonic() + _READY_SECONDS
    number = 0
    while time.monotonic() < deadline:
        _say(alice, f"ready {number:06}")
        if hears.wait_for(b"ready ", 0.1):
            _say(alice, "steady")
            if hears.wait_for(b"steady", _MESSAGE_SECONDS):
                return
        number += 1
    raise ProgramFailed(f"bob has received nothing from alice after {_READY_SECONDS:.0f} s")


def _time_message(alice: subprocess.Popen[bytes], hears: Output, text: str, pause: float) -> float:
    time.sleep(pause)
    begin = time.perf_counter()
    _say(alice, text)
    if not hears.wait_for(text.encode(), _MESSAGE_SECONDS):
        raise ProgramFailed(f"bob has not received {text!r} after {_MESSAGE_SECONDS:.0f} s")
    return time.perf_counter() - begin


def _say(alice: subprocess.Popen[bytes], text: str) -> None:
    assert alice.stdin is not None
    alice.stdin.write(text.encode() + b"\n")


def main() -> Exit:
    """Send the messages and print the percentiles."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clients", description=__doc__)
    parser.add_argument("--messages", type=int, default=200, help="(default %(default)s)")
    parser.add_argument("--pause", type=float, default=5.0, help="ms between them (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON, in seconds")
    options = parser.parse_args()
    if not 2 <= options.messages <= 1_000_000 or options.pause < 0:
        parser.error("there must be 2 to 1,000,000 messages, and the pause must not be negative")
    exit_on_signals()
    try:
        times = measure(options.messages, options.pause / 1e3)
    except (ProgramFailed, OSError) as error:
        print(f"failed: {error}", file=sys.stderr)
        return Exit.FAILED
    percentiles = quantiles(times, n=100, method="inclusive")
    figures = {"median": percentiles[49], "p90": percentiles[89], "p99": percentiles[98], "max": max(times)}
    if options.json:
        print(json.dumps({**figures, "messages": times}, indent=2))
    else:
        print("  ".join(f"{name} {seconds * 1e3:.2f} ms" for name, seconds in figures.items()))
    return Exit.DONE


if __name__ == "__main__":
    sys.exit(main())
