"""The broker and the clients side by side in a tmux window.

If the launcher is started from a plain terminal, the window is in a tmux server of its own, apart from the
user's sessions. If it is started inside tmux, the window is a further one of that session: the keys stay the
user's own, and no tmux is nested in another.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import click

from client.launcher.programs import (
    WAIT,
    LaunchFailed,
    alive,
    await_listening,
    broker_command,
    broker_failed,
    client_command,
    end_all,
    stop,
)
from client.launcher.signals import SignalWatch
from messages.exits import Exit

_POLL = 0.25
_PLACEHOLDER = ("--", "tail", "-f", "/dev/null")
_PANE_FORMAT = "#{pid} #{pane_id} #{pane_pid} #{pane_dead_status}"
_TITLE_FORMAT = " #{pane_title}#{?pane_dead, (ended with code #{pane_dead_status}),} "
_DEAD_NOTE = "Pane is dead"
_PASSED_ON = ("CHAT_", "XDG_", "NO_COLOR", "FORCE_COLOR")


def run_in_tmux(bind: str, names: Sequence[str]) -> int:
    """Run broker and clients in tmux until the user leaves it or the broker ends. Return the exit code."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    window = _NewWindow() if terminal and _inside_tmux() else _OwnServer(attach=terminal)
    with SignalWatch(children=False) as signals:
        try:
            window.open(broker_command(bind))
            endpoint = await_listening(window.look, signals)
            try:
                for name in names:
                    window.add(name, client_command(endpoint, name))
                window.show()
            except LaunchFailed:
                if window.runs():  # else the user closed it meanwhile, which is no failure
                    raise
            while window.runs():
                signals.wait(_POLL)
        finally:
            window.close()
    return Exit.DONE


def _inside_tmux() -> bool:
    """Return whether this terminal is a pane of a tmux server that answers."""
    if not os.environ.get("TMUX"):
        return False
    return subprocess.run(["tmux", "display-message", "-p"], capture_output=True, check=False).returncode == 0


