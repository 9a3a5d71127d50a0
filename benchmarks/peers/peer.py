"""What the benchmark has to know of a server: how to start it, what its clients say, what it cannot do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, NamedTuple

from benchmarks.processes import ProgramFailed, choose_port, private_environment, running, wait_for_port


class Step(NamedTuple):
    """One step of a connection's way in: say `says`, then wait until `hears` has come."""

    says: bytes
    hears: bytes


class Running(NamedTuple):
    """A server that takes connections on a port of the loopback interface."""

    port: int
    pid: int
    key: str = ""
    """Its public key, if it encrypts."""


class Peer:
    """One server. Each has a module; `name` is what the command line, the tables and the plot call it."""

    name: ClassVar[str]
    about: ClassVar[str]
    program: ClassVar[str]
    """The name of its program."""

    version_command: ClassVar[tuple[str, ...]]
    """What prints its version. If that is `program`, the one that `locate` finds is asked."""

    echoes: ClassVar[bool] = False
    """Whether who sends to a room gets its own message too."""

    together: ClassVar[int] = 256
    """How many may be on their way in at once, but in a storm. More than it lets wait have to try again."""

    alone_with_itself: ClassVar[bool] = False
    """Whether it has no rooms and sends everything back to whom it came from."""

    bare: ClassVar[bool] = False
    """Whether it is no server for people, but shows what ZeroMQ and Python cost by themselves."""

    max_text: ClassVar[int] = 4000
    """Bytes of the longest text that goes into one message."""

    serves: ClassVar[frozenset[str]] = frozenset(
        {"fanout", "rooms", "direct", "rate", "alone", "idle", "storm"}
    )
    """The kinds of workloads that it can be driven with."""

    libzmq: ClassVar[bool] = False
    """Whether its clients are sockets of libzmq, which can encrypt, and not raw ones."""

    confirms: ClassVar[bool] = False
    """Whether a client confirms now and then what it got; see `confirm`."""

    def locate(self) -> str | None:
        """Return the path of the program that is run, or None if there is none: it has to be on the PATH."""
        return shutil.which(self.program)

    def find(self) -> tuple[str | None, str]:
        """Return the version that is installed, or None, and why the peer is left out."""
        program = self.locate()
        if not program:
            return None, f"{self.program} is not installed"
        asked, *arguments = self.version_command
        command = [program if asked == self.program else asked, *arguments]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        found = re.search(r"\d+\.\d[\w.]*", done.stdout)
        return (found[0].rstrip(".") if found else "unknown"), ""

    @contextmanager
    def running(self) -> Iterator[Running]:
        """Run the server with nothing kept from before, and wait until it takes connections."""
        port = choose_port()
        with private_environment() as environment:
            directory = Path(environment["XDG_DATA_HOME"])
            directory.chmod(0o755)
            command = self.prepare(directory, port)
            nothing = subprocess.DEVNULL
            with running(command, environment, stdin=nothing, stdout=nothing) as process:
                wait_for_port(process, port)
                self.after_start(port)
                yield Running(port, process.pid, self.find_key(directory))

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Write the configuration into `directory`; return the command that serves on `port`."""
        raise NotImplementedError

    def after_start(self, port: int) -> None:
        """Do what has to be done once before the first client. Raise ProgramFailed if that fails."""

    def find_key(self, directory: Path) -> str:
        """Return the public key of the server that runs in `directory`; empty if it does not encrypt."""
        return ""

    def room(self, number: int) -> str:
        """Return the name of a room."""
        return f"r{number}"

    def user(self, number: int) -> str:
        """Return how one writes to a user."""
        return f"m{number}"

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Return the steps of user `number` from the connection into these rooms."""
        raise NotImplementedError

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Return the bytes with which one says these ASCII texts, the first being one's message `first`."""
        raise NotImplementedError

    def say_all(self, parts: Sequence[tuple[str, Sequence[bytes]]], first: int) -> bytes:
        """Return the bytes with which one says texts to several; the first is one's message `first`."""
        said = []
        for to, texts in parts:
            said.append(self.say(to, texts, first))
            first += len(texts)
        return b"".join(said)

    def stay(self) -> bytes:
        """Return the bytes with which a client that has nothing to say shows that it is there."""
        raise NotImplementedError

    def confirm_seconds(self, users: int) -> float:
        """Return how long one of so many users waits from one confirm to the next."""
        return 0.25

    def confirm(self, received: bytes) -> bytes:
        """Return the bytes that confirm what has come, of which `received` is the latest; maybe none."""
        return b""


def locate_beside_python(program: str) -> str | None:
    """Return the path of a program that was installed beside the Python that runs this, if there is one."""
    return shutil.which(program, path=str(Path(sys.executable).parent))


def require(condition: bool, what: str) -> None:
    """Raise ProgramFailed, naming `what` is wrong, unless the condition holds."""
    if not condition:
        raise ProgramFailed(what)
