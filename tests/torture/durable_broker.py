"""A real broker with a data directory, which can be killed and started again at the same endpoint."""

from __future__ import annotations

import signal
from pathlib import Path

from broker_process import CHAT_BROKER, BrokerProcess

LATE = Path(__file__).with_name("late_broker.py")
"""The program whose store commits after the acknowledgement."""


class DurableBroker:
    """`chat-broker --data DIR` on one port, in one process after the other."""

    def __init__(
        self,
        data: Path,
        *options: str,
        program: Path = CHAT_BROKER,
        prefix: tuple[str, ...] = (),
    ) -> None:
        self.data = data
        self.url = "tcp://127.0.0.1:0"
        self._options = options
        self._program = program
        self._prefix = prefix
        self.process = self._started()
        self.url = self.process.listen()

    def _started(self) -> BrokerProcess:
        arguments = ("--bind", self.url, "--data", str(self.data), "--log-level", "warning", *self._options)
        return BrokerProcess(*arguments, program=self._program, prefix=self._prefix)

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """End it as a power failure ends a process: at once."""
        self.process.kill(signal.SIGKILL)

    def start_again(self) -> None:
        """When the process has ended, start another with the same log at the same endpoint."""
        self.process.end()
        self.process.close()
        self.process = self._started()
        self.process.listen()

    def stop(self) -> int:
        """End it as an operator does, and return its exit code."""
        return self.process.stop()

    def close(self) -> None:
        """End it, and show what it said if it has ended by itself."""
        failed = self.process.ended and self.process.end() > 0
        if failed:
            print(*self.process.err, sep="")
        self.process.close()
