"""An environment in which chat-launcher finds fake programs, and none of the user's settings."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

from eventually import DEADLINE, eventually

from client.launcher.programs import alive

ROOT = Path(__file__).parents[1]
LAUNCH = ["-c", "from client.launcher import main; main()"]


class Started(NamedTuple):
    """A started fake program: its arguments, and the signals it got."""

    pid: int
    arguments: str
    signals: list[str]


class Stage:
    """A directory like a virtual environment's, with fakes in it, and a PATH of chosen tools only."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.tools = directory / "tools"
        self.records = directory / "records"
        self.python = directory / "bin" / "python"
        for each in (self.tools, self.records, self.python.parent, directory / "home"):
            each.mkdir()
        self._launchers: list[subprocess.Popen[str]] = []
        self._make_environment()
        for name in ("chat-broker", "chat-client"):
            self.add_fake(self.python.parent / name)
        self.environment = {
            **{
                key: value for key, value in os.environ.items() if key.startswith(("COVERAGE", "LANG", "LC_"))
            },
            "FAKE_RECORDS": str(self.records),
            "HOME": str(directory / "home"),
            "PATH": str(self.tools),
            "PYTHONPATH": str(ROOT),
            "SHELL": "/bin/sh",
            "TERM": "xterm",
            "TMUX_TMPDIR": str(directory),
            "XDG_STATE_HOME": str(directory / "state"),
        }

    def _make_environment(self) -> None:
        base = Path(sys._base_executable)  # type: ignore[attr-defined]
        self.python.symlink_to(base)
        (self.directory / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
        library = self.directory / "lib" / f"python{sysconfig.get_python_version()}"
        library.mkdir(parents=True)
        (library / "site-packages").symlink_to(sysconfig.get_path("purelib"))

    def add_fake(self, path: Path) -> None:
        """Add a fake program. Its name says which program it stands for."""
        code = Path(__file__).with_name("fake_program.py").read_text()
        path.write_text(f"#!{self.python.resolve()} -IS\n{code}")
        path.chmod(0o755)

    def add_tools(self, *names: str) -> None:
        """Put programs of this machine on PATH."""
        for name in names:
            found = shutil.which(name)
            assert found, f"{name} is needed by this test"
            (self.tools / name).symlink_to(found)

    def launch(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start chat-launcher without a terminal."""
        launcher = subprocess.Popen(
            [self.python, *LAUNCH, *arguments],
            cwd=self.directory,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._launchers.append(launcher)
        return launcher

    def tmux(self, server: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Ask a tmux server that lives on this stage."""
        command = ["tmux", "-L", server, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def started(self, kind: str) -> list[Started]:
        """Return the programs started so far, ordered by arguments."""
        records = ((path, path.read_text().splitlines()) for path in self.records.glob(f"{kind}-*"))
        return sorted(
            (
                Started(int(path.name.rpartition("-")[2]), lines[0], lines[1:])
                for path, lines in records
                if lines
            ),
            key=lambda started: started.arguments,
        )

    def await_started(self, kind: str, number: int = 1) -> list[Started]:
        """Return the started programs as soon as there are this many."""
        return eventually(
            lambda: started if len(started := self.started(kind)) >= number else None,
            f"{number} fakes of the {kind} started",
        )

    def assert_all_ended(self, brokers: int, clients: int) -> None:
        """Check how many were started, and that none still runs."""
        assert (len(self.started("broker")), len(self.started("client"))) == (brokers, clients)
        assert not self.left()

    def clear(self) -> None:
        """End the programs that a failed test has left."""
        for launcher in self._launchers:
            with launcher:
                launcher.kill()
        for socket in self.directory.glob("tmux-*/*"):
            self.tmux(socket.name, "kill-server")
        for each in self.left():
            os.kill(each.pid, signal.SIGKILL)

    def left(self) -> list[Started]:
        """Return the fakes that still run."""
        return [each for kind in ("broker", "client") for each in self.started(kind) if alive(each.pid)]


def finish(launcher: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return a launcher's exit code and what it wrote on stdout and stderr."""
    out, err = launcher.communicate(timeout=DEADLINE)
    return launcher.returncode, out, err
