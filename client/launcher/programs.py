"""The programs that the launcher starts: their paths, their readiness and their end."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import click

from client.launcher.signals import SignalWatch
from messages.endpoints import parse_endpoint
from messages.exits import Exit
from messages.sentences import tell
from messages.text import neutralise

WAIT = 5.0
"""Seconds that a program has to become ready, and to end after a signal."""

_POLL = 0.02
_PR_SET_PDEATHSIG = 1
_LISTENING = re.compile(r"^Listening for connections on (.+)\.\.\.\s*$", re.MULTILINE)
_ADDRESS = re.compile(r"^Clients connect to chat://\S+\?(\S+)\s*$", re.MULTILINE)
_IN_USE = re.compile(r"(tcp://\S+) is in use; ")
_BY_SIGNAL = 128
_LOOPBACK = {"*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104  (a look-up, no bind)


class LaunchFailed(click.ClickException):
    """A program did not start, or failed. The text is one sentence, with `speaker` before it."""

    def __init__(self, sentence: str, code: int = Exit.FAILED, speaker: str | None = "chat-launcher") -> None:
        super().__init__(f"{speaker}: {sentence}" if speaker else sentence)
        self.exit_code = code  # type: ignore[misc,unused-ignore]  # click means it to be overridden

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence on stderr."""
        tell(self.message)


def find_program(name: str) -> str:
    """Return the path of a program beside this Python, or else on PATH. Raise LaunchFailed if none exists."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise LaunchFailed(f"{name} is neither beside {sys.executable} nor on PATH", Exit.CANNOT_START)
    return found


def broker_command(bind: str) -> list[str]:
    """Return the command that runs a broker on the endpoint `bind`."""
    return [find_program("chat-broker"), "--bind", bind]


def client_command(endpoint: str, name: str | None = None) -> list[str]:
    """Return the command that runs a client; without a name it asks for one."""
    named = [] if name is None else ["--name", name]
    return [find_program("chat-client"), "--connect", endpoint, *named]


def reachable(endpoint: str) -> str:
    """Return the endpoint for a client on this machine, if the broker is bound to `endpoint`."""
    url, _, host, *_ = parse_endpoint(endpoint)
    return url.replace(host, _LOOPBACK[host], 1) if host in _LOOPBACK else url


def await_listening(look: Callable[[], tuple[str, int | None]], signals: SignalWatch) -> str:
    """Wait until the broker says that it listens; return the endpoint for clients.

    `look` returns the broker's output, and its exit code if it has ended. Raise LaunchFailed if it ends first
    or takes too long.
    """
    deadline = time.monotonic() + WAIT
    while True:
        written, code = look()
        if listening := _LISTENING.search(written):
            url, encrypted = reachable(listening[1]), _ADDRESS.search(written)
            return f"chat://{url.removeprefix('tcp://')}?{encrypted[1]}" if encrypted else url
        if code is not None:
            raise broker_failed(written, code or Exit.FAILED)
        if time.monotonic() > deadline:
            raise LaunchFailed(f"the broker does not listen after {WAIT:.0f} seconds", Exit.CANNOT_START)
        signals.wait(_POLL)


def broker_failed(written: str, code: int) -> LaunchFailed:
    """Return the failure of a broker that ended by itself, with its last line of output if there is one."""
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    if code > _BY_SIGNAL:
        return LaunchFailed(f"the broker was ended by signal {code - _BY_SIGNAL}", code)
    if lines and (taken := _IN_USE.search(lines[-1])):
        hint = f"If that is a broker, chat with it: chat-client --connect {neutralise(taken[1])}"
        return LaunchFailed(f"{neutralise(lines[-1])}. {hint}", code, speaker=None)
    if lines:
        return LaunchFailed(neutralise(lines[-1]), code, speaker=None)
    return LaunchFailed(f"the broker ended with code {code} and no output", code)


def tie_to_launcher() -> None:  # pragma: no cover  (runs between fork and exec)
    """Let the kernel end this new process if the launcher is killed (on Linux only, see prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def exit_code(returncode: int) -> int:
    """Return a child's exit code, or 128 plus the signal's number if a signal ended it, as shells do."""
    return returncode if returncode >= 0 else _BY_SIGNAL - returncode


def stop(child: subprocess.Popen[bytes]) -> int:
    """End a child, with SIGTERM first. Return its exit code, also if it has ended already."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(WAIT)
        except subprocess.TimeoutExpired:
            child.kill()
    return exit_code(child.wait())


def end_all(running: Callable[[], Collection[int]]) -> None:
    """End processes that are not our children, SIGTERM first. `running` returns the ids of those left."""
    _send(signal.SIGTERM, running())
    deadline = time.monotonic() + WAIT
    while running() and time.monotonic() < deadline:
        time.sleep(_POLL)
    _send(signal.SIGKILL, running())


def alive(pid: int) -> bool:
    """Return whether a process runs. A zombie does not."""
    with suppress(OSError):  # no /proc here, or no such process
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2][0]
            != "Z"
        )
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _send(number: signal.Signals, pids: Collection[int]) -> None:
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, number)
