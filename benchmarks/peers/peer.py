"""The interface to a server: how to start it, what its clients send, and its limits."""

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
    """One step of a login: send `says`, then wait until `hears` has come."""

    says: bytes
    hears: bytes


class Running(NamedTuple):
    """A server that accepts connections on a port of the loopback interface."""

    port: int
    pid: int
    key: str = ""
    """Its public key, if it encrypts."""


class Peer:
    """One server, in a module of its own. `name` is for the command line, the tables and the plot."""

    name: ClassVar[str]
    about: ClassVar[str]
    program: ClassVar[str]
    """The name of its program."""

    version_command: ClassVar[tuple[str, ...]]
    """The command that prints its version. If that is `program`, `locate` finds it."""

    echoes: ClassVar[bool] = False
    """Whether a sender to a room gets its own message too."""

    together: ClassVar[int] = 256
    """How many users log in at once, except in a storm. If the server refuses some, they connect again."""

    alone_with_itself: ClassVar[bool] = False
    """Whether it has no rooms, and sends each message back to its sender."""

    bare: ClassVar[bool] = False
    """Whether it is not a chat server, but shows the cost of ZeroMQ and Python alone."""

    special: ClassVar[bool] = False
    """Whether it is one of our broker's own variants, for the workloads that it serves only."""

    max_text: ClassVar[int] = 4000
    """Bytes of the longest text of a message."""

    serves: ClassVar[frozenset[str]] = frozenset(
        {"fanout", "rooms", "direct", "rate", "alone", "idle", "storm"}
    )
    """The kinds of workloads that it supports."""

    libzmq: ClassVar[bool] = False
    """Whether its clients are sockets of libzmq, which can encrypt, instead of raw ones."""

    confirms: ClassVar[bool] = False
    """Whether a client confirms messages from time to time; see `confirm`."""

    def locate(self) -> str | None:
        """Return the path of the program, which must be on the PATH; None if there is none."""
        return shutil.which(self.program)

    def find(self) -> tuple[str | None, str]:
        """Return the installed version, or None and why the peer is left out."""
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
        """Run the server with an empty store, and wait until it accepts connections."""
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
        """Prepare the server once, before the first client. Raise ProgramFailed if that fails."""

    def find_key(self, directory: Path) -> str:
        """Return the public key of the server that runs in `directory`; empty if it does not encrypt."""
        return ""

    def room(self, number: int) -> str:
        """Return the name of a room."""
        return f"r{number}"

    def user(self, number: int) -> str:
        """Return the conversation with a user."""
        return f"m{number}"

    def enter(self, number: int, rooms: Sequence[str]) -> list[Step]:
        """Return the login steps of user `number`, into these rooms."""
        raise NotImplementedError

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        """Return the bytes that send these ASCII texts; the first text is the user's message `first`."""
        raise NotImplementedError

    def say_all(self, parts: Sequence[tuple[str, Sequence[bytes]]], first: int) -> bytes:
        """Return the bytes that send texts to several; the first text is the user's message `first`."""
        said = []
        for to, texts in parts:
            said.append(self.say(to, texts, first))
            first += len(texts)
        return b"".join(said)

    def heartbeat(self) -> bytes:
        """Return the bytes of a client's heartbeat."""
        raise NotImplementedError

    def confirm_seconds(self, users: int) -> float:
        """Return the seconds between a user's confirms, with `users` in the room."""
        return 0.25

    def confirm(self, received: bytes) -> bytes:
        """Return the bytes that confirm the messages up to `received`, the latest input; perhaps empty."""
        return b""


def locate_beside_python(program: str) -> str | None:
    """Return the path of a program installed beside this Python; None if there is none."""
    return shutil.which(program, path=str(Path(sys.executable).parent))


def require(condition: bool, what: str) -> None:
    """Raise ProgramFailed with the text `what`, unless the condition holds."""
    if not condition:
        raise ProgramFailed(what)
