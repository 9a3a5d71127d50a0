"""The broker and the clients side by side in a tmux window, or in several if it is too small.

If the launcher is started from a plain terminal, the window is in a tmux server of its own, apart from the
user's sessions. If it is started inside tmux, the window is a further one of that session: the keys stay the
user's own, and no tmux is nested in another.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from client.launcher.programs import (
    WAIT,
    LaunchFailed,
    await_listening,
    broker_command,
    client_command,
    stop,
)
from client.launcher.signals import SignalWatch
from client.launcher.tmux_window import MADE, PLACEHOLDER, Window
from messages.exits import Exit

_POLL = 0.25
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


class _OwnServer(Window):
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
        new = ("new-session", "-d", "-s", "chat", "-n", "chat", *size, *made, *PLACEHOLDER)
        stay = ("set-option", "-t", "chat", "destroy-unattached", "off")  # users' settings may differ
        window, pane, self._socket = self._ask(*new, ";", *stay).strip().split(" ", 2)
        self._ask("set-option", "-g", "mouse", "on")
        self._ask("set-option", "-g", "status-right", " #{prefix} o: next pane, #{prefix} d: end ")
        self._ask("set-option", "-gwq", "allow-passthrough", "on")  # the clients' desktop notices
        return window, pane

    def show(self) -> None:
        attach = [*self._tmux, "attach-session", "-t", "chat"]
        self._ask("select-window", "-t", self._ours[1])
        if self.is_split:
            keys = " #{prefix} n: next window, o: next pane, d: end "
            self._ask("set-option", "-g", "status-right", keys)
            self._ask("set-option", "-g", "status-right-length", "60")
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


class _NewWindow(Window):
    """A window in the tmux session that the launcher was started in."""

    def __init__(self) -> None:
        super().__init__()
        self._environment = dict(os.environ)
        # Windows get the environment of the session, not of the process that opens them.
        passed_on = (f"{key}={value}" for key, value in os.environ.items() if key.startswith(_PASSED_ON))
        self._passed_on = [word for setting in passed_on for word in ("-e", setting)]

    def _make(self) -> tuple[str, str]:
        window, pane = self._ask("new-window", "-d", "-n", "chat", *MADE, *PLACEHOLDER).split()
        return window, pane

    def show(self) -> None:
        self._ask("select-window", "-t", self._ours[1])
        further = ", and more of it in the windows after that" if self.is_split else ""
        click.echo(
            f"The chat is in the window `chat`{further}. Closing that, or Ctrl-C here, ends it.", err=True
        )

    def close(self) -> None:
        super().close()
        for window in self._windows:
            with suppress(LaunchFailed):
                self._ask("kill-window", "-t", window)
