"""A terminal window for each client, on a display; the broker's log in the launcher's terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from client.launcher.broker import Broker
from client.launcher.programs import client_command, end_all
from client.launcher.signals import SignalWatch
from messages.exits import Exit
from messages.sentences import in_rows

_LOG_POLL = 0.2
_EMULATORS = {
    "x-terminal-emulator": ("-T", "{title}", "-e"),
    "gnome-terminal": ("--title", "{title}", "--"),
    "konsole": ("-p", "tabtitle={title}", "-e"),
    "xfce4-terminal": ("--disable-server", "-T", "{title}", "-x"),
    "xterm": ("-T", "{title}", "-e"),
}
_TELL_PID = 'exec 9>"$0" && echo $$ >&9 && exec "$@"'


def find_emulator() -> str | None:
    """Return an installed terminal emulator; None if there is none or no display."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    return next(filter(shutil.which, _EMULATORS), None)


def run_in_windows(bind: str, names: Sequence[str], emulator: str) -> int:
    """Run a broker here and each client in a window, until the broker ends. Return its exit code."""
    with (
        SignalWatch(children=True) as signals,
        Broker(bind) as broker,
        tempfile.TemporaryDirectory() as directory,
    ):
        endpoint = broker.await_listening(signals)
        click.echo("Ctrl-C ends the broker and the clients.", err=True)
        windows: list[_Window] = []
        try:
            for number, name in enumerate(names):
                windows.append(_Window(Path(directory, str(number))))
                windows[-1].open(emulator, name, client_command(endpoint, name))
            _show_log(broker, signals)
        finally:
            for window in windows:
                window.shut()
            end_all(lambda: [pid for window in windows if (pid := window.pid())])
    return Exit.DONE


class _Window:
    """A program in a terminal window, tracked by a FIFO instead of the emulator's process.

    Many emulators hand a new window to a process that already runs, and end at once. So the program itself
    writes its process id to a FIFO, and keeps that open while it runs. If it starts after the launcher has
    ended, there is no FIFO and it does not run.
    """

    def __init__(self, fifo: Path) -> None:
        os.mkfifo(fifo, 0o600)
        self._fifo = fifo
        self._reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self._pid: int | None = None

    def open(self, emulator: str, title: str, command: Sequence[str]) -> None:
        """Show the window, and run the command in it."""
        options = [option.format(title=title) for option in _EMULATORS[emulator]]
        wrapped = ["sh", "-c", _TELL_PID, str(self._fifo), *command]
        subprocess.Popen([emulator, *options, *wrapped], stdin=subprocess.DEVNULL, start_new_session=True)

    def shut(self) -> None:
        """Keep the program from starting, if it has not started yet."""
        self._fifo.unlink()

    def pid(self) -> int | None:
        """Return the program's process id; None if it does not run."""
        while True:
            try:
                said = os.read(self._reader, 32)
            except BlockingIOError:
                return self._pid
            if not said:
                return None
            self._pid = int(said)


def _show_log(broker: Broker, signals: SignalWatch) -> None:
    """Copy the broker's output to this terminal, until it ends."""
    begun = ""
    with broker.log.open(encoding="utf-8", errors="replace") as log:
        while broker.runs():
            whole, end, begun = (begun + log.read()).rpartition("\n")
            click.echo(in_rows(whole, sys.stdout) + end, nl=False)
            signals.wait(_LOG_POLL)
        click.echo(in_rows(begun + log.read(), sys.stdout), nl=False)
