"""The installed console scripts as people and scripts run them: on a pseudo-terminal and in pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pexpect
import pyte
from eventually import DEADLINE, eventually
from house import House as InProcess
from prepared import Prepared, PreparedTerminal, can_start

SCRIPTS = Path(sys.executable).parent
_ROWS, _COLUMNS = 30, 100
_LONG_AGO = 100_000


def environment(home: Path) -> dict[str, str]:
    """Return this process's environment without its user's settings, and for line mode on a terminal."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("CHAT_BR", "CHAT_CL", "XDG_"))
    }
    own = {"HOME": str(home), "TERM": "xterm-256color", "PYTHONUNBUFFERED": ""}
    own["MALLOC_PERTURB_"] = "0"  # chat-web would begin anew
    return kept | own | {"CHAT_CLIENT_SCREEN": "false"}


class Program:
    """A started console script with pipes. Its output is read while it runs."""

    def __init__(self, home: Path, name: str, *arguments: str) -> None:
        script, env = SCRIPTS / name, environment(home)  # a path that is absolute stays as it is
        self.process = (Prepared if can_start(script, env) else subprocess.Popen[str])(
            [script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=env,
        )
        self.out: list[str] = []
        self.err: list[str] = []
        self._readers = [
            threading.Thread(target=_gather, args=(stream, lines), daemon=True)
            for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err))
        ]
        for reader in self._readers:
            reader.start()

    def type(self, text: str) -> None:
        """Write to its standard input."""
        assert self.process.stdin
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def end_input(self) -> None:
        """Close its standard input."""
        assert self.process.stdin
        self.process.stdin.close()

    def says(self, text: str) -> str:
        """Return the first line of either stream with `text` in it, as soon as there is one."""
        return eventually(
            lambda: next((line for line in [*self.out, *self.err] if text in line), None),
            f"{text!r} from {self.process.args}, which said {self.out} and {self.err}",
        )

    def wait(self) -> int:
        """Return the exit code when the program has ended and all its output is read."""
        code = self.process.wait(DEADLINE)
        for reader in self._readers:
            reader.join(DEADLINE)
        return code

    def close(self) -> None:
        """End the program if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream
            with suppress(BrokenPipeError):
                stream.close()


def _gather(stream: IO[str] | None, lines: list[str]) -> None:
    assert stream
    lines.extend(line.rstrip("\n") for line in stream)


class Person:
    """Somebody at a terminal: types, and sees what a terminal would show. `heard` is what it was sent.

    If all is `as_usual`, the client chooses between line mode and the full screen.
    """

    def __init__(
        self,
        home: Path,
        name: str,
        *arguments: str,
        term: str = "xterm-256color",
        size: tuple[int, int] = (_ROWS, _COLUMNS),
        as_usual: bool = False,
    ) -> None:
        rows, columns = size
        env = environment(home) | {"TERM": term}
        if as_usual:
            del env["CHAT_CLIENT_SCREEN"]
        self.child = PreparedTerminal(
            str(SCRIPTS / name),
            list(arguments),
            env=env,
            dimensions=size,
            encoding="utf-8",
            codec_errors="replace",
        )
        self._screen = pyte.HistoryScreen(columns, rows, history=_LONG_AGO)
        self._stream = pyte.Stream(self._screen)
        self.heard = ""
        self._shown: tuple[int, list[str]] = 0, []

    def type(self, text: str) -> None:
        """Type without Enter."""
        self.child.send(text)

    def enter(self, text: str = "") -> None:
        """Type and press Enter."""
        self.child.send(text + "\r")

    @property
    def title(self) -> str:
        """The title of the terminal's window now."""
        return str(self._screen.title) if self.screen is not None else ""

    @property
    def screen(self) -> list[str]:
        """The lines on the screen now."""
        return [line.rstrip() for line in self._rows() if line.strip()]

    def _rows(self) -> list[str]:
        """Return the rows of the screen now, joined only if more was heard: pyte takes long to do so."""
        try:
            while True:
                heard = self.child.read_nonblocking(65_536, timeout=0)
                self.heard += heard
                self._stream.feed(heard)
        except (pexpect.TIMEOUT, pexpect.EOF):
            pass
        if self._shown[0] != len(self.heard):
            self._shown = len(self.heard), self._screen.display
        return self._shown[1]

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """All rows so far, also those that have scrolled off the screen."""
        screen = self._screen
        rows = [*screen.history.top, *(screen.buffer[row] for row in range(screen.lines))]
        return [[row[column] for column in range(screen.columns)] for row in rows]

    @property
    def cursor(self) -> tuple[int, int]:
        """The cursor's row on the screen and its column, from 0."""
        return self._screen.cursor.y, self._screen.cursor.x

    @property
    def modes(self) -> tuple[object, ...]:
        """The state of the terminal besides its text: modes, title, charset and margins."""
        screen = self._screen
        return set(screen.mode), screen.title, screen.icon_name, screen.charset, screen.margins

    def sees(self, text: str) -> str:
        """Return the first line with `text` as soon as it is on the screen, or `text` if it wraps."""
        text = text.rstrip()

        def found() -> str | None:
            rows = self._rows()
            line = next((row.rstrip() for row in rows if text in row), None)
            wrapped = "".join(rows), " ".join(row.strip() for row in rows)
            return line or (text if any(text in joined for joined in wrapped) else None)

        try:
            return eventually(found, repr(text))
        except AssertionError as error:
            raise AssertionError("\n".join([str(error), *self.screen])) from None

    def resize(self, rows: int, columns: int) -> None:
        """Change the size of the terminal's window."""
        assert self.screen is not None, "what was sent before is for the old size"
        self._screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def wait(self) -> int:
        """Return the exit code when the program has ended."""
        eventually(lambda: self.screen is None or not self.child.isalive(), "the program ends")
        self.child.close()
        assert self.child.exitstatus is not None, f"ended by signal {self.child.signalstatus}"
        return int(self.child.exitstatus)

    def close(self) -> None:
        """End the program if it still runs."""
        try:
            self.child.close(force=True)
        except pexpect.ExceptionPexpect:  # it needs longer than pexpect waits, as on a busy machine
            self.child.kill(signal.SIGKILL)
            self.child.wait()


