"""The command line of chat-launcher, and the choice between tmux, windows and this terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from signal import SIGINT
from typing import Any

import click

from client.launcher.here import run_here
from client.launcher.page import open_page
from client.launcher.programs import LaunchFailed, broker_command, client_command, reachable
from client.launcher.signals import Asked
from client.launcher.tmux import run_in_tmux
from client.launcher.windows import find_emulator, run_in_windows
from messages.endpoints import DEFAULT_ENDPOINT, Endpoint
from messages.exits import Exit
from messages.names import parse_user
from messages.options import EndpointType
from messages.program import Program
from messages.sentences import tell
from messages.settings import refuse_unknown_variables
from messages.text import counted
from messages.version import __version__

_NAMES = (
    *("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"),
    *("mike", "niaj", "olivia", "peggy", "rupert", "sybil", "trent", "victor", "wendy", "zoe"),
)
_CLIENTS = 3


class _NameType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name as people see it."""
        try:
            return parse_user(value).shown
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command(
    "chat-launcher",
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "CHAT_LAUNCHER"},
    epilog="Exit codes: 0 done, 1 failed, 2 usage, 3 cannot start, 130 interrupted; otherwise that of the"
    " client with --here, or else of the broker.",
)
@click.option(
    "--clients",
    type=click.IntRange(1, len(_NAMES)),
    metavar="NUMBER",
    help=f"How many clients to start.  [default: as many as names are given, else {_CLIENTS}]",
)
@click.option(
    "--bind",
    type=EndpointType(),
    metavar="ENDPOINT",
    default=DEFAULT_ENDPOINT,
    show_default=True,
    help="The endpoint on which the broker listens.",
)
@click.option(
    "-n",
    "--name",
    "names",
    type=_NameType(),
    metavar="NAME",
    multiple=True,
    help=f"A client's name, once for each client.  [default: {_NAMES[0]}, {_NAMES[1]}, {_NAMES[2]}, …]",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The directory for the broker's messages, if not the usual one.",
)
@click.option("--memory", is_flag=True, help="Keep messages in memory only: they are gone at the end.")
@click.option(
    "--web",
    is_flag=True,
    help="Serve the chat to browsers too, at http://127.0.0.1:8080/ or the next free port.",
)
@click.option(
    "--here", is_flag=True, help="Start the broker in the background and one client in this terminal."
)
@click.version_option(__version__, prog_name="chat-launcher")
def _command(
    clients: int | None,
    bind: Endpoint,
    names: Sequence[str],
    data: Path | None,
    memory: bool,
    web: bool,
    here: bool,
) -> None:
    """Start a broker and several clients at once, and end them all together.

    They are shown in tmux. Without tmux, each client has a window on the desktop. Without either, the broker
    runs here, and the launcher prints the commands for other terminals. Leaving tmux, or Ctrl-C here, ends
    them all.
    """
    refuse_unknown_variables(click.get_current_context(), os.environ)
    if data and memory:
        raise click.UsageError("give --data or --memory, not both")
    if data:
        os.environ["CHAT_BROKER_DATA"] = str(data.absolute())
    if memory:
        os.environ["CHAT_BROKER_MEMORY"] = "true"
    try:
        page = open_page() if web else ""
        if here:
            sys.exit(run_here(bind.url, _only_name(clients, names), page))
        sys.exit(_run_several(bind.url, _all_names(clients, names)))
    except Asked as asked:
        sys.exit(Exit.INTERRUPTED if asked.signal is SIGINT else Exit.DONE)
    except OSError as error:
        raise LaunchFailed(": ".join(filter(None, (error.filename, error.strerror)))) from None


def _only_name(clients: int | None, names: Sequence[str]) -> str | None:
    """Return the name of the one client of --here, None if it is not given."""
    if clients is not None or len(names) > 1:
        raise click.UsageError("--here starts one client: leave out --clients, and give at most one --name")
    return names[0] if names else None


def _all_names(clients: int | None, names: Sequence[str]) -> list[str]:
    """Return a name for each client, first the given ones."""
    wanted = clients or len(names) or _CLIENTS
    if len(names) > wanted:
        raise click.UsageError(
            f"{counted(len(names), 'name', 'is', 'are')} given for {counted(wanted, 'client')}"
        )
    return [*names, *(name for name in _NAMES if name not in names)][:wanted]


def _run_several(bind: str, names: Sequence[str]) -> int:
    if shutil.which("tmux"):
        return run_in_tmux(bind, names)
    if emulator := find_emulator():
        return run_in_windows(bind, names, emulator)
    return _run_broker_only(bind, names)


def _run_broker_only(bind: str, names: Sequence[str]) -> int:
    """Print the commands for other terminals and become the broker. This does not return."""
    endpoint = reachable(bind)
    tell("There is neither tmux nor a display here. Type in other terminals:")
    for name in names:
        tell(f"  {_as_typed(client_command(endpoint, name))}")
    if endpoint.startswith("tcp://") and endpoint.endswith(":0"):
        tell("with the port that the broker prints now, instead of 0.")
    command = broker_command(bind)
    os.execv(command[0], command)  # noqa: S606  (a shell is not wanted)


def _as_typed(command: Sequence[str]) -> str:
    """Return a command for a shell, with the program's bare name if it is on PATH."""
    program, *arguments = command
    short = Path(program).name
    return shlex.join([short if shutil.which(short) == program else program, *arguments])


def main() -> None:
    """Run chat-launcher, and exit with its code."""
    _command.main(prog_name="chat-launcher")
