"""The measured programs: started in a directory of their own, observed through /proc, and ended."""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 15.0
_END_SECONDS = 10.0
_UNWANTED = ("CHAT_", "XDG_", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")


class ProgramFailed(Exception):
    """A measured program did not start, or ended by itself."""


def find_program(name: str, module: str) -> list[str]:
    """Return the command of a program installed beside this Python, else of its module."""
    script = Path(sys.executable).parent / name
    return [str(script)] if script.exists() else [sys.executable, "-m", module]


BROKER = find_program("chat-broker", "broker")
CLIENT = find_program("chat-client", "client")


def exit_on_signals() -> None:
    """Let SIGINT and SIGTERM end this program as sys.exit() does, so that it ends its children."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))


def choose_port() -> int:
    """Return a free port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def choose_endpoint() -> str:
    """Return a loopback endpoint with a free port."""
    return f"tcp://127.0.0.1:{choose_port()}"


def allow_many_connections() -> int:
    """Raise the limit of open files for this program and its children to the most allowed; return it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


@contextmanager
def private_environment() -> Iterator[dict[str, str]]:
    """Make an environment without settings, in which the programs leave no files behind.

    Their files go to a new directory under $TMPDIR, which is deleted at the end.
    """
    with tempfile.TemporaryDirectory(prefix="chat-benchmark-") as directory:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(_UNWANTED)}
        names = ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR")
        yield kept | {f"XDG_{name}": directory for name in names}


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], *, stdin: int, stdout: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program and end it. If anything fails meanwhile, show its stderr."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, env=environment, stdin=stdin, stdout=stdout, stderr=errors, bufsize=0
        )
        try:
            yield process
        except BaseException:
            _end(process)
            errors.seek(0)
            sys.stderr.write(errors.read()[-4000:].decode(errors="replace"))
            raise
        finally:
            _end(process)


@contextmanager
def running_broker(endpoint: str, arguments: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """Run a broker with an empty store, and wait until it accepts connections."""
    command = [*BROKER, "--bind", endpoint, "--log-level", "warning", *arguments]
    with (
        private_environment() as environment,
        running(command, environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as broker,
    ):
        wait_for_port(broker, int(endpoint.rpartition(":")[2]))
        yield broker


class Output:
    """The stdout of a program, a pipe, read as it comes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self._descriptor = process.stdout.fileno()
        self._text = b""

    def wait_for(self, text: bytes, seconds: float) -> bool:
        """Read until `text` has come, and drop the output before it; return False at the timeout."""
        deadline = time.monotonic() + seconds
        while text not in self._text:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._descriptor], [], [], left)[0]:
                return False
            part = os.read(self._descriptor, 65_536)
            if not part:
                raise ProgramFailed("a program closed its stdout")
            self._text += part
        self._text = self._text.rpartition(text)[2]
        return True


def wait_for_end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until a program has ended by itself, without the polling pauses of Popen.wait."""
    descriptor = os.pidfd_open(process.pid)
    try:
        if not select.select([descriptor], [], [], seconds)[0]:
            raise ProgramFailed(f"a program has not ended after {seconds:.0f} s")
    finally:
        os.close(descriptor)


def wait_for_port(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a program accepts connections on a port. Raise ProgramFailed if it does not, or ends."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ProgramFailed(f"the server ended with exit code {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise ProgramFailed(f"the server accepts no connections after {_START_SECONDS:.0f} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def read_cpu_seconds(pid: int) -> float:
    """Return the user and system time of all threads of a process and its children; see proc(5)."""
    ticks = 0
    for one in _read_tree(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


def read_machine_cpu_seconds() -> float:
    """Return the busy time of all the machine's processors; see proc(5)."""
    times = [int(field) for field in Path("/proc/stat").read_text().split(maxsplit=9)[1:9]]
    user, nice, system, _idle, _waiting, irq, softirq, stolen = times
    return (user + nice + system + irq + softirq + stolen) / _TICKS


def read_resident(pid: int, *, alone: bool = False) -> int:
    """Return the resident memory of a process and its children, or of it `alone`, in bytes; see proc(5)."""
    processes = [pid] if alone else _read_tree(pid)
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in processes)
    return pages * os.sysconf("SC_PAGE_SIZE")


def _read_tree(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    tree = [pid]
    for parent in tree:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            tree += map(int, children.read_text().split())
    return tree
