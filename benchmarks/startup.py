"""Start-up: how long `chat-client --version` takes, and how long a broker takes until it listens."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from benchmarks.processes import (
    BROKER,
    CLIENT,
    Output,
    ProgramFailed,
    choose_endpoint,
    exit_on_signals,
    private_environment,
    running,
    wait_for_end,
)
from messages.exits import Exit

_READY = b"Listening for connections on"
_SECONDS = 15.0

Environment = dict[str, str]


def time_python(environment: Environment) -> float:
    """Return the seconds of an empty Python program: no client can be faster."""
    return _time_command([sys.executable, "-c", "pass"], environment)


def time_client(environment: Environment) -> float:
    """Return the seconds from starting `chat-client --version` to its end."""
    return _time_command([*CLIENT, "--version"], environment)


def time_broker(environment: Environment) -> float:
    """Return the seconds from starting a broker until it says that it listens."""
    command = [*BROKER, "--bind", choose_endpoint()]
    begin = time.perf_counter()
    with running(command, environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as broker:
        if not Output(broker).wait_for(_READY, _SECONDS):
            raise ProgramFailed(f"the broker has not said in {_SECONDS:.0f} s that it listens")
        return time.perf_counter() - begin


def _time_command(command: list[str], environment: Environment) -> float:
    begin = time.perf_counter()
    with running(command, environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        wait_for_end(process, _SECONDS)
        seconds = time.perf_counter() - begin
        if process.wait():
            raise ProgramFailed(f"{' '.join(command)} ended with exit code {process.returncode}")
    return seconds


_TIMED: dict[str, Callable[[Environment], float]] = {
    "python -c pass": time_python,
    "chat-client --version": time_client,
    "chat-broker, until it listens": time_broker,
}


def measure(runs: int) -> dict[str, list[float]]:
    """Time each program `runs` times, in turn. A first run to fill the caches does not count."""
    times: dict[str, list[float]] = {name: [] for name in _TIMED}
    with private_environment() as environment:
        for run in range(runs + 1):
            for name, timed in _TIMED.items():
                seconds = timed(environment)
                if run:
                    times[name].append(seconds)
    return times


def main() -> Exit:
    """Run the programs and print the medians."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--runs", type=int, default=21, help="runs of each program (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON, in seconds")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("there must be at least one run")
    exit_on_signals()
    try:
        times = measure(options.runs)
    except (ProgramFailed, OSError) as error:
        print(f"failed: {error}", file=sys.stderr)
        return Exit.FAILED
    if options.json:
        print(
            json.dumps({name: {"median": median(one), "runs": one} for name, one in times.items()}, indent=2)
        )
    else:
        for name, one in times.items():
            print(f"{name:30}  median {median(one) * 1e3:6.1f} ms   best {min(one) * 1e3:6.1f} ms")
    return Exit.DONE


if __name__ == "__main__":
    sys.exit(main())
