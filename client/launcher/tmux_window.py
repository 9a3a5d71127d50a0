"""Programs in the panes of a tmux window, or of several windows if it is too small."""

from __future__ import annotations

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress

from client.launcher.programs import LaunchFailed, alive, broker_failed, end_all
from client.launcher.tiling import most_panes
from messages.exits import Exit

PLACEHOLDER = ("--", "tail", "-f", "/dev/null")
MADE = ("-P", "-F", "#{window_id} #{pane_id}")
_PANE_FORMAT = "#{pid} #{pane_id} #{pane_pid} #{pane_dead_status}"
_TITLE_FORMAT = " #{pane_title}#{?pane_dead, (ended with code #{pane_dead_status}),} "
_DEAD_NOTE = "Pane is dead"


class Window(ABC):
    """A tmux window whose first pane is the broker. Subclasses choose its server and session."""

    _tmux: tuple[str, ...] = ("tmux",)
    _environment: dict[str, str]
    _passed_on: Sequence[str] = ()

    def __init__(self) -> None:
        self._windows: list[str] = []
        self._room = 0
        """How many panes the last window can still get."""
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
        self._fill(*self._make(), "broker", broker)

    def _fill(self, window: str, pane: str, title: str, command: Sequence[str]) -> None:
        """Run a command in the only pane of a new window, instead of the placeholder."""
        self._windows.append(window)
        self._set("remain-on-exit", "on")  # the last output of a program stays readable
        self._set("remain-on-exit-format", "")  # and is not scrolled away by tmux's note
        self._set("pane-border-status", "top")
        self._set("pane-border-format", _TITLE_FORMAT)
        self._ours.append(pane)
        self._ask("select-pane", "-t", pane, "-T", title)
        size = self._ask("display-message", "-p", "-t", pane, "#{window_width} #{window_height}")
        self._room = most_panes(*map(int, size.split())) - 1
        self._ask("respawn-pane", "-k", "-t", pane, *self._passed_on, "--", *command)

    def add(self, title: str, command: Sequence[str]) -> None:
        """Run a command in a further pane, in a further window if there is no room for it.

        The first one added gets the cursor.
        """
        if self._room:
            self._room -= 1
            split = ("split-window", "-d", "-t", self._ours[-1], "-P", "-F", "#{pane_id}")
            tiled = (";", "select-layout", "-t", self._windows[-1], "tiled")  # before it sees its size
            pane = self._ask(*split, *self._passed_on, "--", *command, *tiled).strip()
            self._ours.append(pane)
            self._ask("select-pane", "-t", pane, "-T", title)
        else:
            name = f"chat-{len(self._windows) + 1}"
            new = ("new-window", "-d", "-a", "-t", self._windows[-1], "-n", name, *MADE, *PLACEHOLDER)
            window, pane = self._ask(*new).split()
            self._fill(window, pane, title, command)
        self._ask("select-pane", "-t", self._ours[1])

    @property
    def is_split(self) -> bool:
        """Whether there are several windows."""
        return len(self._windows) > 1

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
                for window in self._windows:
                    with suppress(LaunchFailed):  # it was closed with its last pane
                        self._ask("select-layout", "-t", window, "tiled")

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
        self._ask("set-option", "-wq", "-t", self._windows[-1], option, value)

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


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:  # it is gone; another user's process may have its id now
        return False
    return True
