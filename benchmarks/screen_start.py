"""The full screen on a terminal: its first paint, and what it writes for a key and while nothing happens.

Run it with `python -m benchmarks.screen_start`. No broker answers, so it shows what a person sees at first.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import sys
import termios
import time
from pathlib import Path

_CLIENT = Path(sys.executable).parent / "chat-client"
_ARGUMENTS = ["--connect", "ipc:///tmp/chat-nobody.sock", "-n", "alice", "--no-input-history", "--screen"]
_TEXT = "hello there everybody, how are you?"
_RUNS = 7


def _start() -> tuple[int, int]:
    pid, terminal = pty.fork()
    if pid == 0:
        environ = os.environ | {
            "PYTHONDONTWRITEBYTECODE": "",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }
        os.execve(_CLIENT, [str(_CLIENT), *_ARGUMENTS], environ)
    termios.tcsetwinsize(terminal, (40, 120))
    return pid, terminal


def _read(terminal: int, quiet: float, until: bytes = b"", limit: float = 10.0) -> bytes:
    """Read until a text comes, or nothing for some seconds."""
    output, end = b"", time.perf_counter() + limit
    while time.perf_counter() < end:
        if not select.select([terminal], [], [], limit if until and until not in output else quiet)[0]:
            break
        data = os.read(terminal, 65_536)
        output += data
        if until and until in output:
            break
    return output


def _memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1_000


def main() -> None:
    """Measure, and print the figures."""
    paints, keys, echoes, idle, memory = [], [], [], 0, 0.0
    for run in range(_RUNS):
        began = time.perf_counter()
        pid, terminal = _start()
        try:
            _read(terminal, 0.5, b"#lobby> ")
            paints.append(time.perf_counter() - began)
            if run < _RUNS - 1:
                continue
            _read(terminal, 1.5)
            memory = _memory(pid)
            for character in _TEXT:
                began = time.perf_counter()
                os.write(terminal, character.encode())
                first = _read(terminal, 0.0, character.encode(), 1.0)
                echoes.append(time.perf_counter() - began)
                keys.append(len(first) + len(_read(terminal, 0.15)))
            idle = len(_read(terminal, 60.0, limit=60.0))
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(terminal)
    print(f"first paint, median ms        {statistics.median(paints) * 1_000:8.0f}")
    print(f"first paint, longest ms       {max(paints) * 1_000:8.0f}")
    print(f"bytes for a key, median       {statistics.median(keys):8.0f}")
    print(f"bytes for a key, most         {max(keys):8.0f}")
    print(f"echo of a key, median ms      {statistics.median(echoes) * 1_000:8.1f}")
    print(f"bytes while idle for a minute {idle:8.0f}")
    print(f"memory, MB                    {memory:8.1f}")


if __name__ == "__main__":
    main()
