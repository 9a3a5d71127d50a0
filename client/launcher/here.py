"""One client in this terminal, and a broker in the background."""

from __future__ import annotations

import signal
import subprocess
import sys

from client.launcher.broker import Broker
from client.launcher.programs import client_command, exit_code, stop, tie_to_launcher
from client.launcher.signals import Asked, SignalWatch
from messages.exits import Exit
from messages.sentences import tell


def run_here(bind: str, name: str | None, page: str = "") -> int:
    """Run a broker in the background and a client in the foreground. Return the client's exit code.

    `page` is a sentence about the page for browsers; empty if there is none.
    """
    with SignalWatch(children=True) as signals, Broker(bind) as broker:
        endpoint = broker.await_listening(signals)
        tell(f"The broker listens on {endpoint} and writes to {broker.log}")
        if page:
            tell(page)
        client = subprocess.Popen(
            client_command(endpoint, name),
            preexec_fn=tie_to_launcher,  # noqa: PLW1509  (there is only one thread)
        )
        try:
            return _wait_for_client(client, broker, signals)
        finally:
            stop(client)


def _wait_for_client(client: subprocess.Popen[bytes], broker: Broker, signals: SignalWatch) -> int:
    """Wait until the client ends. End it if a signal asks for it or the broker has ended."""
    while client.poll() is None:
        try:
            if not broker.runs():
                tell("The broker has ended.")
                return Exit.DONE
            signals.wait()
        except Asked as asked:
            if asked.signal is signal.SIGINT and sys.stdin.isatty():
                continue  # the client gets this Ctrl-C as well, and decides
            return stop(client)
    return exit_code(client.returncode)
