"""The full screen on a terminal: its first paint, and what it writes for a key and while nothing happens.

Run it with `python -m benchmarks.screen_start`. No broker answers, so it shows what a person sees at first.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from benchmarks.processes import private_environment
from benchmarks.screen_terminal import OnTerminal

_CLIENT = str(Path(sys.executable).parent / "chat-client")
_NOBODY = "ipc:///tmp/chat-nobody.sock"
_TEXT = "hello there everybody, how are you?"
_RUNS = 7
_IDLE_SECONDS = 60.0


def main() -> None:
    """Measure, and print the figures."""
    paints, begins, keys, echoes, idle, memory = [], [], [], [], 0, 0.0
    with private_environment() as private:
        environment = private | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        for run in range(_RUNS + 1):
            began = time.perf_counter()
            with OnTerminal(_CLIENT, _NOBODY, environment) as screen:
                screen.read_until(b"#lobby> ", 10.0)
                painted = time.perf_counter() - began
                screen.write(b"Q")
                screen.read_until(b"Q", 10.0)
                if run:  # the first one fills the caches
                    paints.append(painted)
                    begins.append(time.perf_counter() - began)
                if run < _RUNS:
                    continue
                screen.drain(1.5)
                memory = screen.memory
                for character in _TEXT:
                    began = time.perf_counter()
                    screen.write(character.encode())
                    first = screen.read_until(character.encode(), 1.0)
                    echoes.append(time.perf_counter() - began)
                    keys.append(len(first) + len(screen.drain(0.15)))
                idle = len(screen.drain_for(_IDLE_SECONDS))
    print(f"first paint, median ms         {statistics.median(paints) * 1_000:8.0f}   wanted: 400")
    print(f"first paint, longest ms        {max(paints) * 1_000:8.0f}")
    print(f"first key echoed, median ms    {statistics.median(begins) * 1_000:8.0f}")
    print(f"bytes for a key, median        {statistics.median(keys):8.0f}   wanted: 150")
    print(f"bytes for a key, most          {max(keys):8.0f}")
    print(f"echo of a key, median ms       {statistics.median(echoes) * 1_000:8.1f}")
    print(f"bytes while idle for a minute  {idle:8.0f}   wanted: 0")
    print(f"memory, MB                     {memory:8.1f}   wanted: 60")


if __name__ == "__main__":
    main()