class _Window(ABC):
    """A tmux window whose first pane is the broker. Subclasses choose its server and session."""

    _tmux: tuple[str, ...] = ("tmux",)
    _environment: dict[str, str]
    _passed_on: Sequence[str] = ()

    def __init__(self) -> None:
        self._window = ""
        self._ours: list[str] = []
        self._pids: set[int] = set()
        self._gone: set[int] = set()

    @abstractmethod
    def _make(self) -> tuple[str, str]:
        """Make the window with a placeholder in it. Return tmux's ids of the window and of its pane."""

    @abstractmethod
    def show(self) -> None:
        """Show the window to the user."""

    def close(self) -> None:
        """End all programs in the window, and close it."""
        end_all(self._running)

    def open(self, broker: Sequence[str]) -> None:
        """Make the window and run the broker in it."""
        self._window, pane = self._make()
        self._set("remain-on-exit", "on")  # the last output of a program stays readable
        self._set("remain-on-exit-format", "")  # and is not scrolled away by tmux's note
        self._set("pane-border-status", "top")
        self._set("pane-border-format", _TITLE_FORMAT)
        self._ours.append(pane)
        self._ask("respawn-pane", "-k", "-t", pane, *self._passed_on, "--", *broker)
        self._ask("select-pane", "-t", pane, "-T", "broker")

    def add(self, title: str, command: Sequence[str]) -> None:
        """Run a command in a further pane. The first one added gets the cursor."""
        split = ("split-window", "-d", "-t", self._ours[-1], "-P", "-F", "#{pane_id}")
        pane = self._ask(*split, *self._passed_on, "--", *command).strip()
        self._ours.append(pane)
        self._ask("select-pane", "-t", pane, "-T", title)
        self._ask("select-layout", "-t", self._window, "tiled")
        self._ask("select-pane", "-t", self._ours[1])

    def look(self) -> tuple[str, int | None]:
        """Return the broker's output, and its exit code if it has ended."""
        code = self._refresh().get(self._ours[0], Exit.DONE)
        return self._written(), code

    def runs(self) -> bool:
        """Return whether the broker runs. Raise LaunchFailed if it failed."""
        codes = self._refresh()
        code = codes.pop(self._ours[0], Exit.DONE)
        if code:
            raise broker_failed(self._written(), code)
        self._close_left(codes)
        return code is None

    def _close_left(self, clients: Mapping[str, int | None]) -> None:
        """Close the panes of clients that succeeded. Panes of failed clients keep their last output."""
        for pane, code in clients.items():
            if code == Exit.DONE:
                with suppress(LaunchFailed):
                    self._ask("kill-pane", "-t", pane)
                    self._ask("select-layout", "-t", self._window, "tiled")

    def _written(self) -> str:
        try:
            lines = self._ask("capture-pane", "-p", "-J", "-S", "-", "-t", self._ours[0]).splitlines()
        except LaunchFailed:  # the pane was closed
            return ""
        return "\n".join(line for line in lines if not line.startswith(_DEAD_NOTE))

    def _running(self) -> set[int]:
        self._refresh()
        return set(filter(alive, self._pids))

    def _refresh(self) -> dict[str, int | None]:
        """Return the exit codes of our open panes by pane id, and record their processes.

        A process stays recorded until it is gone, because its pane can close before that.
        """
        gone = {
            pid for pid in self._pids if not _exists(pid)
        }  # before tmux is asked, so that its answer includes their ends
        self._pids -= gone
        self._gone |= gone
        codes: dict[str, int | None] = {}
        with suppress(LaunchFailed):  # the server is gone, with the panes
            for line in self._ask("list-panes", "-a", "-F", _PANE_FORMAT).splitlines():
                server, pane, pid, *status = line.split()
                if pane in self._ours:
                    codes[pane] = int(status[0]) if status else self._note(int(pid), int(server))
        return codes

    def _note(self, pid: int, server: int) -> int | None:
        """Record a process that runs according to tmux. Return an exit code if it has ended nevertheless."""
        if pid in self._gone:  # a signal ended it
            return Exit.FAILED
        self._pids.add(pid)
        if _exists(pid) and not alive(pid):
            os.kill(server, signal.SIGCHLD)  # tmux can miss the end of a process, see its issue 311
        return None

    def _set(self, option: str, value: str) -> None:
        self._ask("set-option", "-wq", "-t", self._window, option, value)

    def _ask(self, *arguments: str) -> str:
        """Return tmux's answer to a command. Raise LaunchFailed with its error. Ctrl-C does not reach it."""
        done = subprocess.run(
            [*self._tmux, *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            check=False,
        )
        if done.returncode:
            raise LaunchFailed(f"tmux says: {done.stderr.strip()}", Exit.CANNOT_START)
        return done.stdout


class _OwnServer(_Window):
    """A window in a tmux server made for it, with the user's tmux settings."""

    def __init__(self, *, attach: bool) -> None:
        super().__init__()
        name = f"chat-launcher-{os.getpid()}"
        self._tmux = ("tmux", "-L", name)
        self._environment = {
            key: value for key, value in os.environ.items() if key not in ("TMUX", "TMUX_PANE")
        }
        self._attach = attach
        self._screen: subprocess.Popen[bytes] | None = None
        self._socket = ""

    def _make(self) -> tuple[str, str]:
        columns, lines = shutil.get_terminal_size((200, 50))
        size = ("-x", str(columns), "-y", str(lines))
        made = ("-P", "-F", "#{window_id} #{pane_id} #{socket_path}")
        new = ("new-session", "-d", "-s", "chat", "-n", "chat", *size, *made, *_PLACEHOLDER)
        stay = ("set-option", "-t", "chat", "destroy-unattached", "off")  # users' settings may differ
        window, pane, self._socket = self._ask(*new, ";", *stay).strip().split(" ", 2)
        self._ask("set-option", "-g", "mouse", "on")
        self._ask("set-option", "-g", "status-right", " #{prefix} o: next pane, #{prefix} d: end ")
        self._ask("set-option", "-gwq", "allow-passthrough", "on")  # the clients' desktop notices
        return window, pane

    def show(self) -> None:
        attach = [*self._tmux, "attach-session", "-t", "chat"]
        if self._attach:
            # If the launcher itself is killed, leaving tmux still ends all programs.
            ends = (";", "set-option", "-t", "chat", "destroy-unattached", "on")
            self._screen = subprocess.Popen([*attach, *ends], env=self._environment)
        else:
            click.echo(f"The chat runs in tmux. To see it, type: {' '.join(attach)}", err=True)

    def runs(self) -> bool:
        left = self._screen.poll() if self._screen else None
        runs = super().runs()
        if runs and left:
            raise LaunchFailed("tmux could not show the chat in this terminal")
        return runs and left is None

    def close(self) -> None:
        super().close()
        with suppress(LaunchFailed):
            self._ask("kill-server")
        if self._screen:
            with suppress(subprocess.TimeoutExpired):
                self._screen.wait(WAIT)
            stop(self._screen)
        if self._socket:
            Path(self._socket).unlink(missing_ok=True)  # tmux leaves it behind


class _NewWindow(_Window):
    """A window in the tmux session that the launcher was started in."""

    def __init__(self) -> None:
        super().__init__()
        self._environment = dict(os.environ)
        # Windows get the environment of the session, not of the process that opens them.
        passed_on = (f"{key}={value}" for key, value in os.environ.items() if key.startswith(_PASSED_ON))
        self._passed_on = [word for setting in passed_on for word in ("-e", setting)]

    def _make(self) -> tuple[str, str]:
        made = ("-P", "-F", "#{window_id} #{pane_id}")
        window, pane = self._ask("new-window", "-d", "-n", "chat", *made, *_PLACEHOLDER).split()
        return window, pane

    def show(self) -> None:
        self._ask("select-window", "-t", self._window)
        click.echo("The chat is in the window `chat`. Closing that, or Ctrl-C here, ends it.", err=True)

    def close(self) -> None:
        super().close()
        if self._window:
            with suppress(LaunchFailed):
                self._ask("kill-window", "-t", self._window)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:  # it is gone; another user's process may have its id now
        return False
    return True