class House:
    """Programs of one test, all ended with it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._running: list[Program | Person] = []
        self._inside: InProcess | None = None

    def program(self, name: str, *arguments: str) -> Program:
        """Start a console script with pipes."""
        program = Program(self.home, name, *arguments)
        self._running.append(program)
        return program

    def shell(self, command: str) -> Program:
        """Run a line of shell."""
        return self.program("/bin/sh", "-c", command)

    def broker(self, *arguments: str, bind: str = "tcp://127.0.0.1:0") -> tuple[Program, str]:
        """Start a broker, and return it with its endpoint."""
        broker = self.program("chat-broker", "--bind", bind, *arguments)
        line = broker.says("Listening for connections on ")
        return broker, line.removeprefix("Listening for connections on ").removesuffix("...")

    def endpoint(self) -> str:
        """Start a broker inside this process, which takes a third of the time, and return its endpoint."""
        self._inside = InProcess("tcp://127.0.0.1:0")
        self._inside.open()
        return self._inside.url

    def client(self, endpoint: str, name: str, *arguments: str) -> Program:
        """Start a client with pipes."""
        return self.program("chat-client", "--connect", endpoint, "--name", name, *arguments)

    def person(self, endpoint: str, *arguments: str, term: str = "xterm-256color") -> Person:
        """Start a client on a terminal."""
        return self.at_terminal("chat-client", "--connect", endpoint, *arguments, term=term)

    def at_terminal(
        self, name: str, *arguments: str, term: str = "xterm-256color", as_usual: bool = False
    ) -> Person:
        """Start a console script, or a program given by its path, on a terminal."""
        person = Person(self.home, name, *arguments, term=term, as_usual=as_usual)
        self._running.append(person)
        return person


@contextmanager
def house(home: Path) -> Iterator[House]:
    """Give a house, and end all its programs."""
    built = House(home)
    try:
        yield built
    finally:
        for running in reversed(built._running):
            running.close()
        if built._inside:
            built._inside.close()
