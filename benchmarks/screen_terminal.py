"""The full screen on a pseudo-terminal, for the benchmarks."""

from __future__ import annotations

import os
import pty
import select
import signal
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROWS, COLUMNS = 40, 120


class OnTerminal:
    """A `chat-client --screen` that runs while the context lasts."""

    def __init__(self, client: str, endpoint: str, environment: dict[str, str], name: str = "alice") -> None:
        arguments = [client, "--connect", endpoint, "-n", name, "--no-input-history", "--screen"]
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(client, arguments, environment)
        termios.tcsetwinsize(self.terminal, (ROWS, COLUMNS))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)

    def write(self, keys: bytes) -> None:
        """Type."""
        os.write(self.terminal, keys)

    def read(self, seconds: float, most: int = 65_536) -> bytes:
        """Return what comes next; nothing if nothing comes in time."""
        if not select.select([self.terminal], [], [], max(seconds, 0.0))[0]:
            return b""
        try:
            return os.read(self.terminal, most)
        except OSError:
            return b""

    def read_until(self, text: bytes, seconds: float) -> bytes:
        """Read until a text comes, at most so long."""
        output, end = b"", time.perf_counter() + seconds
        while text not in output and (left := end - time.perf_counter()) > 0:
            output += self.read(left)
        return output

    def drain(self, quiet: float, seconds: float = 60.0) -> bytes:
        """Read until nothing comes for so long, at most for some seconds."""
        output, end = b"", time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and (more := self.read(min(quiet, left))):
            output += more
        return output

    def drain_for(self, seconds: float) -> bytes:
        """Read for so long."""
        output, end = b"", time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            output += self.read(left)
        return output

    @property
    def memory(self) -> float:
        """The resident memory in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1_000
