"""The verb `chat-broker top`."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Generator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from broker.exits import fail
from broker.shell.output import write_json, write_line
from broker.shell.shell import Shell, verb
from messages.exits import Exit

if TYPE_CHECKING:
    from broker.top.files import Files
    from broker.top.history import History

_NO_TEXTUAL = (
    "the screen needs Textual: install chat-broker[tui], as with pipx install 'chat-broker[tui]';"
    " --once works without it"
)
_NO_TERMINAL = "the screen needs a terminal; add --once for one look, or --json for a program"


def _check_interval(_ctx: click.Context, _param: click.Parameter, seconds: float) -> float:
    if math.isnan(seconds):
        raise click.BadParameter("nan is not a number of seconds")
    return seconds


@verb("top")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 3600),
    callback=_check_interval,
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="The time between two looks.",
)
@click.option("--once", is_flag=True, help="Look twice, write what was seen, and end.")
def top(shell: Shell, interval: float, once: bool) -> None:
    """Watch the broker at work: connections, rates, commits, refusals, files and the audit log.

    Keys sort, find, kick and ban; ? shows them. With --json and without --once it writes an object after
    each look.
    """
    if once or shell.as_json:
        _write(shell, interval, once=once)
    elif not _has_terminal():
        raise click.UsageError(_NO_TERMINAL)
    elif find_spec("textual") is None:
        fail(_NO_TEXTUAL, Exit.CANNOT_START)
    else:
        _show(shell, interval)


def _has_terminal() -> bool:
    """Return whether a screen can be drawn, and keys can be read. Textual writes to stderr."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(one.isatty() for one in streams) and os.environ.get("TERM", "dumb") not in ("", "dumb")


def _write(shell: Shell, interval: float, *, once: bool) -> None:
    from broker.top.report import lines, report  # noqa: PLC0415 - ZeroMQ takes long

    for history, files in _looks(shell, interval):
        if history.rates is None:
            continue
        numbers = files.look()
        if shell.as_json:
            write_json([report(history, numbers)])
        else:
            for line in lines(history, numbers):
                write_line(line)
        if once:
            return


def _looks(shell: Shell, interval: float) -> Generator[tuple[History, Files], None, None]:
    """Yield what was seen, after each look."""
    from broker.top.files import Files  # noqa: PLC0415
    from broker.top.history import History  # noqa: PLC0415
    from messages.observing import Observation, Observe  # noqa: PLC0415

    history, files = History(), None
    with shell.channel() as channel:
        while True:
            look = channel.ask(Observe, after=history.after)
            assert isinstance(look, Observation)  # noqa: S101 - the channel has no other reply to this
            history.add(look)
            files = files or Files(shell.directory, look.log)
            yield history, files
            time.sleep(interval)


def _show(shell: Shell, interval: float) -> None:
    from broker.top.board import View  # noqa: PLC0415
    from broker.top.screen.app import TopScreen  # noqa: PLC0415 - it needs an extra, and takes long

    looks = _looks(shell, interval)
    history, files = next(looks)
    looks.close()
    view = View(history)
    code = TopScreen(shell.directory, interval, view, files).run(mouse=False)
    sys.exit(Exit.DONE if code is None else code)
