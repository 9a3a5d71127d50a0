"""chat-broker as a process, and its output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from eventually import DEADLINE, eventually
from prepared import Prepared, can_start

CHAT_BROKER = Path(sys.executable).with_name("chat-broker")
_LISTENING = "Listening for connections on "


class BrokerProcess:
    """A started broker. Its stdout and stderr are read all the time."""

    def __init__(
        self,
        *arguments: str,
        prefix: tuple[str, ...] = (),
        program: Path = CHAT_BROKER,
        **environment: str,
    ) -> None:
        self.out: list[str] = []
        self.err: list[str] = []
        env = {**os.environ, **environment}
        prepared = not prefix and can_start(program, env)
        self._process = (Prepared if prepared else subprocess.Popen[str])(
            [program, *arguments] if prepared else [*prefix, sys.executable, program, *arguments],
            cwd=Path(__file__).parents[1],
            env=env,
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
    def files(self) -> int:
        """Return how many files the process has open."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def endpoints(self) -> list[str]:
        """Return the endpoints on which it says it listens."""
        found = [line for line in self.out if line.startswith(_LISTENING)]
        assert all(line.endswith("...\n") for line in found)
        return [line[len(_LISTENING) : -len("...\n")] for line in found]

    def listen(self, number: int = 1) -> str:
        """Return the first endpoint as soon as there are `number`."""
        eventually(
            lambda: len(self.endpoints) >= number or self._process.poll() is not None, "the broker listens"
        )
        assert self.endpoints, self.err
        return self.endpoints[0]

    def await_line(self, text: str) -> str:
        """Return the first line on stderr that contains this text."""
        return eventually(
            lambda: next((line for line in self.err if text in line), ""), f"{text!r} in the log"
        )

    def kill(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self, seconds: float = DEADLINE) -> int:
        """Return the exit code when it has ended and all its output is read."""
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
