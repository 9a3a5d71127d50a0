"""Programs that start at once: a process that has imported ours forks for each start.

Imports take most of the processor time of a start. The fork runs what the console script runs, with its own
environment and its own streams or terminal. Tests of the start itself use a shell or `subprocess`.
"""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import functools
import gc
import io
import json
import os
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pexpect
import ptyprocess

_OURS = ("chat-broker", "chat-client", "chat-web")
_IMPORTED_LATER = (
    "broker.serve",
    "broker.store.sqlite",
    "client.start",
    "client.editor.terminal",
    "client.web.serving",
)
_READ_AT_START = ("PYTHON", "COVERAGE", "LANG", "LC_", "LD_", "MALLOC_")
_LARGEST = 200_000  # bytes of a request; most of it is the environment
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)


class Prepared(subprocess.Popen[str]):
    """A console script with pipes, forked from the prepared process."""

    def _execute_child(  # what Popen does with its pipes before and afterwards is needed here, too
        self, args: list[Any], *given: Any
    ) -> None:
        cwd, env, pipes = given[4], given[5], given[9:15]
        near = [fd if fd >= 0 else standard for standard, fd in enumerate((pipes[0], pipes[3], pipes[5]))]
        self.pid = _prepared().start(args, env, near, cwd)
        self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]


class PreparedTerminal(pexpect.spawn):  # type: ignore[misc] # it has no types
    """A console script on a pseudo-terminal, forked from the prepared process."""

    def _spawnpty(self, args: list[Any], **options: Any) -> ptyprocess.PtyProcess:
        if not can_start(Path(os.fsdecode(args[0])), options["env"]):
            return super()._spawnpty(args, **options)
        far, near = os.openpty()
        termios.tcsetwinsize(near, options["dimensions"])
        pid = _prepared().start(args, options["env"], [near] * 3, options["cwd"], terminal=True)
        os.close(near)
        return ptyprocess.PtyProcess(pid, far)


def can_start(program: Path, env: Mapping[str, str]) -> bool:
    """Whether it is a script of ours, and Python itself would do nothing else with this environment."""
    ours = program.name in _OURS and program.parent == Path(sys.executable).parent
    if (
        not ours or "COVERAGE_PROCESS_CONFIG" in os.environ
    ):  # coverage measures what is started, not what is forked
        return False
    return _read_at_start(env) == _read_at_start(_prepared().environment)


def _read_at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {
        key: value
        for key, value in env.items()
        if key.startswith(_READ_AT_START) and key != "PYTHONUNBUFFERED"  # `_open_streams` sees to this one
    }


class _Forking:
    """The process that has imported our programs, and the socket over which it is asked to fork."""

    def __init__(self) -> None:
        self.environment = os.environ | {"MALLOC_PERTURB_": "0"}  # as `programs.environment` has it
        self._near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._asking = threading.Lock()
        command = [sys.executable, __file__]
        self._process = subprocess.Popen(command, stdin=far, stdout=subprocess.DEVNULL, env=self.environment)
        far.close()
        atexit.register(self._end)

    def start(
        self, command: list[Any], env: Mapping[str, str], fds: list[int], cwd: Any, *, terminal: bool = False
    ) -> int:
        """Start a program with these three streams as a child of this process, and return its process id."""
        request = [
            [os.fsdecode(word) for word in command],
            dict(env),
            os.fsdecode(cwd or Path.cwd()),
            terminal,
        ]
        with self._asking:
            _adopt_orphans(adopt=True)
            try:
                socket.send_fds(self._near, [json.dumps(request).encode()], fds)
                return int(self._near.recv(_LARGEST))
            finally:
                _adopt_orphans(adopt=False)

    def _end(self) -> None:
        self._near.close()
        self._process.wait()


@functools.cache
def _prepared() -> _Forking:
    return _Forking()


def _adopt_orphans(*, adopt: bool) -> None:
    """Make this process the parent of descendants whose own parent ends, or stop doing so."""
    assert ctypes.CDLL(None).prctl(_SUBREAPER, int(adopt), 0, 0, 0) == 0


def _wait_for_start() -> Callable[[], object]:
    """Fork whenever a program is to start, and return its function there."""
    mains = {
        point.name: point.load() for point in entry_points(group="console_scripts") if point.name in _OURS
    }
    for name in _IMPORTED_LATER:
        import_module(name)
    gc.freeze()  # what is there now is garbage in no program
    channel = socket.socket(fileno=os.dup(0))
    while True:
        request, fds, _, _ = socket.recv_fds(channel, _LARGEST, 3)
        if not request:
            return lambda: None
        pid_read, pid_write = os.pipe()
        if not (between := os.fork()):
            if os.fork():
                os._exit(0)  # so the process that asked becomes the program's parent
            command, env, cwd, terminal = json.loads(request)
            _become(command, env, cwd, fds, terminal=terminal)
            os.write(pid_write, str(os.getpid()).encode())
            for fd in (channel.detach(), pid_read, pid_write):
                os.close(fd)
            return mains[Path(command[0]).name]  # type: ignore[no-any-return]
        for fd in (*fds, pid_write):
            os.close(fd)
        os.waitpid(between, 0)
        channel.send(os.read(pid_read, 32))
        os.close(pid_read)


def _become(command: list[str], env: dict[str, str], cwd: str, fds: list[int], *, terminal: bool) -> None:
    if terminal:
        os.setsid()
        fcntl.ioctl(fds[0], termios.TIOCSCTTY, 0)
    for standard, fd in enumerate(fds):
        os.dup2(fd, standard)
        os.close(fd)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = command
    _open_streams(unbuffered=bool(env.get("PYTHONUNBUFFERED")))


def _open_streams(*, unbuffered: bool) -> None:
    """Open the standard streams as Python does at its start."""
    encoding, errors = sys.stdin.encoding, sys.stdin.errors
    sys.stdin = sys.__stdin__ = open(0, encoding=encoding, errors=errors, closefd=False)  # type: ignore[misc] # noqa: SIM115
    for fd, name in ((1, "stdout"), (2, "stderr")):
        raw = open(fd, "wb", buffering=0 if unbuffered else -1, closefd=False)  # noqa: SIM115
        stream = io.TextIOWrapper(
            raw,
            encoding=encoding,
            errors=errors if fd == 1 else "backslashreplace",
            newline="\n",
            line_buffering=fd == 2 or os.isatty(fd),
            write_through=unbuffered,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the terminal is for the tests
    sys.exit(_wait_for_start()())  # type: ignore[func-returns-value, arg-type]
