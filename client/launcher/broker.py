"""A broker in the background, with a log file of its own."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from client.launcher.programs import (
    LaunchFailed,
    await_listening,
    broker_command,
    broker_failed,
    exit_code,
    stop,
    tie_to_launcher,
)
from client.launcher.signals import SignalWatch
from messages.directories import base_directory
from messages.exits import Exit

_KEPT_LOGS = 10


class Broker:
    """While entered, a broker runs. Its output, of both streams, goes to the file `log`.

    It is in a session of its own, so that the terminal's Ctrl-C does not end it.
    """

    def __init__(self, bind: str) -> None:
        self._command = broker_command(bind)
        self.log = _state_directory() / f"broker-{os.getpid()}.log"

    def __enter__(self) -> Broker:
        with _open_log(self.log) as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=tie_to_launcher,  # noqa: PLW1509  (there is only one thread)
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stop(self._process)

    def await_listening(self, signals: SignalWatch) -> str:
        """Wait until it listens; return the endpoint for clients. Raise LaunchFailed if it does not."""
        return await_listening(self._look, signals)

    def written(self) -> str:
        """Return all its output."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def runs(self) -> bool:
        """Return whether it still runs. Raise LaunchFailed if it failed."""
        code = self._process.poll()
        if code:
            raise broker_failed(self.written(), exit_code(code))
        return code is None

    def _look(self) -> tuple[str, int | None]:
        code = self._process.poll()  # first, so that the output is complete if it has ended
        return self.written(), None if code is None else exit_code(code)


def _state_directory() -> Path:
    """Return the directory for logs, by the XDG base directory specification."""
    try:
        return base_directory(os.environ, "XDG_STATE_HOME", ".local/state") / "chat-broker"
    except ValueError as error:
        raise LaunchFailed(f"{error}, where the broker's log is kept", Exit.CANNOT_START) from None


def _open_log(path: Path) -> BinaryIO:
    """Open a new log, for its owner only, and delete all but the last few logs."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileNotFoundError):  # another launcher deletes them as well
        logs = sorted(path.parent.glob("broker-*.log"), key=lambda log: log.stat().st_mtime)
        for old in logs[: -_KEPT_LOGS + 1]:
            old.unlink()
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600), "ab")
