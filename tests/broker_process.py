"""chat-broker as a process of its own, and what it writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from eventually import DEADLINE, eventually

_LISTENING = "Listening for connections on "


class BrokerProcess:
    """A started broker. What it writes on stdout and stderr is read as it comes."""

    def __init__(
        self,
        *arguments: str,
        prefix: tuple[str, ...] = (),
        program: tuple[str, ...] = ("-m", "broker"),
        **environment: str,
    ) -> None:
        self.out: list[str] = []
        self.err: list[str] = []
        self._process = subprocess.Popen(
            [*prefix, sys.executable, *program, *arguments],
            cwd=Path(__file__).parents[1],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._readers = [
            threading.Thread(target=lines.extend, args=(stream,))
            for lines, stream in ((self.out, self._process.stdout), (self.err, self._process.stderr))
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def endpoints(self) -> list[str]:
        """Return where it says that it listens."""
        found = [line for line in self.out if line.startswith(_LISTENING)]
        assert all(line.endswith("...\n") for line in found)
        return [line[len(_LISTENING) : -len("...\n")] for line in found]

    def listen(self, number: int = 1) -> str:
        """Return the first endpoint once there are so many."""
        eventually(
            lambda: len(self.endpoints) >= number or self._process.poll() is not None, "the broker listens"
        )
        assert self.endpoints, self.err
        return self.endpoints[0]

    def await_line(self, text: str) -> str:
        """Return the first line on stderr that has this text in it."""
        return eventually(
            lambda: next((line for line in self.err if text in line), ""), f"{text!r} in the log"
        )

    def kill(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self, seconds: float = DEADLINE) -> int:
        """Return the exit code once it has ended and all it wrote was read."""
        code = self._process.wait(seconds)
        for reader in self._readers:
            reader.join(DEADLINE)
        return code

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.kill(number)
        return self.end()

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self.end()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream
            stream.close()
